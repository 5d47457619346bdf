//! Messages to the local syslog.

use crate::error::Error;
use std::io;
use std::os::unix::net::UnixDatagram;

/// Where syslog daemons and journald listen.
const PATH: &str = "/dev/log";

/// A datagram socket that is opened with the first message and finds a restarted daemon again.
#[derive(Debug, Default)]
pub struct Syslog(Option<UnixDatagram>);

impl Syslog {
    /// Writes one message. It has no time stamp: the receiver adds that of arrival, in its own time
    /// zone. Never blocks: a daemon that does not keep up costs messages (`EAGAIN`).
    pub fn write(&mut self, priority: u32, tag: &str, text: &str) -> Result<(), Error> {
        let message = format!("<{priority}>{tag}: {text}");
        self.send(message.as_bytes())
            .map_err(|source| Error::Syslog { source })
    }

    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        let socket = match &self.0 {
            Some(socket) => socket,
            None => {
                let socket = UnixDatagram::unbound()?;
                socket.set_nonblocking(true)?;
                self.0.insert(socket)
            }
        };
        socket.send_to(message, PATH).map(drop)
    }
}
