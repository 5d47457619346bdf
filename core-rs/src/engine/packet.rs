//! IPv4 datagrams as the engine sends and compares them.

use crate::error::Error;
use crate::protocol::{Datagram, Expected};
use pnet_packet::Packet as _;
use pnet_packet::ipv4::{Ipv4Packet, MutableIpv4Packet};
use std::net::Ipv4Addr;

/// A complete datagram and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Destination, equal to the header's.
    pub destination: Ipv4Addr,
    bytes: Vec<u8>,
}

impl Outgoing {
    /// The datagram.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Writes the identification. The kernel fills in the checksum, so it is not touched.
    pub fn stamp(&mut self, identification: u16) {
        if let Some(mut packet) = MutableIpv4Packet::new(&mut self.bytes) {
            packet.set_identification(identification);
        }
    }

    /// Reads `datagrams`; an error names the first that is none.
    pub fn read_all(datagrams: &[Datagram]) -> Result<Vec<Self>, Error> {
        datagrams.iter().map(Self::read).collect()
    }

    fn read(datagram: &Datagram) -> Result<Self, Error> {
        let destination = datagram.destination;
        let fault = |reason| Error::Datagram {
            destination,
            reason,
        };
        let bytes = from_hex(&datagram.hex).ok_or_else(|| fault("not hexadecimal"))?;
        let packet = parse(&bytes).ok_or_else(|| fault("not complete"))?;
        if packet.get_destination() != destination {
            return Err(fault("its header names another destination"));
        }
        if usize::from(packet.get_total_length()) != bytes.len() {
            return Err(fault("its header names another length"));
        }
        Ok(Self { destination, bytes })
    }
}

/// The advert a watch waits for. Identification and checksum of the IP header are no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    source: Ipv4Addr,
    destination: Ipv4Addr,
    ttl: u8,
    payload: Vec<u8>,
}

impl Pattern {
    /// Reads what TypeScript expects.
    pub fn read(expected: &Expected) -> Result<Self, Error> {
        let malformed = || Error::Malformed("expect.hex is not hexadecimal".into());
        Ok(Self {
            source: expected.source,
            destination: expected.destination,
            ttl: expected.ttl,
            payload: from_hex(&expected.hex).ok_or_else(malformed)?,
        })
    }

    /// Whether `packet` is the expected advert.
    pub fn matches(&self, packet: &Ipv4Packet<'_>) -> bool {
        packet.get_source() == self.source
            && packet.get_destination() == self.destination
            && packet.get_ttl() == self.ttl
            && packet.payload() == self.payload
    }
}

/// Looks at `bytes` as a complete IPv4 datagram.
pub fn parse(bytes: &[u8]) -> Option<Ipv4Packet<'_>> {
    let packet = Ipv4Packet::new(bytes)?;
    let header = usize::from(packet.get_header_length()) * 4;
    let total = usize::from(packet.get_total_length());
    let whole = header >= 20 && header <= total && total <= bytes.len();
    (packet.get_version() == 4 && whole).then_some(packet)
}

/// Virtual router of a datagram: the second byte of a VRRP PDU (RFC 9568 §5.2.3).
pub fn vrid_of(packet: &Ipv4Packet<'_>) -> Option<u8> {
    packet.payload().get(1).copied()
}

/// Bytes of hexadecimal text.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    let bytes = pairs.map(|pair| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    });
    bytes.collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// Advert of keepalived (wire.md §1.2) from 10.0.0.1 to 224.0.0.18, TTL 255.
    fn advert() -> Datagram {
        let hex = "45c0002800010000ff70cfa20a000001e0000012\
                   2105c8010101a1830a0909096162000000000000";
        Datagram {
            destination: Ipv4Addr::new(224, 0, 0, 18),
            hex: hex.into(),
        }
    }

    #[test]
    fn outgoing_stamped_differs_in_the_identification_only() {
        let mut packets = Outgoing::read_all(&[advert()]).unwrap();
        let before = packets[0].clone();
        packets[0].stamp(0x1234);
        assert_eq!(packets[0].bytes()[4..6], [0x12, 0x34]);
        packets[0].stamp(1);
        assert_eq!(packets[0], before);
    }

    #[test]
    fn read_of_what_is_no_datagram_says_why() {
        let cases = [
            ("45c", "not hexadecimal"),
            ("zz", "not hexadecimal"),
            ("", "not complete"),
            ("65c0002800010000ff70cfa20a000001e0000012", "not complete"),
            ("4fc0001400010000ff70cfa20a000001e0000012", "not complete"),
            (
                "45c0001400010000ff70cfa20a000001e0000013",
                "its header names another destination",
            ),
            ("45c0001500010000ff70cfa20a000001e0000012", "not complete"),
            (
                "45c0001400010000ff70cfa20a000001e000001221",
                "its header names another length",
            ),
        ];
        for (hex, reason) in cases {
            let datagram = Datagram {
                hex: hex.into(),
                ..advert()
            };
            let error = Outgoing::read_all(&[datagram]).unwrap_err();
            assert!(error.to_string().ends_with(reason), "{hex}: {error}");
        }
    }

    #[test]
    fn pattern_matches_with_any_identification_and_checksum_and_nothing_else_changed() {
        let pattern = Pattern::read(&Expected {
            source: Ipv4Addr::new(10, 0, 0, 1),
            destination: Ipv4Addr::new(224, 0, 0, 18),
            ttl: 255,
            hex: "2105c8010101a1830a0909096162000000000000".into(),
        })
        .unwrap();
        let bytes = Outgoing::read_all(&[advert()]).unwrap()[0].bytes().to_vec();
        let matches = |bytes: &[u8]| pattern.matches(&parse(bytes).unwrap());
        assert!(matches(&bytes));
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            let Some(packet) = parse(&other) else {
                continue;
            };
            // Version and length, TOS, identification, fragment and protocol; checksum.
            let ignored = at == 1 || (4..8).contains(&at) || (9..12).contains(&at);
            assert_eq!(pattern.matches(&packet), ignored, "byte {at}");
        }
        assert_eq!(vrid_of(&parse(&bytes).unwrap()), Some(5));
    }
}
