//! What no crate in use does for raw sockets: the multicast interface by its index, the header of
//! received IPv6 datagrams, and many datagrams in one call.

use super::{check, check_len, length_of};
use socket2::SockAddr;
use std::io;
use std::mem::zeroed;
use std::net::{IpAddr, Ipv6Addr};
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

/// Sets `IPV6_RECVPKTINFO`: [`receive_v6`] gives the destination.
pub fn set_receive_destination_v6(socket: &impl AsFd) -> io::Result<()> {
    let value: libc::c_int = 1;
    // SAFETY: the descriptor is open while borrowed; `value` is readable for the length given.
    check(unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            libc::IPPROTO_IPV6,
            libc::IPV6_RECVPKTINFO,
            (&raw const value).cast(),
            length_of::<libc::c_int>(),
        )
    })
    .map(drop)
}

/// What the kernel tells of a received IPv6 datagram besides its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadV6 {
    /// Bytes of the payload.
    pub length: usize,
    /// Source address.
    pub source: IpAddr,
    /// Destination address.
    pub destination: IpAddr,
    /// Hop limit.
    pub hops: u8,
}

/// Takes one datagram, without its header, into `buffer`. An error of kind `InvalidData` when the
/// kernel did not tell of its header.
pub fn receive_v6(socket: &impl AsFd, buffer: &mut [u8]) -> io::Result<HeadV6> {
    let mut part = libc::iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    // As `cmsghdr` wants to be aligned; room for two short messages.
    let mut control = [0u64; 16];
    // SAFETY: both are plain C structures for which zeros are a value.
    let (mut from, mut message): (libc::sockaddr_in6, libc::msghdr) =
        unsafe { (zeroed(), zeroed()) };
    message.msg_name = (&raw mut from).cast();
    message.msg_namelen = length_of::<libc::sockaddr_in6>();
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    message.msg_control = control.as_mut_ptr().cast();
    message.msg_controllen = size_of_val(&control);
    // SAFETY: the descriptor is open while borrowed; every pointer in `message` is writable for the
    // length beside it until the call returns.
    let length =
        check_len(unsafe { libc::recvmsg(socket.as_fd().as_raw_fd(), &raw mut message, 0) })?;
    let (mut destination, mut hops) = (None, None);
    // SAFETY: `message` is as the kernel left it, and so are the control messages it points to, which
    // lie in `control`; a message of these types holds a value of the type read, perhaps unaligned.
    unsafe {
        let mut at = libc::CMSG_FIRSTHDR(&raw const message);
        while let Some(head) = at.as_ref() {
            let data = libc::CMSG_DATA(at);
            match (head.cmsg_level, head.cmsg_type) {
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                    let info = data.cast::<libc::in6_pktinfo>().read_unaligned();
                    destination = Some(Ipv6Addr::from(info.ipi6_addr.s6_addr));
                }
                (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT) => {
                    hops = u8::try_from(data.cast::<libc::c_int>().read_unaligned()).ok();
                }
                _ => {}
            }
            at = libc::CMSG_NXTHDR(&raw const message, at);
        }
    }
    let (Some(destination), Some(hops)) = (destination, hops) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    Ok(HeadV6 {
        length: length.min(buffer.len()),
        source: Ipv6Addr::from(from.sin6_addr.s6_addr).into(),
        destination: destination.into(),
        hops,
    })
}

/// Most datagrams of one system call.
const MANY: usize = 64;

/// Sends datagrams, as many as fit in one call; `results` is told of each in order. Never blocks when
/// the socket does not.
pub fn send_many<'a>(
    socket: &impl AsFd,
    datagrams: impl Iterator<Item = (&'a [u8], &'a SockAddr)>,
    mut results: impl FnMut(io::Result<()>),
) {
    let mut datagrams = datagrams.peekable();
    // SAFETY: zeros are a value of these plain C structures.
    let (mut parts, mut messages): ([libc::iovec; MANY], [libc::mmsghdr; MANY]) =
        unsafe { (zeroed(), zeroed()) };
    while datagrams.peek().is_some() {
        let mut count = 0;
        let room = parts.iter_mut().zip(&mut messages);
        for ((part, message), (bytes, to)) in room.zip(&mut datagrams) {
            part.iov_base = bytes.as_ptr().cast_mut().cast();
            part.iov_len = bytes.len();
            message.msg_hdr.msg_name = to.as_ptr().cast_mut().cast();
            message.msg_hdr.msg_namelen = to.len();
            message.msg_hdr.msg_iov = part;
            message.msg_hdr.msg_iovlen = 1;
            count += 1;
        }
        let mut rest = messages.get_mut(..count).unwrap_or_default();
        while !rest.is_empty() {
            // SAFETY: the descriptor is open while borrowed; every message of `rest` was written above
            // and points to what `datagrams` lent for 'a and to `parts`, which sending does not change.
            let sent = check(unsafe {
                libc::sendmmsg(
                    socket.as_fd().as_raw_fd(),
                    rest.as_mut_ptr(),
                    u32::try_from(rest.len()).unwrap_or(0),
                    0,
                )
            });
            let done = match sent {
                Ok(count) => {
                    let count = usize::try_from(count).unwrap_or(0).max(1);
                    (0..count).for_each(|_| results(Ok(())));
                    count
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
                // The first of those left is the one that failed.
                Err(error) => {
                    results(Err(error));
                    1
                }
            };
            rest = rest.get_mut(done..).unwrap_or_default();
        }
    }
}
