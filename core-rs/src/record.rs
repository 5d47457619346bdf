//! The drained stream: records of a 16-byte header and a payload padded to 8 bytes, native endian.
//!
//! ```text
//!  0        4      5       6          8                16
//! +--------+------+-------+----------+----------------+---------+---------+
//! | length | kind | flags | reserved | time           | payload | padding |
//! +--------+------+-------+----------+----------------+---------+---------+
//! ```
//!
//! `length` counts the payload only; `time` is when it happened, µs of `CLOCK_MONOTONIC`. JSON that
//! is longer than [`PIECE`] continues in the next record of the same kind; packets are never cut.

use crate::wire::Judgement;
use std::net::IpAddr;

/// Bytes of a record's header; `abi.rs` has the layout.
pub const HEADER: usize = 16;

/// Bytes before what follows the IP header in the payload of a packet; `abi.rs` has the layout.
pub const PACKET_HEAD: usize = 40;

/// Longest payload of JSON in one record. A multiple of 8.
pub const PIECE: usize = 65_536;

/// Longest record: a packet with the longest payload.
pub const LONGEST: usize = HEADER + PACKET_HEAD + 65_536;

/// Flag of a payload that continues in the next record.
pub const CONTINUES: u8 = 1;

/// What a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// JSON of a `Reply`.
    Reply = 1,
    /// A received datagram.
    Packet = 2,
    /// JSON of an `Event`.
    Event = 3,
}

/// What the payload of a packet begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketHead {
    /// Interface it came in on.
    pub ifindex: u32,
    /// Source address of its header.
    pub source: IpAddr,
    /// Destination address of its header.
    pub destination: IpAddr,
    /// Time to live or hop limit it arrived with.
    pub ttl: u8,
    /// IP protocol: 112 or 51.
    pub protocol: u8,
    /// What verification found.
    pub judgement: Judgement,
}

/// Appends JSON, cut into records.
pub fn push_json(out: &mut Vec<u8>, kind: Kind, time: u64, json: &[u8]) {
    let mut pieces = json.chunks(PIECE).peekable();
    while let Some(piece) = pieces.next() {
        let flags = if pieces.peek().is_some() {
            CONTINUES
        } else {
            0
        };
        push_header(out, piece.len(), (kind, flags), time);
        out.extend_from_slice(piece);
        pad(out);
    }
}

/// Appends a packet, of which `payload` follows the IP header: one record of [`packet_len`] bytes.
pub fn push_packet(out: &mut Vec<u8>, head: &PacketHead, time: u64, payload: &[u8]) {
    push_header(out, PACKET_HEAD + payload.len(), (Kind::Packet, 0), time);
    out.extend_from_slice(&head.ifindex.to_ne_bytes());
    let family = if head.source.is_ipv4() { 4 } else { 6 };
    out.extend_from_slice(&[head.ttl, head.protocol, head.judgement as u8, family]);
    for address in [head.source, head.destination] {
        out.extend_from_slice(&octets(address));
    }
    out.extend_from_slice(payload);
    pad(out);
}

/// IPv4 addresses stand in the first four bytes.
fn octets(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        IpAddr::V6(address) => address.octets(),
    }
}

/// Bytes of the record of a payload of `length` bytes.
pub fn packet_len(length: usize) -> usize {
    HEADER + PACKET_HEAD + length.next_multiple_of(8)
}

/// Bytes of the record at the start of `records`, padding included; `None` when there is none.
pub fn first_len(records: &[u8]) -> Option<usize> {
    let length = u32::from_ne_bytes(*records.first_chunk()?);
    Some(HEADER + usize::try_from(length).ok()?.next_multiple_of(8))
}

/// Whether the payload of the first record continues in the next one.
pub fn continues(records: &[u8]) -> bool {
    records.get(5).is_some_and(|flags| flags & CONTINUES != 0)
}

fn push_header(out: &mut Vec<u8>, length: usize, (kind, flags): (Kind, u8), time: u64) {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_ne_bytes());
    out.extend_from_slice(&[kind as u8, flags, 0, 0]);
    out.extend_from_slice(&time.to_ne_bytes());
}

fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(8), 0);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn push_json_longer_than_a_piece_continues_in_the_next_record() {
        let json = vec![b'x'; PIECE + 3];
        let mut out = Vec::new();
        push_json(&mut out, Kind::Event, 9, &json);
        let first = first_len(&out).unwrap();
        assert_eq!(first, HEADER + PIECE);
        assert_eq!(out[4..8], [3, CONTINUES, 0, 0]);
        let rest = &out[first..];
        assert_eq!(first_len(rest), Some(HEADER + 8));
        assert_eq!(rest.len(), HEADER + 8);
        assert_eq!(rest[..8], [3, 0, 0, 0, 3, 0, 0, 0]);
        assert_eq!(&rest[HEADER..], b"xxx\0\0\0\0\0");
    }

    #[test]
    fn push_packet_is_as_long_as_announced() {
        let head = PacketHead {
            ifindex: 7,
            source: std::net::Ipv4Addr::new(10, 0, 0, 1).into(),
            destination: "ff02::12".parse().unwrap(),
            ttl: 255,
            protocol: 112,
            judgement: Judgement::Admitted,
        };
        for length in [20, 39, 40, 65_535] {
            let mut out = Vec::new();
            push_packet(&mut out, &head, 1, &vec![0x45; length]);
            assert_eq!(out.len(), packet_len(length));
            assert_eq!(first_len(&out), Some(out.len()));
            assert!(out.len() <= LONGEST);
        }
    }
}
