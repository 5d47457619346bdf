//! What `neli` does not offer of its sockets: a borrowed descriptor, and a larger buffer.

use super::{check, length_of};
use neli::socket::NlSocket;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Sets the size of the receive buffer, beyond `net.core.rmem_max` as well: needs `CAP_NET_ADMIN`.
/// The kernel doubles it.
pub fn force_receive_buffer(socket: &NlSocket, bytes: i32) -> io::Result<()> {
    // SAFETY: an open descriptor; the option is an integer, which is readable here.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_RCVBUFFORCE,
            std::ptr::from_ref(&bytes).cast(),
            length_of::<i32>(),
        )
    };
    check(result).map(drop)
}

/// Sets the size of the send buffer, beyond `net.core.wmem_max` as well: needs `CAP_NET_ADMIN`. The kernel
/// doubles it; no message can be longer.
pub fn force_send_buffer(socket: &NlSocket, bytes: i32) -> io::Result<()> {
    // SAFETY: an open descriptor; the option is an integer, which is readable here.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_SNDBUFFORCE,
            std::ptr::from_ref(&bytes).cast(),
            length_of::<i32>(),
        )
    };
    check(result).map(drop)
}

/// The open descriptor of the socket.
pub fn descriptor(socket: &NlSocket) -> BorrowedFd<'_> {
    // SAFETY: `NlSocket` closes its descriptor when dropped and not before; it is borrowed for as
    // long as the result lives.
    unsafe { BorrowedFd::borrow_raw(socket.as_raw_fd()) }
}
