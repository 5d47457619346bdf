//! Another program in the place of this one.

use super::check;
use std::convert::Infallible;
use std::ffi::{CStr, CString, c_char};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::ptr;

/// First descriptor that no program is to find open.
const FIRST_OWN: libc::c_uint = 3;

/// The calling thread goes to another network namespace.
pub fn enter_network(namespace: impl AsFd) -> io::Result<()> {
    // SAFETY: a descriptor that is open.
    check(unsafe { libc::setns(namespace.as_fd().as_raw_fd(), libc::CLONE_NEWNET) }).map(drop)
}

/// Ends this program and begins another in its place. Signals that come meanwhile wait for it, and
/// it has none of this program's descriptors but the first three.
pub fn replace(path: &CStr, argv: &[CString], environment: &[CString]) -> io::Result<Infallible> {
    let pointers = |texts: &[CString]| -> Vec<*const c_char> {
        texts
            .iter()
            .map(|text| text.as_ptr())
            .chain([ptr::null()])
            .collect()
    };
    let (argv, environment) = (pointers(argv), pointers(environment));
    let mut all = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is filled before it is read, and the flag is one of the call's.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), ptr::null_mut());
        libc::close_range(
            FIRST_OWN,
            libc::c_uint::MAX,
            libc::CLOSE_RANGE_CLOEXEC as libc::c_int,
        );
    }
    // SAFETY: the path ends with a zero, and so do both lists and all texts in them, which outlive
    // the call.
    check(unsafe { libc::execve(path.as_ptr(), argv.as_ptr(), environment.as_ptr()) })?;
    Err(io::Error::last_os_error())
}
