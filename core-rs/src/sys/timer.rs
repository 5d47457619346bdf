//! One deadline as a descriptor.

use super::{check, own};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// A `timerfd` on `CLOCK_MONOTONIC` with microsecond deadlines, unlike the milliseconds of
/// `epoll_wait`.
#[derive(Debug)]
pub struct Timer(OwnedFd);

impl Timer {
    /// Makes a timer that is not set.
    pub fn new() -> io::Result<Self> {
        let flags = libc::TFD_NONBLOCK | libc::TFD_CLOEXEC;
        // SAFETY: a new descriptor or an error.
        Ok(Self(unsafe {
            own(libc::timerfd_create(libc::CLOCK_MONOTONIC, flags))
        }?))
    }

    /// Becomes readable at `at` (µs, absolute; at once when past), never when absent. Forgets an
    /// earlier expiry.
    pub fn set(&self, at: Option<u64>) -> io::Result<()> {
        // Zero would disarm: the earliest deadline is 1 ns.
        let (seconds, nanos) = at.map_or((0, 0), |at| {
            (at / 1_000_000, (at % 1_000_000 * 1_000).max(1))
        });
        let value = libc::itimerspec {
            it_interval: libc::timespec {
                tv_sec: 0,
                tv_nsec: 0,
            },
            it_value: libc::timespec {
                tv_sec: i64::try_from(seconds).unwrap_or(i64::MAX),
                tv_nsec: i64::try_from(nanos).unwrap_or(0),
            },
        };
        let fd = self.0.as_raw_fd();
        // SAFETY: the descriptor is open, `value` is readable, the old value is not wanted.
        check(unsafe {
            libc::timerfd_settime(fd, libc::TFD_TIMER_ABSTIME, &value, std::ptr::null_mut())
        })
        .map(drop)
    }

    /// Makes it unreadable after an expiry.
    pub fn clear(&self) {
        let mut count = [0u8; 8];
        // SAFETY: writable for 8 bytes; failure means that it was not readable, which is what is
        // wanted.
        unsafe { libc::read(self.0.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
    }
}

impl AsFd for Timer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::clock::now;
    use super::super::epoll::{Epoll, Ready64};
    use super::*;

    #[test]
    fn timer_set_to_a_deadline_is_readable_then_and_not_before() {
        let (epoll, timer) = (Epoll::new().unwrap(), Timer::new().unwrap());
        epoll.add(&timer, libc::EPOLLIN, 7).unwrap();
        let mut ready = Ready64::default();
        epoll.wait(&mut ready, 0).unwrap();
        assert_eq!(ready.iter().count(), 0);
        let at = now() + 3_000;
        timer.set(Some(at)).unwrap();
        epoll.wait(&mut ready, 5_000).unwrap();
        assert_eq!(ready.iter().map(|one| one.token).collect::<Vec<_>>(), [7]);
        assert!(now() >= at);
        timer.clear();
        epoll.wait(&mut ready, 0).unwrap();
        assert_eq!(ready.iter().count(), 0);
        timer.set(Some(0)).unwrap();
        epoll.wait(&mut ready, 5_000).unwrap();
        assert_eq!(ready.iter().count(), 1);
    }
}
