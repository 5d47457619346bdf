//! Messages to the local syslog.

use crate::error::Error;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;

/// Where syslog daemons and journald listen.
const PATH: &str = "/dev/log";

/// A datagram socket that is opened with the first message and finds a restarted daemon again.
#[derive(Debug)]
pub struct Syslog {
    path: PathBuf,
    socket: Option<UnixDatagram>,
}

impl Default for Syslog {
    fn default() -> Self {
        Self {
            path: PATH.into(),
            socket: None,
        }
    }
}

impl Syslog {
    /// Writes one message. It has no time stamp: the receiver adds that of arrival, in its own time
    /// zone. Never blocks: a daemon that does not keep up costs messages (`EAGAIN`).
    pub fn write(&mut self, priority: u32, tag: &str, text: &str) -> Result<(), Error> {
        let message = format!("<{priority}>{tag}: {text}");
        self.send(message.as_bytes())
            .map_err(|source| Error::Syslog { source })
    }

    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        let socket = match &self.socket {
            Some(socket) => socket,
            None => {
                let socket = UnixDatagram::unbound()?;
                socket.set_nonblocking(true)?;
                self.socket.insert(socket)
            }
        };
        socket.send_to(message, &self.path).map(drop)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn write_arrives_and_arrives_again_when_the_daemon_was_restarted() {
        let path = std::env::temp_dir().join(format!("holdfast-syslog-{}", std::process::id()));
        let mut syslog = Syslog {
            path: path.clone(),
            socket: None,
        };
        assert_eq!(
            syslog.write(30, "holdfast", "a").unwrap_err().errno(),
            libc::ENOENT
        );
        for _ in 0..2 {
            let daemon = UnixDatagram::bind(&path).unwrap();
            syslog.write(30, "holdfast[7]", "Grüße").unwrap();
            let mut buffer = [0; 64];
            let length = daemon.recv(&mut buffer).unwrap();
            assert_eq!(&buffer[..length], "<30>holdfast[7]: Grüße".as_bytes());
            std::fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn write_to_a_daemon_that_does_not_keep_up_fails_and_does_not_block() {
        let path = std::env::temp_dir().join(format!("holdfast-slow-{}", std::process::id()));
        let _daemon = UnixDatagram::bind(&path).unwrap();
        let mut syslog = Syslog {
            path: path.clone(),
            socket: None,
        };
        let failed = (0..100_000).find_map(|_| syslog.write(30, "holdfast", "a").err());
        std::fs::remove_file(&path).unwrap();
        assert_eq!(failed.unwrap().errno(), libc::EAGAIN);
    }
}
