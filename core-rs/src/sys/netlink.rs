//! The descriptor of a `neli` socket, which offers it as a bare number only.

use neli::socket::NlSocket;
use std::os::fd::{AsRawFd, BorrowedFd};

/// The open descriptor of the socket.
pub fn descriptor(socket: &NlSocket) -> BorrowedFd<'_> {
    // SAFETY: `NlSocket` closes its descriptor when dropped and not before; it is borrowed for as
    // long as the result lives.
    unsafe { BorrowedFd::borrow_raw(socket.as_raw_fd()) }
}
