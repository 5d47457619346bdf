//! System calls as safe functions: with `abi.rs` the only place of `unsafe`. One file per kind of
//! descriptor.

#![allow(unsafe_code)]

pub mod carrier;
pub mod clock;
pub mod connector;
pub mod datagram;
pub mod epoll;
pub mod fifo;
pub mod limits;
pub mod local;
pub mod memory_file;
pub mod netlink;
pub mod output;
pub mod packet;
pub mod process;
pub mod program;
pub mod raw;
pub mod scheduling;
pub mod signal;
pub mod timer;
pub mod wake;

use std::io;
use std::os::fd::{FromRawFd, OwnedFd};

/// Turns the result of a system call into `Err(errno)` when it is negative.
pub(crate) fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// Like [`check`] for calls that return a length; never negative when it succeeds.
pub(crate) fn check_len(result: libc::ssize_t) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// Takes ownership of the descriptor a system call has just made.
///
/// # Safety
/// `result` is negative, or an open descriptor that nobody else owns.
pub(crate) unsafe fn own(result: libc::c_int) -> io::Result<OwnedFd> {
    let raw = check(result)?;
    // SAFETY: open and unowned by the contract above.
    Ok(unsafe { OwnedFd::from_raw_fd(raw) })
}

/// `size_of::<T>()` as the type of socket address and option lengths.
pub(crate) fn length_of<T>() -> libc::socklen_t {
    const { assert!(size_of::<T>() <= 4096) };
    size_of::<T>() as libc::socklen_t
}
