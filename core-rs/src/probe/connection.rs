//! The socket of a probe: made, bound, and connected or on its way to be.

use super::failed::Failed;
use crate::protocol::{Failure, Probe};
use crate::sys::output::is_writable;
use crate::sys::{datagram, limits};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Most bytes read only to be thrown away.
const DRAIN_BYTES: usize = 16 << 10;

/// Begins to connect, without waiting. The socket becomes writable when that is decided.
pub fn begin(probe: &Probe) -> Result<Socket, Failed> {
    let socket =
        make(probe, Type::STREAM, None).map_err(|error| (Failure::Local, errno(&error)))?;
    connect(&socket, probe, probe.port)?;
    Ok(socket)
}

/// A UDP socket that speaks with the target only, and hears of every error.
pub fn begin_datagram(probe: &Probe) -> Result<Socket, Failed> {
    let socket = make(probe, Type::DGRAM, None).map_err(|error| (Failure::Local, errno(&error)))?;
    connect(&socket, probe, probe.port)?;
    hear_errors(&socket, probe)?;
    Ok(socket)
}

/// What stands before a message that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Headers {
    /// Nothing.
    None,
    /// The IPv4 header.
    Ipv4,
}

impl Headers {
    /// The message after them.
    pub fn skip(self, message: &[u8]) -> Option<&[u8]> {
        match self {
            Self::None => Some(message),
            Self::Ipv4 => {
                let words = message.first()? & 0x0f;
                message.get(usize::from(words) * 4..)
            }
        }
    }
}

/// A socket for ICMP echo: the kernel's own kind, which gives each socket its own replies, where
/// `net.ipv4.ping_group_range` allows it; else a raw one, which hears those of others too.
pub fn begin_echo(probe: &Probe) -> Result<(Socket, Headers), Failed> {
    let protocol = match probe.address {
        IpAddr::V4(_) => Protocol::ICMPV4,
        IpAddr::V6(_) => Protocol::ICMPV6,
    };
    let raw_headers = match probe.address {
        IpAddr::V4(_) => Headers::Ipv4,
        IpAddr::V6(_) => Headers::None,
    };
    let (socket, headers) = match make(probe, Type::DGRAM, Some(protocol)) {
        Err(error) if error.raw_os_error() == Some(libc::EACCES) => {
            (make(probe, Type::RAW, Some(protocol)), raw_headers)
        }
        made => (made, Headers::None),
    };
    let socket = socket.map_err(|error| (Failure::Local, errno(&error)))?;
    connect(&socket, probe, 0)?;
    hear_errors(&socket, probe)?;
    Ok((socket, headers))
}

fn hear_errors(socket: &Socket, probe: &Probe) -> Result<(), Failed> {
    let heard = datagram::hear_errors(socket, probe.address);
    heard.map_err(|error| (Failure::Local, errno(&error)))
}

fn connect(socket: &Socket, probe: &Probe, port: u16) -> Result<(), Failed> {
    let target = SockAddr::from(SocketAddr::new(probe.address, port));
    match socket.connect(&target) {
        Ok(()) => Ok(()),
        Err(error) => match error.raw_os_error() {
            Some(libc::EINPROGRESS) => Ok(()),
            // No free local port, no memory: the target has nothing to do with it.
            Some(own @ (libc::EADDRNOTAVAIL | libc::EAGAIN | libc::ENOMEM | libc::ENOBUFS)) => {
                Err((Failure::Local, own))
            }
            _ => Err((Failure::Connect, errno(&error))),
        },
    }
}

fn make(probe: &Probe, kind: Type, protocol: Option<Protocol>) -> io::Result<Socket> {
    let domain = match probe.address {
        IpAddr::V4(_) => Domain::IPV4,
        IpAddr::V6(_) => Domain::IPV6,
    };
    let socket = Socket::new(domain, kind.nonblocking(), protocol)?;
    limits::leave_some(&socket)?;
    if let Some(ifname) = &probe.ifname {
        socket.bind_device(Some(ifname.as_bytes()))?;
    }
    if let Some(mark) = probe.fwmark {
        socket.set_mark(mark)?;
    }
    // The port of an echo is its identifier, which the kernel chooses.
    let source_port = probe.source_port.filter(|_| protocol.is_none());
    if probe.source.is_some() || source_port.is_some() {
        if kind == Type::STREAM {
            // The last connection from this port lingers in TIME_WAIT.
            socket.set_reuse_address(true)?;
        }
        let any = match probe.address {
            IpAddr::V4(_) => IpAddr::from(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
        };
        let source = probe.source.unwrap_or(any);
        socket.bind(&SocketAddr::new(source, source_port.unwrap_or(0)).into())?;
    }
    Ok(socket)
}

/// Whether a connection is neither made nor refused by now.
pub fn is_undecided(socket: &Socket) -> bool {
    // Not by its error: taken, it would be lost.
    !is_writable(socket)
}

/// Closes with FIN: bytes received and not read, a greeting for example, would make it a reset.
pub fn close(socket: Socket) {
    let mut thrown = [0; 1024];
    let mut total = 0;
    while total < DRAIN_BYTES {
        match (&socket).read(&mut thrown) {
            Ok(0) | Err(_) => break,
            Ok(count) => total += count,
        }
    }
}

/// `errno` of a system call's error.
pub fn errno(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(0)
}
