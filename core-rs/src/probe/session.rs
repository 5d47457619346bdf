//! A TLS session over a socket that is not waited for.

use super::connection::errno;
use super::failed::Failed;
use super::tls::TlsConfigs;
use crate::protocol::{Failure, HttpRequest, Probe, Tls};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, Error};
use socket2::Socket;
use std::io::{self, ErrorKind, Read, Write};

/// A session.
pub struct Session(ClientConnection);

/// What one look at the socket has brought.
pub enum Received {
    /// So many bytes of what was sent to us.
    Bytes(usize),
    /// Something that is no bytes for us: the handshake goes on.
    Progress,
    /// Nothing for now.
    Nothing,
    /// The end.
    End,
    /// The end, without close_notify (RFC 8446 §6.1).
    CutOff,
}

impl Session {
    /// Before the first byte.
    pub fn new(
        configs: &mut TlsConfigs,
        settings: &Tls,
        (probe, request): (&Probe, &HttpRequest),
    ) -> Result<Self, Failed> {
        let config = configs.get(settings)?;
        let name = request.server_name.clone().map(ServerName::try_from);
        // A name that cannot be one, such as an address, is not sent.
        let name = name
            .and_then(Result::ok)
            .filter(|name| matches!(name, ServerName::DnsName(_)));
        let name = name.unwrap_or_else(|| ServerName::from(probe.address));
        let mut connection =
            ClientConnection::new(config, name).map_err(|_| (Failure::Unusable, 0))?;
        connection.set_buffer_limit(None);
        Ok(Self(connection))
    }

    /// Takes what is to be said; it leaves as soon as it can.
    pub fn say(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        let said = self.0.writer().write_all(bytes);
        said.map_err(|error| (Failure::Read, errno(&error)))
    }

    /// Says that nothing follows.
    pub fn say_goodbye(&mut self) {
        self.0.send_close_notify();
    }

    /// Whether it waits for the socket to take more.
    pub fn has_more(&self) -> bool {
        self.0.wants_write()
    }

    /// Sends what waits, as far as it is taken: whether anything was.
    pub fn flush(&mut self, mut socket: &Socket) -> Result<bool, Failed> {
        let mut any = false;
        while self.0.wants_write() {
            match self.0.write_tls(&mut socket) {
                Ok(_) => any = true,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(lost(&error)),
            }
        }
        Ok(any)
    }

    /// Looks at the socket once.
    pub fn receive(&mut self, mut socket: &Socket, buffer: &mut [u8]) -> Result<Received, Failed> {
        match self.0.reader().read(buffer) {
            Ok(0) => return Ok(Received::End),
            Ok(count) => return Ok(Received::Bytes(count)),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(Received::CutOff),
            Err(_) => {}
        }
        match self.0.read_tls(&mut socket) {
            Ok(0) if self.0.is_handshaking() => Err((Failure::Tls, 0)),
            Ok(_) => {
                if let Err(error) = self.0.process_new_packets() {
                    // The other side is told why.
                    let _ = self.flush(socket);
                    return Err(failure(&error));
                }
                Ok(Received::Progress)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(Received::Progress),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(Received::Nothing),
            Err(error) => Err(lost(&error)),
        }
    }
}

fn lost(error: &io::Error) -> Failed {
    (Failure::Read, errno(error))
}

fn failure(error: &Error) -> Failed {
    match error {
        Error::AlertReceived(alert) => (Failure::Tls, u8::from(*alert).into()),
        Error::InvalidCertificate(_) | Error::NoCertificatesPresented => (Failure::Certificate, 0),
        _ => (Failure::Tls, 0),
    }
}
