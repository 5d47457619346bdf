//! Descriptors that are written to for others to read.

use super::process::own_account;
use super::{check, own};
use std::ffi::CString;
use std::fs::{File, Metadata, metadata, symlink_metadata};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

/// Standard error, with a descriptor of our own.
pub fn standard_error() -> io::Result<File> {
    // SAFETY: duplicates a descriptor, or fails when it is not open.
    unsafe { own(libc::fcntl(2, libc::F_DUPFD_CLOEXEC, 3)) }.map(File::from)
}

/// Opens a file to append to; made if it is missing, with mode 0666 less the umask. A FIFO is opened
/// also without a reader, and keeps what is written until one comes.
///
/// What somebody else may have planted is refused (`ELOOP`): a link that neither root nor this account
/// made, and in a folder open to all a file of somebody else's.
pub fn open_to_append(path: &str) -> io::Result<File> {
    let path = Path::new(path);
    let Ok(found) = symlink_metadata(path) else {
        // Made anew, no link is followed.
        return open(path, libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL).map(File::from);
    };
    judge(path, &found)?;
    let opened = match open(path, libc::O_WRONLY) {
        Err(error) if error.raw_os_error() == Some(libc::ENXIO) => open(path, libc::O_RDWR),
        opened => opened,
    }?;
    // What was judged is what was opened.
    judge(path, &symlink_metadata(path)?)?;
    let file = wait_when_full(opened)?;
    let (meant, opened) = (metadata(path)?, file.metadata()?);
    if (meant.dev(), meant.ino()) == (opened.dev(), opened.ino()) {
        Ok(file)
    } else {
        Err(io::Error::from_raw_os_error(libc::ELOOP))
    }
}

fn open(path: &Path, flags: libc::c_int) -> io::Result<OwnedFd> {
    let path =
        CString::new(path.as_os_str().as_bytes()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let always = libc::O_APPEND | libc::O_CLOEXEC | libc::O_NOCTTY | libc::O_NONBLOCK;
    let mode: libc::c_uint = 0o666;
    // SAFETY: the path is terminated; a new descriptor or an error.
    unsafe { own(libc::open(path.as_ptr(), always | flags, mode)) }
}

fn judge(path: &Path, found: &Metadata) -> io::Result<()> {
    /// Writable by all.
    const OPEN_TO_ALL: u32 = 0o002;
    if found.uid() == 0 || found.uid() == own_account().0 {
        return Ok(());
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if found.is_symlink() || metadata(folder)?.mode() & OPEN_TO_ALL != 0 {
        return Err(io::Error::from_raw_os_error(libc::ELOOP));
    }
    Ok(())
}

/// From now on writing to a FIFO or terminal waits; opening it did not.
fn wait_when_full(fd: OwnedFd) -> io::Result<File> {
    let file = File::from(fd);
    let kind = file.metadata()?.file_type();
    if kind.is_fifo() || kind.is_char_device() {
        // SAFETY: the descriptor is open, and so is its description, which nobody shares yet.
        check(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETFL, libc::O_APPEND) })?;
    }
    Ok(file)
}

/// Waits until a descriptor takes more.
pub fn wait_writable(fd: impl AsFd) -> io::Result<()> {
    match poll_writable(fd, -1) {
        Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
        _ => Ok(()),
    }
}

/// Whether writing to a descriptor would not wait: it takes more, or it has failed.
pub fn is_writable(fd: impl AsFd) -> bool {
    poll_writable(fd, 0).unwrap_or(false)
}

fn poll_writable(fd: impl AsFd, timeout: libc::c_int) -> io::Result<bool> {
    let mut one = libc::pollfd {
        fd: fd.as_fd().as_raw_fd(),
        events: libc::POLLOUT,
        revents: 0,
    };
    // SAFETY: one entry, writable.
    check(unsafe { libc::poll(&mut one, 1, timeout) }).map(|ready| ready > 0)
}
