//! Waiting for many descriptors.

use super::{check, own};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// An epoll instance. Level triggered.
#[derive(Debug)]
pub struct Epoll(OwnedFd);

/// What a descriptor is ready for, with the token it was added with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// Chosen by whoever added the descriptor.
    pub token: u64,
    /// `EPOLLIN`, `EPOLLOUT`, `EPOLLERR`, `EPOLLHUP`.
    pub events: u32,
}

/// Room for the answers of one wait; made once, used for every wait.
pub struct Ready64([libc::epoll_event; 64], usize);

impl Default for Ready64 {
    fn default() -> Self {
        Self([libc::epoll_event { events: 0, u64: 0 }; 64], 0)
    }
}

impl Ready64 {
    /// What the last wait found.
    pub fn iter(&self) -> impl Iterator<Item = Ready> + '_ {
        self.0.iter().take(self.1).map(|event| Ready {
            token: event.u64,
            events: event.events,
        })
    }
}

impl Epoll {
    /// Makes an epoll instance.
    pub fn new() -> io::Result<Self> {
        // SAFETY: a new descriptor or an error.
        Ok(Self(unsafe {
            own(libc::epoll_create1(libc::EPOLL_CLOEXEC))
        }?))
    }

    /// Watches `fd` for `events` (`EPOLLIN`, `EPOLLOUT`); `token` comes back in [`Ready`].
    pub fn add(&self, fd: impl AsFd, events: i32, token: u64) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, fd, events, token)
    }

    /// Changes what `fd` is watched for.
    pub fn modify(&self, fd: impl AsFd, events: i32, token: u64) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_MOD, fd, events, token)
    }

    /// Stops watching `fd`. Closing a descriptor that is not duplicated does the same.
    pub fn remove(&self, fd: impl AsFd) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_DEL, fd, 0, 0)
    }

    /// Waits for at most `timeout` ms, forever when negative. An interrupting signal counts as
    /// nothing found.
    pub fn wait(&self, ready: &mut Ready64, timeout: i32) -> io::Result<()> {
        ready.1 = 0;
        // SAFETY: the array is writable for the 64 entries announced.
        let found = check(unsafe {
            libc::epoll_wait(self.0.as_raw_fd(), ready.0.as_mut_ptr(), 64, timeout)
        });
        match found {
            Ok(count) => ready.1 = usize::try_from(count).unwrap_or(0),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn control(&self, op: i32, fd: impl AsFd, events: i32, token: u64) -> io::Result<()> {
        let mut event = libc::epoll_event {
            events: events as u32,
            u64: token,
        };
        let fd = fd.as_fd().as_raw_fd();
        // SAFETY: both descriptors are open while borrowed; `event` is readable.
        check(unsafe { libc::epoll_ctl(self.0.as_raw_fd(), op, fd, &mut event) }).map(drop)
    }
}
