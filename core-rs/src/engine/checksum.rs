//! The internet checksum (RFC 1071) of a payload and of what it covers besides.

use crate::wire::Cover;
use std::net::IpAddr;

/// Who sends a payload to whom, by which protocol.
#[derive(Debug, Clone, Copy)]
pub struct Carriage {
    /// Source address.
    pub source: IpAddr,
    /// Destination address.
    pub destination: IpAddr,
    /// IP protocol number.
    pub protocol: u8,
}

/// The checksum: 0 when the payload holds the right one.
pub fn checksum(payload: &[u8], cover: Cover, carriage: Carriage) -> u16 {
    let Carriage {
        source,
        destination,
        protocol,
    } = carriage;
    let pseudo = |destination| {
        let length = u64::try_from(payload.len()).unwrap_or(0);
        address(source)
            + address(destination)
            + (length & 0xffff)
            + (length >> 16)
            + u64::from(protocol)
    };
    let covered = match cover {
        Cover::Plain => 0,
        Cover::Pseudo => pseudo(destination),
        Cover::PseudoTo { destination } => pseudo(destination),
    };
    let mut sum = sum(payload) + covered;
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    // The mask keeps the value within 16 bits.
    !u16::try_from(sum & 0xffff).unwrap_or(0)
}

fn address(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => sum(&address.octets()),
        IpAddr::V6(address) => sum(&address.octets()),
    }
}

fn sum(bytes: &[u8]) -> u64 {
    let word = |pair: &[u8]| match pair {
        [high, low] => u64::from(u16::from_be_bytes([*high, *low])),
        [high] => u64::from(*high) << 8,
        _ => 0,
    };
    bytes.chunks(2).map(word).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::received::from_hex;
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn checksum_of_captured_adverts_is_0_in_the_form_they_have_and_in_no_other() {
        // `wire.md` §1.2 (VRRPv2), and VRRPv3 of keepalived from 10.0.0.1 to 224.0.0.18.
        let v2 = from_hex("", "2105c8010101a1830a0909096162000000000000").unwrap();
        let group = IpAddr::V4(Ipv4Addr::new(224, 0, 0, 18));
        let carriage = Carriage {
            source: Ipv4Addr::new(10, 0, 0, 1).into(),
            destination: group,
            protocol: 112,
        };
        assert_eq!(checksum(&v2, Cover::Plain, carriage), 0);
        assert_ne!(checksum(&v2, Cover::Pseudo, carriage), 0);
        let peer = Carriage {
            destination: Ipv4Addr::new(10, 0, 0, 2).into(),
            ..carriage
        };
        let old = Cover::PseudoTo { destination: group };
        assert_eq!(
            checksum(&v2, old, peer),
            checksum(&v2, Cover::Pseudo, carriage)
        );
        // An odd byte counts as the upper half of a word.
        assert_eq!(checksum(&[0xab], Cover::Plain, carriage), !0xab00);
    }
}
