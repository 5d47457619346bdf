//! How many ports of local addresses are in use, by what connection tracking knows: full NAT runs out of them one pair of local
//! address and real server at a time.

use crate::error::Error;
use crate::netlink::attribute::{Attributes, find};
use crate::protocol::{BusiestPair, PortUse};
use neli::consts::socket::{Msg, NlFamily};
use neli::socket::NlSocket;
use neli::utils::Groups;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;

/// `NFNL_SUBSYS_CTNETLINK`, and `IPCTNL_MSG_CT_GET` of it (`linux/netfilter/nfnetlink_conntrack.h`).
const GET: u16 = (1 << 8) | 1;

/// `NLM_F_REQUEST | NLM_F_DUMP`.
const DUMP: u16 = 0x301;

/// `NLMSG_ERROR`, `NLMSG_DONE`.
const FAILED: u16 = 2;
const DONE: u16 = 3;

/// Attributes (`linux/netfilter/nfnetlink_conntrack.h`).
mod cta {
    pub const TUPLE_REPLY: u16 = 2;
    pub const FILTER: u16 = 25;
    pub const FILTER_ORIG_FLAGS: u16 = 1;
    pub const FILTER_REPLY_FLAGS: u16 = 2;
    pub const TUPLE_IP: u16 = 1;
    pub const TUPLE_PROTO: u16 = 2;
    pub const IP_V4_SRC: u16 = 1;
    pub const IP_V4_DST: u16 = 2;
    pub const IP_V6_SRC: u16 = 3;
    pub const IP_V6_DST: u16 = 4;
    pub const PROTO_NUM: u16 = 1;
    pub const PROTO_SRC_PORT: u16 = 2;
}

/// `CTA_FILTER_F_CTA_IP_DST` (`net/netfilter/nf_conntrack_netlink.c`, since Linux 5.8).
const BY_DESTINATION: u32 = 2;

/// What the kernel sends of a dump at once, and more.
const RECEIVE_BYTES: usize = 64 << 10;

/// How many connections the kernel tracks in this network namespace.
const TRACKED: &str = "/proc/sys/net/netfilter/nf_conntrack_count";

/// Counts, which takes a tenth of a second for each 100,000 connections; in the order of the addresses, or nothing while the kernel tracks fewer connections than `least`.
pub fn count(addresses: &[IpAddr], least: u64) -> Result<Vec<PortUse>, Error> {
    let tracked = std::fs::read_to_string(TRACKED).unwrap_or_default();
    if tracked.trim().parse().unwrap_or(0) < least {
        return Ok(Vec::new());
    }
    let uses = || -> io::Result<Vec<PortUse>> {
        let socket = NlSocket::connect(NlFamily::Netfilter, None, Groups::empty())?;
        let mut room = vec![0; RECEIVE_BYTES];
        let each = addresses
            .iter()
            .map(|address| uses_of(*address, &socket, &mut room));
        each.collect()
    };
    uses().map_err(Error::netlink("count ports"))
}

/// Connections whose answers come to a local address.
fn uses_of(address: IpAddr, socket: &NlSocket, room: &mut [u8]) -> io::Result<PortUse> {
    socket.send(request(address), Msg::empty())?;
    let mut pairs: HashMap<(IpAddr, u16, u8), u32> = HashMap::new();
    'heard: loop {
        let (length, _) = socket.recv(&mut *room, Msg::empty())?;
        let mut rest = room.get(..length).unwrap_or_default();
        while let Some((kind, body, after)) = split(rest) {
            match kind {
                DONE => break 'heard,
                FAILED => return Err(failure(body)),
                _ => {
                    if let Some(pair) = server(body, address) {
                        *pairs.entry(pair).or_default() += 1;
                    }
                }
            }
            rest = after;
        }
    }
    let connections = pairs.values().sum();
    let busiest = pairs.into_iter().max_by_key(|(_, count)| *count);
    Ok(PortUse {
        address,
        connections,
        busiest: busiest.map(|((server, port, protocol), connections)| BusiestPair {
            server,
            port,
            protocol,
            connections,
        }),
    })
}

/// Asks for all whose answers come to this address.
fn request(address: IpAddr) -> Vec<u8> {
    let mut filter = Attributes::default();
    filter.put_u32(cta::FILTER_ORIG_FLAGS, 0);
    filter.put_u32(cta::FILTER_REPLY_FLAGS, BY_DESTINATION);
    let mut ip = Attributes::default();
    let family = match address {
        IpAddr::V4(v4) => {
            ip.put(cta::IP_V4_DST, &v4.octets());
            libc::AF_INET
        }
        IpAddr::V6(v6) => {
            ip.put(cta::IP_V6_DST, &v6.octets());
            libc::AF_INET6
        }
    };
    let mut tuple = Attributes::default();
    tuple.nest(cta::TUPLE_IP, &ip);
    let mut body = Attributes::default();
    body.nest(cta::TUPLE_REPLY, &tuple);
    // Of IPv6 the kernel's comparison is the wrong way round: it leaves out what is asked for.
    if address.is_ipv4() {
        body.nest(cta::FILTER, &filter);
    }
    // struct nlmsghdr, struct nfgenmsg
    let length = u32::try_from(20 + body.as_bytes().len()).unwrap_or(u32::MAX);
    [
        &length.to_ne_bytes()[..],
        &GET.to_ne_bytes(),
        &DUMP.to_ne_bytes(),
        &[0; 8],
        &[u8::try_from(family).unwrap_or_default(), 0, 0, 0],
        body.as_bytes(),
    ]
    .concat()
}

/// The first message of several: its type, its body, and the others.
fn split(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (head, _) = bytes.split_first_chunk::<16>()?;
    let [l0, l1, l2, l3, k0, k1, ..] = *head;
    let length = usize::try_from(u32::from_ne_bytes([l0, l1, l2, l3])).ok()?;
    let body = bytes.get(16..length)?;
    let after = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    Some((u16::from_ne_bytes([k0, k1]), body, after))
}

/// `struct nlmsgerr`.
fn failure(body: &[u8]) -> io::Error {
    let errno = body
        .first_chunk()
        .map_or(0, |code| -i32::from_ne_bytes(*code));
    io::Error::from_raw_os_error(errno)
}

/// Whence answers of a connection come, if they go to this address: address, port, protocol.
fn server(body: &[u8], to: IpAddr) -> Option<(IpAddr, u16, u8)> {
    // struct nfgenmsg
    let reply = find(body.get(4..)?, cta::TUPLE_REPLY)?;
    let ip = find(reply, cta::TUPLE_IP)?;
    let proto = find(reply, cta::TUPLE_PROTO)?;
    let leads_here = match to {
        IpAddr::V4(v4) => find(ip, cta::IP_V4_DST) == Some(v4.octets().as_slice()),
        IpAddr::V6(v6) => find(ip, cta::IP_V6_DST) == Some(v6.octets().as_slice()),
    };
    if !leads_here {
        return None;
    }
    let source = match find(ip, cta::IP_V4_SRC) {
        Some(v4) => IpAddr::from(<[u8; 4]>::try_from(v4).ok()?),
        None => IpAddr::from(<[u8; 16]>::try_from(find(ip, cta::IP_V6_SRC)?).ok()?),
    };
    let port = u16::from_be_bytes(*find(proto, cta::PROTO_SRC_PORT)?.first_chunk()?);
    Some((source, port, *find(proto, cta::PROTO_NUM)?.first()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    /// A connection as the kernel tells of it, as far as it matters here.
    fn told(server: Ipv4Addr, port: u16) -> Vec<u8> {
        let mut ip = Attributes::default();
        ip.put(cta::IP_V4_SRC, &server.octets());
        ip.put(cta::IP_V4_DST, &[192, 168, 1, 51]);
        let mut proto = Attributes::default();
        proto.put(cta::PROTO_NUM, &[6]);
        proto.put(cta::PROTO_SRC_PORT, &port.to_be_bytes());
        let mut reply = Attributes::default();
        reply.nest(cta::TUPLE_IP, &ip);
        reply.nest(cta::TUPLE_PROTO, &proto);
        let mut body = Attributes::default();
        body.nest(cta::TUPLE_REPLY, &reply);
        [&[2, 0, 0, 0][..], body.as_bytes()].concat()
    }

    #[test]
    fn server_reads_whence_answers_come_and_nothing_from_rubbish() {
        let address = Ipv4Addr::new(192, 168, 1, 130);
        let body = told(address, 80);
        let local = IpAddr::from([192, 168, 1, 51]);
        assert_eq!(server(&body, local), Some((address.into(), 80, 6)));
        assert_eq!(server(&body, address.into()), None, "of another address");
        for length in 0..body.len() {
            let _ = server(body.get(..length).unwrap(), local);
            let _ = split(body.get(..length).unwrap());
        }
    }

    #[test]
    fn count_nothing_while_fewer_connections_are_tracked_than_could_matter() {
        assert_eq!(
            count(&[IpAddr::from([127, 0, 0, 1])], u64::MAX).unwrap(),
            []
        );
    }
}
