//! Waking a thread that waits in epoll.

use super::{check_len, own};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// An `eventfd`: readable from the first [`Wake::signal`] to the next [`Wake::clear`].
#[derive(Debug)]
pub struct Wake(OwnedFd);

impl Wake {
    /// Makes one that is not readable.
    pub fn new() -> io::Result<Self> {
        let flags = libc::EFD_NONBLOCK | libc::EFD_CLOEXEC;
        // SAFETY: a new descriptor or an error.
        Ok(Self(unsafe { own(libc::eventfd(0, flags)) }?))
    }

    /// Makes it readable. From any thread; never blocks.
    pub fn signal(&self) {
        let one = 1u64.to_ne_bytes();
        // SAFETY: readable for 8 bytes. The only failure is a full counter, which is readable
        // already.
        let _ =
            check_len(unsafe { libc::write(self.0.as_raw_fd(), one.as_ptr().cast(), one.len()) });
    }

    /// Makes it unreadable. Call it before looking for work, so that no signal is lost.
    pub fn clear(&self) {
        let mut count = [0u8; 8];
        // SAFETY: writable for 8 bytes; failure means that it was not readable, which is what is
        // wanted.
        unsafe { libc::read(self.0.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
    }
}

impl AsFd for Wake {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
