//! A datagram socket by which processes of one network namespace hear of one another, with the account and the process that
//! the kernel says a datagram is from.

use socket2::{Domain, MaybeUninitSlice, MsgHdrMut, SockAddr, Socket, Type};
use std::ffi::OsStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;

/// Bytes of the longest datagram that is taken.
pub const LONGEST: usize = 64 << 10;

/// The socket. It belongs to the network namespace of the thread that made it.
#[derive(Debug)]
pub struct LocalSocket(Socket);

/// A datagram and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Bytes of it; all that were sent, unless it is cut.
    pub length: usize,
    /// It was longer than [`LONGEST`].
    pub cut: bool,
    /// Abstract name of the sender's socket; absent: it has none.
    pub name: Option<Vec<u8>>,
    /// Process and account, as the kernel says.
    pub from: Option<(i32, u32)>,
}

impl LocalSocket {
    /// Makes one that nobody can reach yet.
    pub fn open() -> io::Result<Self> {
        let socket = Socket::new(Domain::UNIX, Type::DGRAM.nonblocking(), None)?;
        socket.set_passcred(true)?;
        Ok(Self(socket))
    }

    /// Gives it an abstract name, which no other socket of the namespace has.
    pub fn bind(&self, name: &[u8]) -> io::Result<()> {
        self.0.bind(&address(name)?)
    }

    /// Sends without waiting: `WouldBlock` when the receiver has too many in store, `ConnectionRefused` when there is none.
    pub fn send(&self, bytes: &[u8], name: &[u8]) -> io::Result<()> {
        self.0.send_to(bytes, &address(name)?).map(drop)
    }

    /// Takes the next datagram into `buffer`. `WouldBlock` when there is none.
    pub fn receive(&self, buffer: &mut [u8; LONGEST]) -> io::Result<Received> {
        let mut room = [MaybeUninit::<u8>::uninit(); 64];
        // SAFETY: the closure leaves the storage zeroed, all of it, which is nobody's address.
        let ((), mut sender) = unsafe { SockAddr::try_init(|_, _| Ok(())) }?;
        // SAFETY: bytes that are initialised may be written by anybody, and are again when the call is over.
        let buffer: &mut [MaybeUninit<u8>] =
            unsafe { std::slice::from_raw_parts_mut(buffer.as_mut_ptr().cast(), buffer.len()) };
        let mut parts = [MaybeUninitSlice::new(buffer)];
        let mut message = MsgHdrMut::new()
            .with_addr(&mut sender)
            .with_buffers(&mut parts)
            .with_control(&mut room);
        let length = self.0.recvmsg(&mut message, 0)?;
        let cut = message.flags().is_truncated();
        let filled = message.control_len();
        let mut control = [0; 64];
        for (to, from) in control.iter_mut().zip(room.iter().take(filled)) {
            // SAFETY: the kernel has written this many bytes of control messages.
            *to = unsafe { from.assume_init() };
        }
        Ok(Received {
            length,
            cut,
            name: sender.as_abstract_namespace().map(text_of),
            from: credentials(control.get(..filled).unwrap_or_default()),
        })
    }
}

impl AsFd for LocalSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// A name without the rest of the room it was written to: ours have no zeros.
fn text_of(name: &[u8]) -> Vec<u8> {
    name.iter().copied().take_while(|byte| *byte != 0).collect()
}

fn address(name: &[u8]) -> io::Result<SockAddr> {
    let path = [b"\0", name].concat();
    SockAddr::unix(OsStr::from_bytes(&path))
}

/// Process and user of the first control message when that is `SCM_CREDENTIALS`: `cmsghdr`, then `ucred`.
fn credentials(control: &[u8]) -> Option<(i32, u32)> {
    const HEAD: usize = size_of::<libc::cmsghdr>();
    let word = |at: usize| -> Option<[u8; 4]> { control.get(at..at + 4)?.try_into().ok() };
    let (level, kind) = (word(HEAD - 8)?, word(HEAD - 4)?);
    let is_it = i32::from_ne_bytes(level) == libc::SOL_SOCKET
        && i32::from_ne_bytes(kind) == libc::SCM_CREDENTIALS;
    is_it.then_some(())?;
    Some((
        i32::from_ne_bytes(word(HEAD)?),
        u32::from_ne_bytes(word(HEAD + 4)?),
    ))
}
