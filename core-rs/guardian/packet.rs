//! What is heard after the daemon's death. Everything is from the wire, so nothing is believed
//! about lengths; what is no VRRP, ARP or neighbour advertisement is `None`.

use super::message::Ip;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The virtual router a master speaks for; none for a farewell. `with_header`: IPv4, where an authentication
/// header (RFC 4302) may come before the advert. Nobody here has the key to judge it.
pub fn advert(datagram: &[u8], with_header: bool) -> Option<u8> {
    const AUTHENTICATION: u8 = 51;
    let header = match with_header {
        true => usize::from(datagram.first()? & 0x0f) * 4,
        false => 0,
    };
    let payload = datagram.get(header..)?;
    let advert = match with_header && datagram.get(9) == Some(&AUTHENTICATION) {
        // In words of four bytes, without the first two.
        true => payload.get((usize::from(*payload.get(1)?) + 2) * 4..)?,
        false => payload,
    };
    let [kind, vrid, priority] = advert.first_chunk()?;
    (matches!(kind, 0x21 | 0x31) && *priority > 0).then_some(*vrid)
}

/// The address that the sender of an ARP packet (RFC 826) says it has.
pub fn arp_sender(packet: &[u8]) -> Option<Ip> {
    let [h0, h1, p0, p1, hardware_length, protocol_length] = *packet.first_chunk()?;
    if (u16::from_be_bytes([p0, p1]), protocol_length) != (0x0800, 4) || [h0, h1] == [0, 0] {
        return None;
    }
    let octets: &[u8; 4] = packet
        .get(8 + usize::from(hardware_length)..)?
        .first_chunk()?;
    let address = Ipv4Addr::from(*octets);
    (!address.is_unspecified()).then_some(Ip::V4(address))
}

/// The target of a neighbour advertisement (RFC 4861 §4.4).
pub fn neighbour(packet: &[u8]) -> Option<Ip> {
    if *packet.first()? != 136 {
        return None;
    }
    let octets: &[u8; 16] = packet.get(8..)?.first_chunk()?;
    Some(Ip::V6(Ipv6Addr::from(*octets)))
}

/// Addresses whose removal the kernel tells in a datagram (`RTM_DELADDR`).
pub fn removed(datagram: &[u8]) -> Vec<Ip> {
    const RTM_DELADDR: u16 = 21;
    /// `IFA_ADDRESS` and `IFA_LOCAL`; the latter counts where both are.
    const KINDS: [u16; 2] = [1, 2];
    let mut found = Vec::new();
    let mut rest = datagram;
    while let Some([l0, l1, l2, l3, k0, k1]) = rest.first_chunk::<6>() {
        let length = u32::from_ne_bytes([*l0, *l1, *l2, *l3]) as usize;
        let Some(body) = rest.get(16..length) else {
            break;
        };
        if u16::from_ne_bytes([*k0, *k1]) == RTM_DELADDR {
            let attributes = body.get(8..).unwrap_or_default();
            let values = KINDS.map(|kind| attribute(attributes, kind).and_then(address));
            found.extend(values[1].or(values[0]));
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    found
}

/// The first `errno` other than "is not there" with which the kernel refused.
pub fn refusal(datagram: &[u8]) -> Option<i32> {
    const NLMSG_ERROR: u16 = 2;
    /// ENOENT, ESRCH, ENODEV, EADDRNOTAVAIL.
    const GONE: [i32; 5] = [0, 2, 3, 19, 99];
    let mut rest = datagram;
    while let Some([l0, l1, l2, l3, k0, k1]) = rest.first_chunk::<6>() {
        let length = u32::from_ne_bytes([*l0, *l1, *l2, *l3]) as usize;
        let body = rest.get(16..length)?;
        if u16::from_ne_bytes([*k0, *k1]) == NLMSG_ERROR {
            let errno = -i32::from_ne_bytes(*body.first_chunk()?);
            if !GONE.contains(&errno) {
                return Some(errno);
            }
        }
        rest = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

fn attribute(attributes: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut rest = attributes;
    loop {
        let [l0, l1, k0, k1] = *rest.first_chunk()?;
        let length = usize::from(u16::from_ne_bytes([l0, l1]));
        if u16::from_ne_bytes([k0, k1]) == wanted {
            return rest.get(4..length);
        }
        rest = rest.get(length.max(4).next_multiple_of(4)..)?;
    }
}

fn address(octets: &[u8]) -> Option<Ip> {
    match octets.len() {
        4 => Some(Ip::from(*octets.first_chunk::<4>()?)),
        16 => Some(Ip::from(*octets.first_chunk::<16>()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advert_of_a_master_names_its_router_and_a_farewell_none() {
        let header = [0x46; 1].into_iter().chain([0; 23]);
        let advert_of = |priority| {
            header
                .clone()
                .chain([0x31, 51, priority, 0])
                .collect::<Vec<u8>>()
        };
        assert_eq!(advert(&advert_of(100), true), Some(51));
        assert_eq!(advert(&advert_of(0), true), None);
        assert_eq!(advert(&[0x31, 7, 1], false), Some(7));
        let mut sealed = vec![0x45, 0, 0, 0, 0, 0, 0, 0, 0, 51];
        sealed.extend([0; 10]);
        sealed.extend([112, 4]);
        sealed.extend([0; 22]);
        sealed.extend([0x21, 9, 100]);
        assert_eq!(advert(&sealed, true), Some(9));
        assert_eq!(advert(&[0x45], true), None);
    }

    #[test]
    fn nothing_short_or_foreign_is_believed() {
        for length in 0..64 {
            for fill in [0, 1, 0x45, 0xff] {
                let bytes = vec![fill; length];
                let _ = (advert(&bytes, true), arp_sender(&bytes), neighbour(&bytes));
                let _ = (removed(&bytes), refusal(&bytes));
            }
        }
    }

    #[test]
    fn arp_names_its_sender() {
        let mut packet = vec![0, 1, 8, 0, 6, 4, 0, 1];
        packet.extend([2, 0, 0, 0, 0, 1, 10, 0, 0, 7, 0, 0, 0, 0, 0, 0, 10, 0, 0, 7]);
        assert_eq!(arp_sender(&packet), Some(Ip::from([10, 0, 0, 7])));
    }

    #[test]
    fn removal_names_the_local_address() {
        let mut body = vec![2, 24, 0, 0, 2, 0, 0, 0];
        body.extend([8, 0, 1, 0, 10, 0, 0, 1, 8, 0, 2, 0, 10, 0, 0, 9]);
        let mut datagram = (16 + body.len() as u32).to_ne_bytes().to_vec();
        datagram.extend(21u16.to_ne_bytes());
        datagram.extend([0; 10]);
        datagram.extend(body);
        assert_eq!(removed(&datagram), [Ip::from([10, 0, 0, 9])]);
    }
}
