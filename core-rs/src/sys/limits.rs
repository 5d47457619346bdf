//! How many descriptors this process may have, and that some stay for what must not fail.

use super::check;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::OnceLock;

/// Descriptors a process with many probes and scripts may need.
const WANTED: libc::rlim_t = 65_536;

/// Most descriptors that work leaves for life: reading a configuration, writing a dump, logging.
const RESERVE: libc::rlim_t = 64;

/// Descriptors of a daemon that does nothing yet: those of its runtime, and ours.
const IDLE: libc::rlim_t = 40;

/// `RLIMIT_NOFILE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenFiles {
    /// What counts.
    pub soft: u64,
    /// What it may be raised to without privileges.
    pub hard: u64,
}

/// The limit in force.
pub fn open_files() -> io::Result<OpenFiles> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `limit` is writable.
    check(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) })?;
    Ok(OpenFiles {
        soft: limit.rlim_cur,
        hard: limit.rlim_max,
    })
}

/// The limit before it was raised.
static BEFORE: OnceLock<OpenFiles> = OnceLock::new();

/// The limit this process began with, as far as this library knows.
pub fn first_open_files() -> io::Result<OpenFiles> {
    match BEFORE.get() {
        Some(before) => Ok(*before),
        None => open_files(),
    }
}

/// Raises the limit as far as is wanted and allowed; the hard one too, with the privilege to.
pub fn raise_open_files() {
    let Ok(before) = open_files() else { return };
    let before = *BEFORE.get_or_init(|| before);
    let attempts = [
        (before.soft.max(WANTED), before.hard.max(WANTED)),
        (before.hard, before.hard),
    ];
    for (soft, hard) in attempts {
        let limit = libc::rlimit {
            rlim_cur: soft,
            rlim_max: hard,
        };
        // SAFETY: `limit` is readable.
        if check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }).is_ok() {
            return;
        }
    }
}

/// Refuses a new descriptor of work that takes one of the last: the kernel gives the lowest free
/// number, so a number near the limit means that all below are in use.
pub fn leave_some(fd: impl AsFd) -> io::Result<()> {
    let OpenFiles { soft, .. } = open_files()?;
    let number = u64::try_from(fd.as_fd().as_raw_fd()).unwrap_or(0);
    if number >= soft.saturating_sub(reserve(soft)) {
        return Err(io::Error::from_raw_os_error(libc::EMFILE));
    }
    Ok(())
}

/// What work leaves of a limit: a quarter of what is not in use anyway, so that under a narrow
/// limit, which cannot be raised without privileges, something is left for work as well.
fn reserve(soft: libc::rlim_t) -> libc::rlim_t {
    RESERVE.min(soft.saturating_sub(IDLE) / 4)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::OwnedFd;

    #[test]
    fn reserve_leaves_most_of_a_narrow_limit_to_work() {
        assert_eq!([24, 40, 48, 64].map(reserve), [0, 0, 2, 6]);
        assert_eq!([256, 1024, 65_536].map(reserve), [54, 64, 64]);
    }

    #[test]
    fn leave_some_accepts_a_low_number_and_refuses_one_near_the_limit() {
        raise_open_files();
        let OpenFiles { soft, .. } = open_files().unwrap();
        let low = File::open("/dev/null").unwrap();
        leave_some(&low).unwrap();
        let near = i32::try_from(soft.saturating_sub(10)).unwrap();
        // SAFETY: duplicates an open descriptor to the lowest free number from `near` on.
        let high: OwnedFd =
            unsafe { super::super::own(libc::fcntl(low.as_raw_fd(), libc::F_DUPFD_CLOEXEC, near)) }
                .unwrap();
        let error = leave_some(&high).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EMFILE));
    }
}
