//! Datagrams as they leave: composed once from a template, stamped for each transmission.

use super::checksum::{Carriage, checksum};
use super::ledger::Ledger;
use super::received::from_hex;
use super::seal::{AH_DIGEST, AH_LENGTH, TRAILER_HEAD, TRAILER_LENGTH, ah_digest, trailer_digest};
use crate::error::Error;
use crate::wire::{Channel, Checksum, Seal, Template};
use pnet_packet::ip::IpNextHeaderProtocol;
use pnet_packet::ipv4::MutableIpv4Packet;
use pnet_packet::ipv6::MutableIpv6Packet;
use socket2::SockAddr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

const IPV4_HEADER: usize = 20;
const IPV6_HEADER: usize = 40;

/// Internetwork control (RFC 791 §3.1) without explicit congestion notification: what keepalived
/// sends, as traffic class too.
const INTERNETWORK_CONTROL: u8 = 0xc0;
/// The same in the units of pnet, which splits off the two bits of congestion notification.
const DSCP: u8 = INTERNETWORK_CONTROL >> 2;

/// A complete datagram and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Socket it leaves by.
    pub channel: Channel,
    /// Destination, equal to the header's.
    pub to: SockAddr,
    /// Source of the header.
    pub source: IpAddr,
    bytes: Vec<u8>,
    /// Where the IP header ends.
    header: usize,
    seal: Option<Sealing>,
}

/// A seal, its key read.
#[derive(Clone, PartialEq, Eq)]
enum Sealing {
    Ah { key: Vec<u8>, covers_ttl: bool },
    Trailer { id: u8, key: Vec<u8> },
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Ah { .. } => "Ah",
            Self::Trailer { .. } => "Trailer",
        })
    }
}

impl Sealing {
    fn read(seal: &Seal) -> Result<Self, Error> {
        Ok(match seal {
            Seal::Ah { key, covers_ttl } => Self::Ah {
                key: from_hex("seal.key", &key.0)?,
                covers_ttl: *covers_ttl,
            },
            Seal::Trailer { id, key } => Self::Trailer {
                id: *id,
                key: from_hex("seal.key", &key.0)?,
            },
        })
    }

    /// Bytes in front of the payload, and behind it.
    fn room(&self) -> (usize, usize) {
        match self {
            Self::Ah { .. } => (AH_LENGTH, 0),
            Self::Trailer { .. } => (0, TRAILER_LENGTH),
        }
    }
}

/// What one transmission has of its own; all its copies share it, as they are the same packet to
/// several peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// IPv4 identification; 0 leaves it to the kernel.
    pub identification: u16,
    /// Number within a seal.
    pub number: u64,
}

impl Outgoing {
    /// Composes the datagrams of `templates`, which leave by an interface; an error names the first
    /// that is none.
    pub fn compose_all(templates: &[Template], ifindex: u32) -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        for template in templates {
            let seal = template.seal.as_ref().map(Sealing::read).transpose()?;
            let payload = from_hex("template.hex", &template.hex)?;
            for destination in &template.destinations {
                let to = address(*destination, ifindex);
                let one = Self::compose(template, &payload, (*destination, to), seal.clone());
                all.push(one?);
            }
        }
        Ok(all)
    }

    fn compose(
        template: &Template,
        payload: &[u8],
        (destination, to): (IpAddr, SockAddr),
        seal: Option<Sealing>,
    ) -> Result<Self, Error> {
        let Template {
            channel, source, ..
        } = *template;
        let fault = |reason| Error::Datagram {
            destination,
            reason,
        };
        let header = if channel.is_v6() {
            IPV6_HEADER
        } else {
            IPV4_HEADER
        };
        let (before, behind) = seal.as_ref().map_or((0, 0), Sealing::room);
        let start = header + before;
        let length = start + payload.len() + behind;
        let total = u16::try_from(length).map_err(|_| fault("it is too long"))?;
        let mut bytes = vec![0; length];
        if let Some(room) = bytes.get_mut(start..start + payload.len()) {
            room.copy_from_slice(payload);
            if let Some(sum) = template.checksum {
                let carriage = Carriage {
                    source,
                    destination,
                    protocol: 112,
                };
                fill(room, sum, carriage).ok_or_else(|| fault("its checksum lies outside"))?;
            }
        }
        match (source, destination) {
            (IpAddr::V4(source), IpAddr::V4(destination)) if !channel.is_v6() => {
                head_v4(&mut bytes, (source, destination), template, total);
            }
            (IpAddr::V6(source), IpAddr::V6(destination)) if channel.is_v6() => {
                head_v6(&mut bytes, (source, destination), template, total);
            }
            _ => return Err(fault("its addresses are of another family")),
        }
        if matches!(seal, Some(Sealing::Ah { .. })) && channel != Channel::Ah4 {
            return Err(fault("an authentication header is another protocol"));
        }
        Ok(Self {
            channel,
            to,
            source,
            bytes,
            header,
            seal,
        })
    }

    /// The datagram.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it has a seal, which is made for each transmission.
    pub fn is_sealed(&self) -> bool {
        self.seal.is_some()
    }

    /// Virtual router it speaks for: the second byte of a VRRP PDU (RFC 9568 §5.2.3).
    pub fn vrid(&self) -> Option<u8> {
        let (before, _) = self.seal.as_ref().map_or((0, 0), Sealing::room);
        self.bytes.get(self.header + before + 1).copied()
    }

    /// Destination and bytes as the guardian sends them: IPv4 with header, IPv6 without.
    pub fn by_guardian(&self) -> Option<(IpAddr, Vec<u8>)> {
        let start = if self.channel.is_v6() { self.header } else { 0 };
        let bytes = self.bytes.get(start..)?.to_vec();
        Some((self.to.as_socket()?.ip(), bytes))
    }

    /// The number the next transmission of `packets` has within their seals.
    pub fn next_number(packets: &[Self], ledger: &mut Ledger, wall: u64) -> u64 {
        match packets.first().and_then(|one| one.seal.as_ref()) {
            Some(Sealing::Ah { .. }) => u64::from(ledger.next_ah()),
            Some(Sealing::Trailer { .. }) => ledger.next_signed(wall),
            None => 0,
        }
    }

    /// The number within the seals of a farewell that is kept for later, when there are seals. `interval`:
    /// time between adverts, µs.
    pub fn number_ahead(
        packets: &[Self],
        ledger: &Ledger,
        (wall, interval): (u64, u64),
    ) -> Option<u64> {
        match packets.first()?.seal.as_ref()? {
            Sealing::Ah { .. } => Some(u64::from(ledger.ah_ahead())),
            Sealing::Trailer { .. } => Some(ledger.signed_ahead(wall, interval)),
        }
    }

    /// Whether a farewell with this number is to be sealed anew, since soon it would be no news.
    pub fn is_overtaken(packets: &[Self], ledger: &Ledger, ahead: u64) -> bool {
        match packets.first().and_then(|one| one.seal.as_ref()) {
            Some(Sealing::Ah { .. }) => ledger.overtakes_ah(ahead),
            Some(Sealing::Trailer { .. }) => ledger.overtakes_signed(ahead),
            None => false,
        }
    }

    /// Writes what a transmission has of its own. The kernel fills in the checksum of an IPv4
    /// header, so it is not touched.
    pub fn stamp(&mut self, stamp: Stamp) {
        if self.header == IPV4_HEADER
            && let Some(mut packet) = MutableIpv4Packet::new(&mut self.bytes)
        {
            packet.set_identification(stamp.identification);
        }
        match &self.seal {
            None => {}
            Some(Sealing::Ah { key, covers_ttl }) => {
                if let Some((header, rest)) = self.bytes.split_at_mut_checked(self.header) {
                    seal_ah((key, *covers_ttl), header, rest, stamp.number);
                }
            }
            Some(Sealing::Trailer { id, key }) => {
                let payload = self.bytes.get_mut(self.header..).unwrap_or_default();
                let pdu = payload.len().saturating_sub(TRAILER_LENGTH);
                if let Some((pdu, trailer)) = payload.split_at_mut_checked(pdu) {
                    sign((*id, key), (self.source, pdu), trailer, stamp.number);
                }
            }
        }
    }
}

/// A destination that is no address beyond its link needs to be told which.
fn address(destination: IpAddr, ifindex: u32) -> SockAddr {
    match destination {
        IpAddr::V4(to) => SockAddr::from(SocketAddrV4::new(to, 0)),
        IpAddr::V6(to) => {
            let local = to.is_unicast_link_local() || to.is_multicast();
            let scope = if local { ifindex } else { 0 };
            SockAddr::from(SocketAddrV6::new(to, 0, 0, scope))
        }
    }
}

fn fill(payload: &mut [u8], Checksum { at, cover }: Checksum, carriage: Carriage) -> Option<()> {
    let at = usize::from(at);
    payload.get_mut(at..at + 2)?.fill(0);
    let sum = checksum(payload, cover, carriage);
    payload
        .get_mut(at..at + 2)?
        .copy_from_slice(&sum.to_be_bytes());
    Some(())
}

/// RFC 791 §3.1. Identification is stamped, the checksum is the kernel's (`raw(7)`).
fn head_v4(bytes: &mut [u8], (from, to): (Ipv4Addr, Ipv4Addr), template: &Template, total: u16) {
    if let Some(mut packet) = MutableIpv4Packet::new(bytes) {
        packet.set_version(4);
        packet.set_header_length(5);
        packet.set_dscp(DSCP);
        packet.set_total_length(total);
        packet.set_ttl(template.ttl);
        packet.set_next_level_protocol(IpNextHeaderProtocol(template.channel.protocol()));
        packet.set_source(from);
        packet.set_destination(to);
    }
}

/// RFC 8200 §3.
fn head_v6(bytes: &mut [u8], (from, to): (Ipv6Addr, Ipv6Addr), template: &Template, total: u16) {
    if let Some(mut packet) = MutableIpv6Packet::new(bytes) {
        packet.set_version(6);
        packet.set_traffic_class(INTERNETWORK_CONTROL);
        packet.set_payload_length(total.saturating_sub(40));
        packet.set_next_header(IpNextHeaderProtocol(template.channel.protocol()));
        packet.set_hop_limit(template.ttl);
        packet.set_source(from);
        packet.set_destination(to);
    }
}

/// Writes the authentication header. keepalived: the index is the source address.
fn seal_ah((key, covers_ttl): (&[u8], bool), header: &[u8], rest: &mut [u8], number: u64) {
    let index: [u8; 4] = header
        .get(12..16)
        .and_then(|source| source.first_chunk().copied())
        .unwrap_or_default();
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    let head: Vec<u8> = [[112, 4, 0, 0], index, number.to_be_bytes()].concat();
    let start = AH_LENGTH - AH_DIGEST;
    if let Some(room) = rest.get_mut(..start) {
        room.copy_from_slice(&head);
    }
    let digest = ah_digest(key, covers_ttl, header, rest);
    if let Some(room) = rest.get_mut(start..AH_LENGTH) {
        room.copy_from_slice(&digest);
    }
}

fn sign((id, key): (u8, &[u8]), (source, pdu): (IpAddr, &[u8]), trailer: &mut [u8], number: u64) {
    let Some((head, room)) = trailer.split_at_mut_checked(TRAILER_HEAD) else {
        return;
    };
    let (start, rest) = head.split_at_mut(4);
    start.copy_from_slice(&[1, id, 0, 0]);
    rest.copy_from_slice(&number.to_be_bytes());
    let digest = trailer_digest(key, source, pdu, head);
    room.copy_from_slice(&digest);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
#[path = "outgoing_test.rs"]
mod tests;
