//! Unsolicited neighbour advertisements (RFC 4861 §7.2.6): tell every node on a link where an IPv6
//! address now lives.

use super::hardware::{INFINIBAND, members, own};
use crate::error::Error;
use crate::protocol::Link;
use crate::sys::packet::Frame;
use pnet_packet::ethernet::EtherTypes;
use pnet_packet::icmpv6::{self, Icmpv6Packet, Icmpv6Types};
use pnet_packet::ip::IpNextHeaderProtocols;
use pnet_packet::ipv6::MutableIpv6Packet;
use std::net::Ipv6Addr;

/// `ff02::1`, all nodes.
const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);

/// Fixed header of IPv6.
const HEADER: usize = 40;

/// Type to target address (RFC 4861 §4.4).
const FIXED: usize = 24;

/// Target link-layer address option (RFC 4861 §4.6.1).
const TARGET_ADDRESS: u8 = 2;

/// Flag of an advertisement: the sender forwards.
const ROUTER: u8 = 0x80;

/// Flag of an advertisement: what was known of the address is outdated.
const OVERRIDE: u8 = 0x20;

/// One announcement, from the announced address itself to all nodes; `router`: this host forwards.
///
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +---------------+---------------+-------------------------------+
/// |   Type 136    |    Code 0     |          Checksum             |
/// +-+-+-+---------+---------------+-------------------------------+
/// |R|S|O|                     Reserved                            |
/// +---------------------------------------------------------------+
/// |                   Target address (16 octets)                  |
/// +---------------+---------------+-------------------------------+
/// |    Type 2     | Length, 8 oct.|  Hardware address ...         |
/// +---------------------------------------------------------------+
/// ```
pub fn frame(link: &Link, address: Ipv6Addr, router: bool) -> Result<Frame, Error> {
    let own = own(link)?;
    let to = members(link, own.len(), ALL_NODES);
    // RFC 4391 §9.3: on InfiniBand two reserved octets go before the address.
    let reserved = if own.len() == INFINIBAND { 2 } else { 0 };
    let filled = (2 + reserved + own.len()).next_multiple_of(8);
    let mut message = vec![0; FIXED + filled];
    let flags = OVERRIDE | if router { ROUTER } else { 0 };
    put(&mut message, 0, &[Icmpv6Types::NeighborAdvert.0]);
    put(&mut message, 4, &[flags]);
    put(&mut message, 8, &address.octets());
    let units = u8::try_from(filled / 8).unwrap_or_default();
    put(&mut message, FIXED, &[TARGET_ADDRESS, units]);
    put(&mut message, FIXED + 2 + reserved, &own);
    let checksum = Icmpv6Packet::new(&message)
        .map_or(0, |packet| icmpv6::checksum(&packet, &address, &ALL_NODES));
    put(&mut message, 2, &checksum.to_be_bytes());
    let mut body = vec![0; HEADER + message.len()];
    if let Some(mut header) = MutableIpv6Packet::new(&mut body) {
        header.set_version(6);
        header.set_payload_length(u16::try_from(message.len()).unwrap_or_default());
        header.set_next_header(IpNextHeaderProtocols::Icmpv6);
        // RFC 4861 §7.1.2: whoever gets it with another one, from beyond a router, drops it.
        header.set_hop_limit(255);
        header.set_source(address);
        header.set_destination(ALL_NODES);
    }
    put(&mut body, HEADER, &message);
    Ok(Frame {
        ifindex: link.ifindex,
        ethertype: EtherTypes::Ipv6.0,
        to,
        body,
    })
}

fn put(bytes: &mut [u8], at: usize, part: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + part.len()) {
        place.copy_from_slice(part);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::hardware::tests::{infiniband, link};
    use super::*;

    fn vip() -> Ipv6Addr {
        "2001:db8::64".parse().unwrap()
    }

    #[test]
    fn frame_is_an_override_from_the_address_to_all_nodes() {
        let found = frame(&link("02:00:5e:10:ff:01"), vip(), false).unwrap();
        assert_eq!(found.to, [0x33, 0x33, 0, 0, 0, 1]);
        assert_eq!((found.ifindex, found.ethertype), (7, 0x86dd));
        let header = [0x60, 0, 0, 0, 0, 32, 58, 255];
        assert_eq!(found.body[..8], header);
        assert_eq!(found.body[8..24], vip().octets());
        assert_eq!(found.body[24..40], ALL_NODES.octets());
        assert_eq!(found.body[40..42], [136, 0]);
        assert_eq!(found.body[44..48], [0x20, 0, 0, 0]);
        assert_eq!(found.body[48..64], vip().octets());
        assert_eq!(found.body[64..], [2, 1, 0x02, 0, 0x5e, 0x10, 0xff, 0x01]);
        // With its checksum in place the message sums up to nothing (RFC 4443 §2.3).
        let message = Icmpv6Packet::new(&found.body[40..]).unwrap();
        let sum = icmpv6::checksum(&message, &vip(), &ALL_NODES);
        assert_eq!(sum, message.get_checksum());
    }

    #[test]
    fn frame_of_a_router_says_so() {
        let found = frame(&link("02:00:5e:10:ff:01"), vip(), true).unwrap();
        assert_eq!(found.body[44], 0xa0);
    }

    #[test]
    fn frame_on_infiniband_has_an_option_of_24_octets() {
        let found = frame(&infiniband(), vip(), false).unwrap();
        assert_eq!(found.body[64..68], [2, 3, 0, 0]);
        assert_eq!(found.body[68..72], [0x80, 0, 0, 0x48]);
        assert_eq!(found.body.len(), 88);
    }
}
