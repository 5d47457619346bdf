//! Gratuitous ARP: tells everybody on a link where an IPv4 address now lives.

use super::hardware::{INFINIBAND, everybody, own};
use crate::error::Error;
use crate::protocol::Link;
use crate::sys::packet::Frame;
use pnet_packet::ethernet::EtherTypes;
use std::net::Ipv4Addr;

/// Hardware type (IANA) of Ethernet.
const ETHERNET_TYPE: u16 = 1;

/// Hardware type (IANA) of InfiniBand.
const INFINIBAND_TYPE: u16 = 32;

/// ARP request.
const REQUEST: u16 = 1;

/// One announcement: an ARP request, broadcast, of which sender and target address are the
/// announced one. keepalived: the target hardware address is all ones (RFC 5227 §3 leaves it to
/// the sender, zeros are usual); on InfiniBand (RFC 4391 §9.1.1) it is that of the broadcast group.
///
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-------------------------------+-------------------------------+
/// |    Hardware type 1 or 32      |     Protocol type 0x0800      |
/// +---------------+---------------+-------------------------------+
/// | 6 or 20 octets|  4 octets     |     Operation 1, request      |
/// +---------------+---------------+-------------------------------+
/// |  Sender hardware address, sender protocol address             |
/// |  Target hardware address, target protocol address             |
/// +---------------------------------------------------------------+
/// ```
pub fn frame(link: &Link, address: Ipv4Addr) -> Result<Frame, Error> {
    let everybody = everybody(link, own(link)?.len());
    frame_to(link, address, everybody)
}

/// The same, for one neighbour only.
pub fn frame_to(link: &Link, address: Ipv4Addr, to: Vec<u8>) -> Result<Frame, Error> {
    let sender = own(link)?;
    let hardware = if sender.len() == INFINIBAND {
        INFINIBAND_TYPE
    } else {
        ETHERNET_TYPE
    };
    let length = u8::try_from(sender.len()).unwrap_or_default();
    let protocol = address.octets();
    let body = [
        &hardware.to_be_bytes()[..],
        &EtherTypes::Ipv4.0.to_be_bytes(),
        &[length, 4],
        &REQUEST.to_be_bytes(),
        &sender,
        &protocol,
        &to,
        &protocol,
    ]
    .concat();
    Ok(Frame {
        ifindex: link.ifindex,
        ethertype: EtherTypes::Arp.0,
        to,
        body,
    })
}

/// What a gratuitous message over Ethernet says: who claims which address; `None` for any other.
pub fn claim(message: &[u8]) -> Option<Claim> {
    let (head, rest) = message.split_first_chunk::<8>()?;
    let [_, ETHERNET_CODE, 0x08, 0x00, 6, 4, 0, 1 | 2] = head else {
        return None;
    };
    let (mac, rest) = rest.split_first_chunk::<6>()?;
    let (address, rest) = rest.split_first_chunk::<4>()?;
    let (target, rest) = rest.split_first_chunk::<6>()?;
    let (same, _) = rest.split_first_chunk::<4>()?;
    (address == same).then(|| Claim {
        address: Ipv4Addr::from(*address),
        mac: *mac,
        to_everybody: *target == [0xff; 6] || *target == [0; 6] || target == mac,
    })
}

/// Low octet of [`ETHERNET_TYPE`].
const ETHERNET_CODE: u8 = 1;

/// Somebody says that an address is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The address.
    pub address: Ipv4Addr,
    /// Whose it is said to be.
    pub mac: [u8; 6],
    /// It is not meant for this host alone.
    pub to_everybody: bool,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::hardware::tests::{infiniband, link};
    use super::*;

    #[test]
    fn frame_is_a_broadcast_request_for_the_own_address() {
        let found = frame(&link("02:00:5e:10:ff:01"), Ipv4Addr::new(192, 0, 2, 7)).unwrap();
        let body = [
            0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, // request
            0x02, 0x00, 0x5e, 0x10, 0xff, 0x01, 192, 0, 2, 7, // sender
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 192, 0, 2, 7, // target
        ];
        assert_eq!(found.body, body);
        assert_eq!((found.ifindex, found.ethertype), (7, 0x0806));
        assert_eq!(found.to, [0xff; 6]);
    }

    #[test]
    fn claim_reads_what_frame_makes_and_nothing_else() {
        let vip = Ipv4Addr::new(192, 0, 2, 7);
        let one = link("02:00:5e:10:ff:01");
        let told = claim(&frame(&one, vip).unwrap().body).unwrap();
        assert_eq!((told.address, told.to_everybody), (vip, true));
        assert_eq!(told.mac, [0x02, 0x00, 0x5e, 0x10, 0xff, 0x01]);
        let answer = frame_to(&one, vip, vec![2, 0, 0, 0, 0, 9]).unwrap();
        assert!(!claim(&answer.body).unwrap().to_everybody);
        let body = frame(&one, vip).unwrap().body;
        for length in 0..body.len() {
            assert_eq!(claim(&body[..length]), None);
        }
        let mut question = body;
        question[27] = 8;
        assert_eq!(claim(&question), None);
        assert_eq!(claim(&frame(&infiniband(), vip).unwrap().body), None);
    }

    /// RFC 4391 §9.1.1: hardware type 32, addresses of 20 octets.
    #[test]
    fn frame_on_infiniband_has_addresses_of_20_octets() {
        let found = frame(&infiniband(), Ipv4Addr::new(192, 0, 2, 7)).unwrap();
        assert_eq!(found.body.len(), 8 + 2 * (20 + 4));
        assert_eq!(
            found.body[..8],
            [0x00, 0x20, 0x08, 0x00, 0x14, 0x04, 0x00, 0x01]
        );
        assert_eq!(found.body[8..12], [0x80, 0x00, 0x00, 0x48]);
        assert_eq!(found.body[28..32], [192, 0, 2, 7]);
        assert_eq!(found.body[32..52], found.to);
        assert_eq!(found.to, infiniband().broadcast);
    }
}
