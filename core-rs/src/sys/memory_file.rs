//! Files that are in memory only.

use super::own;
use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// `MFD_EXEC`, since Linux 6.3: it may be executed, whatever the default is.
const MFD_EXEC: libc::c_uint = 0x10;

/// A program in memory (`memfd_create(2)`).
#[derive(Debug)]
pub struct MemoryFile(OwnedFd);

impl MemoryFile {
    /// Makes one of bytes. Refused with `EACCES` where `vm.memfd_noexec` is 2.
    pub fn of(name: &CStr, bytes: &[u8]) -> io::Result<Self> {
        let make = |flags| {
            // SAFETY: a terminated name; a new descriptor or an error.
            unsafe { own(libc::memfd_create(name.as_ptr(), flags)) }
        };
        let made = make(libc::MFD_CLOEXEC | MFD_EXEC);
        let made = made.or_else(|error| match error.raw_os_error() {
            Some(libc::EINVAL) => make(libc::MFD_CLOEXEC),
            _ => Err(error),
        });
        let mut file = File::from(made?);
        file.write_all(bytes)?;
        Ok(Self(file.into()))
    }
}

impl AsFd for MemoryFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
