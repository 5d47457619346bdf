//! Where a lane writes to.

use crate::error::Error;
use crate::protocol::LogLane;
use crate::sys::output::{open_to_append, standard_error, wait_writable};
use crate::sys::signal;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;

/// Where syslog daemons and journald listen.
const SYSLOG: &str = "/dev/log";

/// What is to be opened, by the lane's own thread.
#[derive(Debug)]
pub enum Output {
    /// Standard error.
    Console,
    /// A file, to append to.
    File(String),
    /// The socket of the local syslog.
    Syslog(PathBuf),
    /// Nothing: it is open.
    #[cfg(test)]
    Opened(Writer),
}

/// What is open.
#[derive(Debug)]
pub enum Writer {
    /// Takes lines.
    File(File),
    /// Takes messages.
    Syslog(UnixDatagram, PathBuf),
}

impl Output {
    /// That of a lane.
    pub fn of(which: LogLane, path: Option<String>) -> Self {
        match which {
            LogLane::Console => Self::Console,
            LogLane::File => Self::File(path.unwrap_or_default()),
            LogLane::Syslog => Self::Syslog(path.unwrap_or_else(|| SYSLOG.into()).into()),
        }
    }

    /// Opens it.
    pub fn open(self) -> Result<Writer, Error> {
        match self {
            Self::Console => {
                // A terminal set to `tostop` lets a program in the background write only if it does
                // not want to be stopped.
                signal::block_terminal_output();
                let opened = standard_error().map(Writer::File);
                opened.map_err(|source| cannot_open("standard error", source))
            }
            Self::File(path) => {
                let opened = open_to_append(&path).map(Writer::File);
                opened.map_err(|source| cannot_open(&path, source))
            }
            // Found anew with each message: the daemon may be restarted, or started later.
            Self::Syslog(path) => {
                let opened = UnixDatagram::unbound();
                let opened = opened.map_err(|source| cannot_open(&path.to_string_lossy(), source));
                opened.map(|socket| Writer::Syslog(socket, path))
            }
            #[cfg(test)]
            Self::Opened(writer) => Ok(writer),
        }
    }
}

impl Writer {
    /// Writes all of one message, waiting as long as it takes.
    pub fn write(&mut self, message: &[u8]) -> io::Result<()> {
        match self {
            Self::File(file) => write_all(file, message),
            Self::Syslog(socket, path) => loop {
                match socket.send_to(message, &path) {
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    sent => return sent.map(drop),
                }
            },
        }
    }
}

fn write_all(file: &mut File, mut rest: &[u8]) -> io::Result<()> {
    while !rest.is_empty() {
        match file.write(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Somebody who shares the terminal or pipe does not want to wait; here nobody else does.
            Err(error) if error.kind() == ErrorKind::WouldBlock => wait_writable(&*file)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// As a failed call says it.
fn cannot_open(path: &str, source: std::io::Error) -> Error {
    let path = path.to_owned();
    Error::Log { path, source }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, lchown, symlink};

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        path
    }

    fn open(path: &std::path::Path) -> Result<Writer, Error> {
        Output::File(path.to_str().unwrap().into()).open()
    }

    #[test]
    fn syslog_is_found_again_when_the_daemon_was_restarted() {
        let folder = folder("syslog");
        let path = folder.join("log");
        let mut writer = Output::Syslog(path.clone()).open().unwrap();
        let missing = writer.write(b"<30>a").unwrap_err();
        assert_eq!(missing.raw_os_error(), Some(libc::ENOENT));
        for _ in 0..2 {
            let daemon = UnixDatagram::bind(&path).unwrap();
            let message = "<30>holdfast[7]: Grüße".as_bytes();
            writer.write(message).unwrap();
            let mut buffer = [0; 64];
            let length = daemon.recv(&mut buffer).unwrap();
            assert_eq!(&buffer[..length], message);
            fs::remove_file(&path).unwrap();
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn file_is_appended_to_and_a_fifo_without_a_reader_is_no_wait() {
        let folder = folder("append");
        let path = folder.join("log");
        for text in ["a\n", "b\n"] {
            open(&path).unwrap().write(text.as_bytes()).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\n");
        let fifo = folder.join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        open(&fifo).unwrap().write(b"kept\n").unwrap();
        let error = open(&folder).unwrap_err();
        assert_eq!(error.errno(), libc::EISDIR);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn file_that_somebody_else_may_have_planted_is_refused() {
        let folder = folder("link");
        fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
        let (target, link) = (folder.join("target"), folder.join("log"));
        fs::write(&target, "").unwrap();
        symlink(&target, &link).unwrap();
        open(&link).unwrap().write(b"own link\n").unwrap();
        // Without the privilege to give things away there is none of somebody else's.
        if lchown(&link, Some(1234), None).is_ok() {
            assert_eq!(open(&link).unwrap_err().errno(), libc::ELOOP);
            lchown(&target, Some(1234), None).unwrap();
            assert_eq!(open(&target).unwrap_err().errno(), libc::ELOOP);
            fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
            open(&target).unwrap().write(b"their file\n").unwrap();
        }
        let text = fs::read_to_string(&target).unwrap();
        assert!(text.starts_with("own link\n"), "{text}");
        fs::remove_dir_all(folder).unwrap();
    }
}
