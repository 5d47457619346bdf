//! The socket of the kernel's process connector (`linux/connector.h`, `linux/cn_proc.h`), which there is in the first network
//! namespace only.

use super::{check, length_of};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

/// Where `what` stands in a datagram.
pub const WHAT: usize = 36;

/// Where `who` begins.
pub const WHO: usize = 52;

/// `PROC_EVENT_*`.
pub const FORK: u32 = 0x0000_0001;
/// A program was executed.
pub const EXEC: u32 = 0x0000_0002;
/// A name was changed.
pub const COMM: u32 = 0x0000_0200;
/// A thread ended.
pub const EXIT: u32 = 0x8000_0000;

/// `CN_IDX_PROC`, `CN_VAL_PROC` and the group of the same number.
const PROCESSES: u32 = 1;

/// `PROC_CN_MCAST_LISTEN`.
const LISTEN: u32 = 1;

/// Bytes of the longest datagram.
pub const LONGEST: usize = 128;

/// A socket that hears of every process; threads are left out by the kernel already.
#[derive(Debug)]
pub struct ProcessConnector(Socket);

impl ProcessConnector {
    /// Opens the socket and asks to be told, with a receive buffer of so many bytes; with `force` beyond
    /// `net.core.rmem_max`. Needs `CAP_NET_ADMIN`. A thread of another network namespace moves to the first one for good, which
    /// needs `CAP_SYS_ADMIN`.
    pub fn open(buffer: usize, force: bool) -> io::Result<Self> {
        match Self::open_here(buffer, force) {
            Err(error) if error.raw_os_error() == Some(libc::ECONNREFUSED) => {
                enter_first_namespace()?;
                Self::open_here(buffer, force)
            }
            opened => opened,
        }
    }

    fn open_here(buffer: usize, force: bool) -> io::Result<Self> {
        let family = Domain::from(libc::AF_NETLINK);
        let protocol = Protocol::from(libc::NETLINK_CONNECTOR);
        let socket = Socket::new(family, Type::DGRAM, Some(protocol))?;
        socket.set_nonblocking(true)?;
        if force {
            force_receive_buffer(&socket, buffer)?;
        } else {
            socket.set_recv_buffer_size(buffer)?;
        }
        filter(&socket)?;
        socket.bind(&address()?)?;
        socket.send(&subscription())?;
        Ok(Self(socket))
    }

    /// Takes the next datagram: its length. `WouldBlock` when there is none, `ENOBUFS` when some were lost.
    pub fn receive(&self, datagram: &mut [u8; LONGEST]) -> io::Result<usize> {
        let mut room = [MaybeUninit::uninit(); LONGEST];
        let length = self.0.recv(&mut room)?;
        for (to, from) in datagram.iter_mut().zip(room.iter().take(length)) {
            // SAFETY: the kernel has written the first `length` bytes.
            *to = unsafe { from.assume_init() };
        }
        Ok(length)
    }
}

impl AsFd for ProcessConnector {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// `nlmsghdr`, `cn_msg` and the request.
fn subscription() -> Vec<u8> {
    const HEAD: u32 = 16;
    const MESSAGE: u32 = 20;
    let words = [HEAD + MESSAGE + 4, 0, 0, std::process::id()];
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    if let Some(kind) = bytes.get_mut(4..6) {
        kind.copy_from_slice(&(libc::NLMSG_DONE as u16).to_ne_bytes());
    }
    // Identity, number, acknowledgement, length and flags.
    for word in [PROCESSES, PROCESSES, 0, 0] {
        bytes.extend(word.to_ne_bytes());
    }
    bytes.extend(4u16.to_ne_bytes());
    bytes.extend(0u16.to_ne_bytes());
    bytes.extend(LISTEN.to_ne_bytes());
    bytes
}

fn address() -> io::Result<SockAddr> {
    // SAFETY: the closure initialises a `sockaddr_nl` at the start of the storage, which is larger and
    // suitably aligned and zeroed, and sets the length to its size.
    let ((), address) = unsafe {
        SockAddr::try_init(|storage, length| {
            let address = storage.cast::<libc::sockaddr_nl>();
            (*address).nl_family = libc::AF_NETLINK as u16;
            (*address).nl_groups = PROCESSES;
            *length = length_of::<libc::sockaddr_nl>();
            Ok(())
        })
    }?;
    Ok(address)
}

fn force_receive_buffer(socket: &Socket, bytes: usize) -> io::Result<()> {
    let bytes = libc::c_int::try_from(bytes).unwrap_or(libc::c_int::MAX);
    // SAFETY: an open descriptor; the option is an integer, which is readable here.
    check(unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_RCVBUFFORCE,
            (&raw const bytes).cast(),
            length_of::<libc::c_int>(),
        )
    })
    .map(drop)
}

/// Lets only through what concerns a process as a whole: a fork that makes one, a program that is executed, a name, the end of
/// the first thread.
fn filter(socket: &Socket) -> io::Result<()> {
    let load = |at: usize| step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, at as u32, 0, 0);
    let equal = |value: u32, yes, no| {
        // Words are loaded as if they had come from a network.
        step(
            libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K,
            value.to_be(),
            yes,
            no,
        )
    };
    let [thread, process] = [WHO, WHO + 4];
    let [child_thread, child] = [WHO + 8, WHO + 12];
    // Line 13 refuses, line 14 lets through.
    let mut program = vec![
        load(WHAT),
        equal(EXEC, 12, 0),
        equal(COMM, 11, 0),
        equal(EXIT, 5, 0),
        equal(FORK, 0, 8),
        load(child_thread),
        step(libc::BPF_MISC | libc::BPF_TAX, 0, 0, 0),
        load(child),
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_X, 0, 5, 4),
        load(thread),
        step(libc::BPF_MISC | libc::BPF_TAX, 0, 0, 0),
        load(process),
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_X, 0, 1, 0),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, 0),
        step(libc::BPF_RET | libc::BPF_K, LONGEST as u32, 0, 0),
    ];
    let length = u16::try_from(program.len()).unwrap_or(0);
    let program = libc::sock_fprog {
        len: length,
        filter: program.as_mut_ptr(),
    };
    // SAFETY: an open descriptor; the program is readable for the length it says, and is copied.
    check(unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_ATTACH_FILTER,
            (&raw const program).cast(),
            length_of::<libc::sock_fprog>(),
        )
    })
    .map(drop)
}

fn step(code: u32, k: u32, jt: u8, jf: u8) -> libc::sock_filter {
    let code = code as u16;
    libc::sock_filter { code, jt, jf, k }
}

/// Moves this thread to the network namespace of process 1.
fn enter_first_namespace() -> io::Result<()> {
    let first = File::open("/proc/1/ns/net")?;
    // SAFETY: an open descriptor of a namespace; only this thread moves.
    check(unsafe { libc::setns(first.as_raw_fd(), libc::CLONE_NEWNET) }).map(drop)
}
