//! Gratuitous ARP: tells everybody on a link where an address now lives.

use crate::error::Error;
use crate::protocol::Link;
use crate::sys::packet::PacketSocket;
use pnet_base::MacAddr;
use pnet_packet::arp::{ArpHardwareTypes, ArpOperations, MutableArpPacket};
use pnet_packet::ethernet::{EtherTypes, MutableEthernetPacket};

use std::net::Ipv4Addr;

/// Ethernet header (14) and ARP body (28), not padded: drivers do that.
const FRAME_BYTES: usize = 42;

/// Announces `addresses` `repeat` times: all of them once, then all again. Nothing is sent where
/// nobody could hear: on the loopback interface and on interfaces without ARP. A failure does not
/// keep the rest from being sent; the first one is returned.
pub fn announce(
    socket: &PacketSocket,
    link: &Link,
    addresses: &[Ipv4Addr],
    repeat: u32,
) -> Result<(), Error> {
    if link.loopback || !link.arp {
        return Ok(());
    }
    let source = link.mac.parse::<MacAddr>().map_err(|_| Error::Foreign {
        what: "the hardware address of an interface to announce from",
        reason: format!("{} has \"{}\", not 6 octets", link.ifname, link.mac),
    })?;
    let frames: Vec<_> = addresses
        .iter()
        .map(|address| frame(source, *address))
        .collect();
    let mut result = Ok(());
    for _ in 0..repeat {
        for frame in &frames {
            let sent = socket.send(link.ifindex, EtherTypes::Arp.0, frame);
            let sent = sent.map_err(Error::socket("announce an address", &link.ifname));
            result = result.and(sent);
        }
    }
    result
}

/// One announcement: an ARP request, broadcast, of which sender and target address are the
/// announced one. keepalived: the target hardware address is all ones (RFC 5227 §3 leaves it to
/// the sender, zeros are usual).
///
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-------------------------------+-------------------------------+
/// |       Hardware type 1         |     Protocol type 0x0800      |
/// +---------------+---------------+-------------------------------+
/// |  6 octets     |  4 octets     |     Operation 1, request      |
/// +---------------+---------------+-------------------------------+
/// |  Sender hardware address, sender protocol address (6 + 4)     |
/// |  Target hardware address, target protocol address (6 + 4)     |
/// +---------------------------------------------------------------+
/// ```
fn frame(source: MacAddr, address: Ipv4Addr) -> [u8; FRAME_BYTES] {
    let mut bytes = [0; FRAME_BYTES];
    if let Some(mut ethernet) = MutableEthernetPacket::new(&mut bytes) {
        ethernet.set_destination(MacAddr::broadcast());
        ethernet.set_source(source);
        ethernet.set_ethertype(EtherTypes::Arp);
    }
    let body = bytes.get_mut(MutableEthernetPacket::minimum_packet_size()..);
    if let Some(mut arp) = body.and_then(MutableArpPacket::new) {
        arp.set_hardware_type(ArpHardwareTypes::Ethernet);
        arp.set_protocol_type(EtherTypes::Ipv4);
        arp.set_hw_addr_len(6);
        arp.set_proto_addr_len(4);
        arp.set_operation(ArpOperations::Request);
        arp.set_sender_hw_addr(source);
        arp.set_sender_proto_addr(address);
        arp.set_target_hw_addr(MacAddr::broadcast());
        arp.set_target_proto_addr(address);
    }
    bytes
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn frame_is_a_broadcast_request_for_the_own_address() {
        let source = MacAddr::new(0x02, 0x00, 0x5e, 0x10, 0xff, 0x01);
        let expected = [
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x5e, 0x10, 0xff, 0x01, 0x08, 0x06,
            0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, // request
            0x02, 0x00, 0x5e, 0x10, 0xff, 0x01, 192, 0, 2, 7, // sender
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 192, 0, 2, 7, // target
        ];
        assert_eq!(frame(source, Ipv4Addr::new(192, 0, 2, 7)), expected);
    }
}
