//! The option by which a connected datagram socket hears of every ICMP error.

use super::{check, length_of};
use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, AsRawFd};

/// Sets `IP_RECVERR` or `IPV6_RECVERR`: without it an unreachable host or network is not told.
pub fn hear_errors(socket: &impl AsFd, target: IpAddr) -> io::Result<()> {
    let (level, name) = match target {
        IpAddr::V4(_) => (libc::IPPROTO_IP, libc::IP_RECVERR),
        IpAddr::V6(_) => (libc::IPPROTO_IPV6, libc::IPV6_RECVERR),
    };
    let on: libc::c_int = 1;
    // SAFETY: the descriptor is open while borrowed; `on` is readable for the length given.
    check(unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            name,
            (&raw const on).cast(),
            length_of::<libc::c_int>(),
        )
    })
    .map(drop)
}
