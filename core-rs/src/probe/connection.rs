//! The socket of a probe: made, bound and on its way to being connected.

use crate::protocol::{Failure, Probe};
use crate::sys::limits;
use crate::sys::output::is_writable;
use socket2::{Domain, SockAddr, Socket, Type};
use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Most bytes read only to be thrown away.
const DRAIN_BYTES: usize = 16 << 10;

/// Begins to connect, without waiting. The socket becomes writable when that is decided.
pub fn begin(probe: &Probe) -> Result<Socket, (Failure, i32)> {
    let target = SockAddr::from(SocketAddr::new(probe.address, probe.port));
    let socket = make(probe).map_err(|error| (Failure::Local, errno(&error)))?;
    match socket.connect(&target) {
        Ok(()) => Ok(socket),
        Err(error) => match error.raw_os_error() {
            Some(libc::EINPROGRESS) => Ok(socket),
            // No free local port, no memory: the target has nothing to do with it.
            Some(own @ (libc::EADDRNOTAVAIL | libc::EAGAIN | libc::ENOMEM | libc::ENOBUFS)) => {
                Err((Failure::Local, own))
            }
            _ => Err((Failure::Connect, errno(&error))),
        },
    }
}

fn make(probe: &Probe) -> io::Result<Socket> {
    let domain = match probe.address {
        IpAddr::V4(_) => Domain::IPV4,
        IpAddr::V6(_) => Domain::IPV6,
    };
    let socket = Socket::new(domain, Type::STREAM.nonblocking(), None)?;
    limits::leave_some(&socket)?;
    if let Some(ifname) = &probe.ifname {
        socket.bind_device(Some(ifname.as_bytes()))?;
    }
    if let Some(mark) = probe.fwmark {
        socket.set_mark(mark)?;
    }
    if probe.source.is_some() || probe.source_port.is_some() {
        // The last connection from this port lingers in TIME_WAIT.
        socket.set_reuse_address(true)?;
        let any = match probe.address {
            IpAddr::V4(_) => IpAddr::from(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
        };
        let source = probe.source.unwrap_or(any);
        let port = probe.source_port.unwrap_or(0);
        socket.bind(&SocketAddr::new(source, port).into())?;
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
