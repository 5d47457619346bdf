//! The one option of raw IPv4 sockets that no crate in use can set by interface index.

use super::{check, length_of};
use std::io;
use std::os::fd::{AsFd, AsRawFd};

/// Sets `IP_MULTICAST_IF`: the interface multicast leaves by.
pub fn set_multicast_interface(socket: &impl AsFd, ifindex: u32) -> io::Result<()> {
    let value = libc::ip_mreqn {
        imr_multiaddr: libc::in_addr { s_addr: 0 },
        imr_address: libc::in_addr { s_addr: 0 },
        imr_ifindex: ifindex as i32,
    };
    // SAFETY: the descriptor is open while borrowed; `value` is readable for the length given.
    check(unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            libc::IPPROTO_IP,
            libc::IP_MULTICAST_IF,
            (&raw const value).cast(),
            length_of::<libc::ip_mreqn>(),
        )
    })
    .map(drop)
}
