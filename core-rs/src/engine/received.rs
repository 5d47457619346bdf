//! Datagrams as they arrive.

use crate::error::Error;
use crate::wire::{Channel, Expected, Tag};
use pnet_packet::ipv4::Ipv4Packet;
use std::net::IpAddr;

/// A datagram, its IP header read.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// Socket it came by.
    pub channel: Channel,
    /// Source of the IP header.
    pub source: IpAddr,
    /// Destination of the IP header.
    pub destination: IpAddr,
    /// Time to live or hop limit.
    pub ttl: u8,
    /// The IPv4 header with its options; empty for IPv6, of which the kernel keeps it.
    pub header: &'a [u8],
    /// What follows it, to the end by the header's own word.
    pub payload: &'a [u8],
}

impl<'a> Received<'a> {
    /// Looks at `bytes` as a complete IPv4 datagram.
    pub fn v4(channel: Channel, bytes: &'a [u8]) -> Option<Self> {
        let packet = Ipv4Packet::new(bytes)?;
        let header = usize::from(packet.get_header_length()) * 4;
        let total = usize::from(packet.get_total_length());
        let whole = header >= 20 && header <= total && total <= bytes.len();
        if packet.get_version() != 4 || !whole {
            return None;
        }
        Some(Self {
            channel,
            source: packet.get_source().into(),
            destination: packet.get_destination().into(),
            ttl: packet.get_ttl(),
            header: bytes.get(..header)?,
            payload: bytes.get(header..total)?,
        })
    }

    /// The value of `size` bytes at an offset, in network order.
    pub fn value_at(&self, at: u16, size: u8) -> Option<u32> {
        let at = usize::from(at);
        let bytes = self.payload.get(at..at + usize::from(size.min(4)))?;
        let value = bytes
            .iter()
            .fold(0, |all, byte| (all << 8) | u32::from(*byte));
        Some(value)
    }

    /// Whether it bears a tag.
    pub fn bears(&self, tag: &Tag) -> bool {
        self.channel == tag.channel && self.value_at(tag.at, tag.size) == Some(tag.value)
    }
}

/// The advert a watch waits for. What differs in every datagram (identification, checksums of the IP
/// header, seals) is no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    source: IpAddr,
    destination: IpAddr,
    ttl: u8,
    body: Vec<u8>,
}

impl Pattern {
    /// Reads what TypeScript expects.
    pub fn read(expected: &Expected) -> Result<Self, Error> {
        Ok(Self {
            source: expected.source,
            destination: expected.destination,
            ttl: expected.ttl,
            body: from_hex("expect.hex", &expected.hex)?,
        })
    }

    /// Whether `packet`, of which `body` is what its seal is about, is the expected advert.
    pub fn matches(&self, packet: &Received<'_>, body: &[u8]) -> bool {
        packet.source == self.source
            && packet.destination == self.destination
            && packet.ttl == self.ttl
            && body == self.body
    }
}

/// Reads hexadecimal; an error names the field, never what it holds.
pub fn from_hex(field: &str, text: &str) -> Result<Vec<u8>, Error> {
    hex_bytes(text).ok_or_else(|| Error::Malformed(format!("{field} is not hexadecimal")))
}

/// Bytes of hexadecimal text.
pub fn hex_bytes(text: &str) -> Option<Vec<u8>> {
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
    use std::net::Ipv4Addr;

    /// Advert of keepalived (`wire.md` §1.2) from 10.0.0.1 to 224.0.0.18, TTL 255.
    const ADVERT: &str = "45c0002800010000ff70cfa20a000001e0000012\
                          2105c8010101a1830a0909096162000000000000";

    fn v4(bytes: &[u8]) -> Option<Received<'_>> {
        Received::v4(Channel::Vrrp4, bytes)
    }

    #[test]
    fn v4_of_what_is_no_whole_datagram_is_nothing() {
        for hex in [
            "",
            "65c0002800010000ff70cfa20a000001e0000012",
            "4fc0001400010000ff70cfa20a000001e0000012",
            "45c0001500010000ff70cfa20a000001e0000012",
            "44c0001400010000ff70cfa20a000001e0000012",
        ] {
            assert!(v4(&from_hex("", hex).unwrap()).is_none(), "{hex}");
        }
    }

    #[test]
    fn v4_ends_where_the_header_says_and_bears_marks() {
        let mut bytes = from_hex("", ADVERT).unwrap();
        bytes.extend([0; 6]);
        let packet = v4(&bytes).unwrap();
        assert_eq!((packet.header.len(), packet.payload.len()), (20, 20));
        let tag = Tag {
            channel: Channel::Vrrp4,
            at: 1,
            size: 1,
            value: 5,
        };
        assert!(packet.bears(&tag));
        assert!(!packet.bears(&Tag { value: 6, ..tag }));
        assert!(!packet.bears(&Tag {
            channel: Channel::Ah4,
            ..tag
        }));
        assert!(!packet.bears(&Tag {
            at: 19,
            size: 2,
            ..tag
        }));
        assert_eq!(packet.value_at(0, 4), Some(0x2105_c801));
    }

    #[test]
    fn pattern_matches_with_any_identification_and_checksum_and_nothing_else_changed() {
        let pattern = Pattern::read(&Expected {
            source: Ipv4Addr::new(10, 0, 0, 1).into(),
            destination: Ipv4Addr::new(224, 0, 0, 18).into(),
            ttl: 255,
            hex: "2105c8010101a1830a0909096162000000000000".into(),
        })
        .unwrap();
        let bytes = from_hex("", ADVERT).unwrap();
        let whole = v4(&bytes).unwrap();
        assert!(pattern.matches(&whole, whole.payload));
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            let Some(packet) = v4(&other) else {
                continue;
            };
            // TOS, identification, fragment, protocol and checksum.
            let ignored = at == 1 || (4..8).contains(&at) || (9..12).contains(&at);
            assert_eq!(
                pattern.matches(&packet, packet.payload),
                ignored,
                "byte {at}"
            );
        }
    }
}
