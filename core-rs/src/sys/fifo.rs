//! Making named pipes.

use super::check;
use std::ffi::CString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Makes a named pipe with these permission bits, less the umask (`mkfifo(3)`).
pub fn make(path: &Path, mode: libc::mode_t) -> io::Result<()> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: a string that ends; the kernel copies it.
    check(unsafe { libc::mkfifo(path.as_ptr(), mode) }).map(drop)
}

/// The user this process acts as.
pub fn user() -> u32 {
    // SAFETY: cannot fail.
    unsafe { libc::geteuid() }
}
