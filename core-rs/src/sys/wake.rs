//! Waking a thread that waits in epoll.

use super::{check_len, own};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// An `eventfd`: readable from the first [`Wake::signal`] to the next [`Wake::clear`]. What is
/// signalled already costs no system call.
#[derive(Debug)]
pub struct Wake {
    descriptor: OwnedFd,
    /// From the first signal to the end of the next clearing.
    signalled: AtomicBool,
}

impl Wake {
    /// Makes one that is not readable.
    pub fn new() -> io::Result<Self> {
        let flags = libc::EFD_NONBLOCK | libc::EFD_CLOEXEC;
        // SAFETY: a new descriptor or an error.
        let descriptor = unsafe { own(libc::eventfd(0, flags)) }?;
        Ok(Self {
            descriptor,
            signalled: AtomicBool::new(false),
        })
    }

    /// Makes it readable. From any thread; never blocks.
    pub fn signal(&self) {
        if self.signalled.swap(true, Ordering::AcqRel) {
            return;
        }
        let one = 1u64.to_ne_bytes();
        // SAFETY: readable for 8 bytes. The only failure is a full counter, which is readable
        // already.
        let _ = check_len(unsafe { libc::write(self.raw(), one.as_ptr().cast(), one.len()) });
    }

    /// Makes it unreadable. Call it before looking for work, so that no signal is lost.
    pub fn clear(&self) {
        let mut count = [0u8; 8];
        // SAFETY: writable for 8 bytes; failure means that it was not readable, which is what is
        // wanted.
        unsafe { libc::read(self.raw(), count.as_mut_ptr().cast(), count.len()) };
        // After the read: whoever signals in between leaves it unreadable, and is awake anyway. That
        // this is a swap lets what was done before such a signal be seen from here on.
        self.signalled.swap(false, Ordering::AcqRel);
    }

    fn raw(&self) -> libc::c_int {
        self.descriptor.as_raw_fd()
    }
}

impl AsFd for Wake {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}
