//! Link-layer frames: sending any, and hearing who else claims an address.

use super::{check, length_of};
use socket2::{Domain, SockFilter, Socket, Type};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

/// Longest hardware address: InfiniBand's, behind the end of what `sockaddr_ll` declares.
const HARDWARE: usize = 20;

/// A frame without its link-layer header, which the kernel makes as the link needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Interface it leaves through.
    pub ifindex: u32,
    /// Protocol of its body.
    pub ethertype: u16,
    /// Hardware address it goes to, at most 20 octets.
    pub to: Vec<u8>,
    /// All behind the header.
    pub body: Vec<u8>,
}

/// An `AF_PACKET` socket that only sends: protocol 0 receives nothing.
#[derive(Debug)]
pub struct PacketSocket(Socket);

impl PacketSocket {
    /// Opens the socket; needs `CAP_NET_RAW`.
    pub fn open() -> io::Result<Self> {
        Ok(Self(Socket::new(Domain::PACKET, Type::DGRAM, None)?))
    }

    /// Sends frames in order, in one system call, without waiting for room. Returns how many have
    /// left; an error says why the first did not.
    pub fn send(&self, frames: &[Frame]) -> io::Result<usize> {
        if frames.is_empty() {
            return Ok(0);
        }
        let mut addresses: Vec<_> = frames.iter().map(Address::of).collect();
        let mut bodies: Vec<_> = frames
            .iter()
            .map(|frame| libc::iovec {
                iov_base: frame.body.as_ptr().cast_mut().cast(),
                iov_len: frame.body.len(),
            })
            .collect();
        let mut messages: Vec<_> = addresses
            .iter_mut()
            .zip(&mut bodies)
            .map(|(address, body)| {
                // SAFETY: a header of zeros says that there is nothing.
                let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
                header.msg_name = std::ptr::from_mut(address).cast();
                header.msg_namelen = length_of::<Address>();
                header.msg_iov = body;
                header.msg_iovlen = 1;
                libc::mmsghdr {
                    msg_hdr: header,
                    msg_len: 0,
                }
            })
            .collect();
        let count = libc::c_uint::try_from(messages.len()).unwrap_or(libc::c_uint::MAX);
        // SAFETY: `messages` are writable for `count` entries, which point to addresses and bodies
        // that live until the call returns and are only read.
        let sent = check(unsafe {
            libc::sendmmsg(
                self.0.as_raw_fd(),
                messages.as_mut_ptr(),
                count,
                libc::MSG_DONTWAIT,
            )
        })?;
        Ok(usize::try_from(sent).unwrap_or(0))
    }
}

/// Hears gratuitous ARP of others on one interface: frames whose sender and target address are the same.
#[derive(Debug)]
pub struct ArpEar(Socket);

impl ArpEar {
    /// Opens the socket; needs `CAP_NET_RAW`.
    pub fn open(ifindex: u32) -> io::Result<Self> {
        // Nothing is received until it is bound to the interface.
        let socket = Socket::new(Domain::PACKET, Type::DGRAM, None)?;
        socket.set_nonblocking(true)?;
        socket.attach_filter(&GRATUITOUS)?;
        let address = Address::of(&Frame {
            ifindex,
            ethertype: libc::ETH_P_ARP as u16,
            to: Vec::new(),
            body: Vec::new(),
        });
        // SAFETY: `address` is a `sockaddr_ll` and more, readable for the length of the former.
        check(unsafe {
            libc::bind(
                socket.as_raw_fd(),
                std::ptr::from_ref(&address).cast(),
                length_of::<libc::sockaddr_ll>(),
            )
        })?;
        Ok(Self(socket))
    }

    /// Takes one message, without its link-layer header; `None` when there is none.
    pub fn take(&self, buffer: &mut [u8]) -> Option<usize> {
        (&self.0).read(buffer).ok()
    }
}

impl AsFd for ArpEar {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Passes messages over IPv4 of which the sender's address (octet 14) equals the target's (octet 24).
const GRATUITOUS: [SockFilter; 6] = [
    filter(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 14, 0),
    filter(libc::BPF_MISC | libc::BPF_TAX, 0, 0),
    filter(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 24, 0),
    filter(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_X, 0, 1),
    filter(libc::BPF_RET | libc::BPF_K, u32::MAX, 0),
    filter(libc::BPF_RET | libc::BPF_K, 0, 0),
];

/// One instruction; `otherwise`: how many to leave out when a comparison fails.
const fn filter(code: u32, k: u32, otherwise: u8) -> SockFilter {
    SockFilter::new(code as u16, 0, otherwise, k)
}

/// `sockaddr_ll` (`packet(7)`) with room for every hardware address.
#[repr(C)]
struct Address {
    head: libc::sockaddr_ll,
    /// What of the hardware address does not fit into the eight bytes of `sll_addr` before.
    rest: [u8; HARDWARE - 8],
}

impl Address {
    fn of(frame: &Frame) -> Self {
        let mut octets = [0; HARDWARE];
        for (place, octet) in octets.iter_mut().zip(&frame.to) {
            *place = *octet;
        }
        let [a, b, c, d, e, f, g, h, rest @ ..] = octets;
        Self {
            head: libc::sockaddr_ll {
                sll_family: libc::AF_PACKET as u16,
                sll_protocol: frame.ethertype.to_be(),
                // No interface has a number that does not fit: the kernel refuses it.
                sll_ifindex: i32::try_from(frame.ifindex).unwrap_or(-1),
                sll_hatype: 0,
                sll_pkttype: 0,
                sll_halen: u8::try_from(frame.to.len().min(HARDWARE)).unwrap_or(0),
                sll_addr: [a, b, c, d, e, f, g, h],
            },
            rest,
        }
    }
}

const _: () = assert!(size_of::<Address>() == size_of::<libc::sockaddr_ll>() + HARDWARE - 8);
