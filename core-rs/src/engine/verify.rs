//! May this advert be believed? The checks of RFC 9568 §7.1 in keepalived's order (`wire.md` §1.6):
//! the first that fails names the judgement. `src/vrrp/packet/receive.ts` has the same ladder in
//! words.

use super::checksum::{Carriage, checksum};
use super::ledger::Ledger;
use super::received::{Received, from_hex};
use super::seal::{
    AH_DIGEST, AH_LENGTH, TRAILER_HEAD, TRAILER_LENGTH, ah_digest, same_digest, trailer_digest,
};
use crate::error::Error;
use crate::wire::{Channel, Cover, Judgement, Lesser, Peer, Proof, Verify};
use std::net::IpAddr;

/// Bytes of an advert in front of its addresses.
const HEADER: usize = 8;
/// Bytes of authentication data at the end of an IPv4 VRRPv2 advert.
const AUTH: usize = 8;

/// How adverts are verified, keys read.
#[derive(Debug, Clone, PartialEq)]
pub struct Verifier {
    version: u8,
    interval: Option<u8>,
    ttl: Option<u8>,
    proof: Proving,
    covers: Vec<Cover>,
    group: Option<IpAddr>,
    deaf: bool,
    peers: Option<Vec<Peer>>,
    lesser: Option<Lesser>,
}

#[derive(Clone, PartialEq)]
enum Proving {
    None,
    Pass(Vec<u8>),
    Ah {
        key: Vec<u8>,
        covers_ttl: bool,
    },
    Trailer {
        keys: Vec<(u8, Vec<u8>)>,
        window: Option<u32>,
        lenient: bool,
    },
}

impl std::fmt::Debug for Proving {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("…")
    }
}

impl Proving {
    fn read(proof: &Proof) -> Result<Self, Error> {
        let bytes = |key: &crate::wire::Key| from_hex("proof.key", &key.0);
        Ok(match proof {
            Proof::None => Self::None,
            Proof::Pass { key } => Self::Pass(bytes(key)?),
            Proof::Ah { key, covers_ttl } => Self::Ah {
                key: bytes(key)?,
                covers_ttl: *covers_ttl,
            },
            Proof::Trailer {
                keys,
                window,
                lenient,
            } => Self::Trailer {
                keys: keys
                    .iter()
                    .map(|one| Ok((one.id, bytes(&one.key)?)))
                    .collect::<Result<_, Error>>()?,
                window: *window,
                lenient: *lenient,
            },
        })
    }
}

/// The fixed fields of an advert.
///
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-------+-------+---------------+---------------+---------------+
/// |Version| Type  | Virtual Rtr ID|   Priority    | Address Count |
/// +-------+-------+---------------+---------------+---------------+
/// |   Auth Type   |  Advert Int s |           Checksum            |  version 2
/// +-------+-------+---------------+-------------------------------+
/// |  0    |    Advert Int cs      |           Checksum            |  version 3
/// +-------+-----------------------+-------------------------------+
/// ```
struct Head {
    version: u8,
    kind: u8,
    priority: u8,
    count: usize,
    auth_type: u8,
    interval: u8,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let [first, _, priority, count, auth_type, interval, _, _] =
            *bytes.first_chunk::<HEADER>()?;
        Some(Self {
            version: first >> 4,
            kind: first & 0x0f,
            priority,
            count: usize::from(count),
            auth_type,
            interval,
        })
    }

    /// Length by its own version where it has one, so that a foreign version is so called.
    fn length(&self, configured: u8, is_v6: bool) -> usize {
        let version = match self.version {
            own @ (2 | 3) => own,
            _ => configured,
        };
        let address = if is_v6 { 16 } else { 4 };
        let auth = if version == 2 && !is_v6 { AUTH } else { 0 };
        HEADER + self.count * address + auth
    }
}

/// A datagram that was looked at.
pub struct Judged<'a> {
    /// What was found.
    pub judgement: Judgement,
    /// The advert, without what seals it; all of it when that cannot be told.
    pub body: &'a [u8],
}

impl Verifier {
    /// Reads how it is ordered.
    pub fn read(verify: &Verify) -> Result<Self, Error> {
        let Verify::Vrrp {
            version,
            interval,
            ttl,
            proof,
            covers,
            group,
            deaf,
            peers,
            lesser,
        } = verify;
        Ok(Self {
            version: *version,
            interval: *interval,
            ttl: *ttl,
            proof: Proving::read(proof)?,
            covers: covers.clone(),
            group: *group,
            deaf: *deaf,
            peers: peers.clone(),
            lesser: *lesser,
        })
    }

    /// Judges a datagram. `wall` is the time of day as trailers have it.
    pub fn judge<'a>(&self, packet: &Received<'a>, ledger: &mut Ledger, wall: u64) -> Judged<'a> {
        let all = |judgement| Judged {
            judgement,
            body: packet.payload,
        };
        let wants_ah = matches!(self.proof, Proving::Ah { .. });
        if wants_ah != (packet.channel == Channel::Ah4) {
            return all(Judgement::AuthenticationHeader);
        }
        let start = if wants_ah { AH_LENGTH } else { 0 };
        let inner = packet.payload.get(start..).unwrap_or_default();
        let Some(head) = Head::read(inner) else {
            return all(Judgement::Length);
        };
        let length = head.length(self.version, packet.channel.is_v6());
        let Some((pdu, behind)) = inner.split_at_checked(length) else {
            return all(Judgement::Length);
        };
        let checked = self.check(packet, (&head, pdu, behind), ledger, wall);
        let judgement = checked.err().unwrap_or(Judgement::Admitted);
        Judged {
            judgement,
            body: pdu,
        }
    }

    fn check(
        &self,
        packet: &Received<'_>,
        (head, pdu, behind): (&Head, &[u8], &[u8]),
        ledger: &mut Ledger,
        wall: u64,
    ) -> Result<(), Judgement> {
        self.check_length(behind)?;
        self.check_ttl(packet)?;
        self.check_version(head)?;
        self.check_trailer(packet, (pdu, behind), ledger, wall)?;
        self.check_version_2(packet, pdu, head, ledger)?;
        self.check_type(head)?;
        self.check_checksum(packet, pdu)?;
        self.check_destination(packet)?;
        if self.deaf {
            return Err(Judgement::Owner);
        }
        self.check_source(packet)
    }

    /// Whether an admitted advert is one of those that are told of once in a while only.
    pub fn is_lesser(&self, packet: &Received<'_>, body: &[u8]) -> Option<u64> {
        let lesser = self.lesser?;
        let priority = Head::read(body)?.priority;
        let tie = priority == lesser.below && lesser.source.is_some_and(|own| packet.source < own);
        let concerned = (lesser.from..lesser.below).contains(&priority) || tie;
        concerned.then_some(lesser.every)
    }

    /// Exactly: padding of the Ethernet frame lies behind the IP datagram and never comes this far.
    fn check_length(&self, behind: &[u8]) -> Result<(), Judgement> {
        let trailer = matches!(self.proof, Proving::Trailer { .. });
        let right = behind.is_empty() || (trailer && behind.len() == TRAILER_LENGTH);
        right.then_some(()).ok_or(Judgement::Length)
    }

    fn check_ttl(&self, packet: &Received<'_>) -> Result<(), Judgement> {
        let right = self.ttl.is_none_or(|ttl| ttl == packet.ttl);
        right.then_some(()).ok_or(Judgement::Ttl)
    }

    fn check_version(&self, head: &Head) -> Result<(), Judgement> {
        let right = head.version == self.version;
        right.then_some(()).ok_or(Judgement::Version)
    }

    /// Reserved bytes, freshness, key, digest, replay, in this order.
    fn check_trailer(
        &self,
        packet: &Received<'_>,
        (pdu, trailer): (&[u8], &[u8]),
        ledger: &mut Ledger,
        wall: u64,
    ) -> Result<(), Judgement> {
        let Proving::Trailer {
            keys,
            window,
            lenient,
        } = &self.proof
        else {
            return Ok(());
        };
        if trailer.is_empty() {
            return if *lenient {
                Ok(())
            } else {
                Err(Judgement::TrailerMissing)
            };
        }
        let (head, digest) = trailer
            .split_at_checked(TRAILER_HEAD)
            .ok_or(Judgement::TrailerMalformed)?;
        let ([1, id, 0, 0], Some(number)) = (
            *head.first_chunk::<4>().ok_or(Judgement::TrailerMalformed)?,
            head.last_chunk::<8>()
                .map(|bytes| u64::from_be_bytes(*bytes)),
        ) else {
            return Err(Judgement::TrailerMalformed);
        };
        let apart = (number >> 32).abs_diff(wall >> 32);
        if window.is_some_and(|window| apart > u64::from(window)) {
            return Err(Judgement::TrailerStale);
        }
        let key = keys.iter().find(|(of, _)| *of == id);
        let (_, key) = key.ok_or(Judgement::TrailerUnknownKey)?;
        if !same_digest(digest, &trailer_digest(key, packet.source, pdu, head)) {
            return Err(Judgement::TrailerForged);
        }
        if !ledger.take_signed(packet.source, number) {
            return Err(Judgement::TrailerReplayed);
        }
        Ok(())
    }

    /// Authentication and the interval, which VRRPv2 wants equal (RFC 3768 §7.1).
    fn check_version_2(
        &self,
        packet: &Received<'_>,
        pdu: &[u8],
        head: &Head,
        ledger: &mut Ledger,
    ) -> Result<(), Judgement> {
        if self.version != 2 {
            return Ok(());
        }
        if head.auth_type > 2 {
            return Err(Judgement::AuthType);
        }
        let wanted = match self.proof {
            Proving::Pass(_) => 1,
            Proving::Ah { .. } => 2,
            Proving::None | Proving::Trailer { .. } => 0,
        };
        if head.auth_type != wanted {
            return Err(Judgement::AuthMismatch);
        }
        let proved = match &self.proof {
            Proving::None | Proving::Trailer { .. } => true,
            Proving::Pass(key) => {
                let found = pdu.get(pdu.len().saturating_sub(AUTH)..);
                same_digest(found.unwrap_or_default(), key)
            }
            Proving::Ah { key, covers_ttl } => ah_is_right(packet, (key, *covers_ttl), ledger),
        };
        if !proved {
            return Err(Judgement::AuthFailure);
        }
        let right = self.interval.is_none_or(|wanted| wanted == head.interval);
        right.then_some(()).ok_or(Judgement::Interval)
    }

    /// Not RFC: an interval of 0, which VRRPv3 can write, would make every timer expire at once.
    fn check_type(&self, head: &Head) -> Result<(), Judgement> {
        if head.kind != 1 {
            return Err(Judgement::Type);
        }
        let none = self.version == 3 && head.auth_type & 0x0f == 0 && head.interval == 0;
        if none {
            Err(Judgement::Interval)
        } else {
            Ok(())
        }
    }

    fn check_checksum(&self, packet: &Received<'_>, pdu: &[u8]) -> Result<(), Judgement> {
        let carriage = Carriage {
            source: packet.source,
            destination: packet.destination,
            protocol: 112,
        };
        let is_right = |cover: &Cover| checksum(pdu, *cover, carriage) == 0;
        let right = self.covers.is_empty() || self.covers.iter().any(is_right);
        right.then_some(()).ok_or(Judgement::Checksum)
    }

    fn check_destination(&self, packet: &Received<'_>) -> Result<(), Judgement> {
        let right = match self.group {
            Some(group) => packet.destination == group,
            None => !packet.destination.is_multicast(),
        };
        right.then_some(()).ok_or(Judgement::Destination)
    }

    fn check_source(&self, packet: &Received<'_>) -> Result<(), Judgement> {
        let Some(peers) = &self.peers else {
            return Ok(());
        };
        let right = peers.iter().any(|peer| {
            peer.address == packet.source && (peer.min_ttl..=peer.max_ttl).contains(&packet.ttl)
        });
        right.then_some(()).ok_or(Judgement::UnicastSource)
    }
}

/// The index must be the source address, the digest right, the number new.
fn ah_is_right(
    packet: &Received<'_>,
    (key, covers_ttl): (&[u8], bool),
    ledger: &mut Ledger,
) -> bool {
    let (Some(header), rest) = (packet.header.get(..20), packet.payload) else {
        return false;
    };
    let fixed = rest.first_chunk::<4>() == Some(&[112, 4, 0, 0]);
    let index = rest.get(4..8) == header.get(12..16);
    let plain = packet.header.len() == header.len();
    let digest = rest
        .get(AH_LENGTH - AH_DIGEST..AH_LENGTH)
        .unwrap_or_default();
    let right = same_digest(digest, &ah_digest(key, covers_ttl, header, rest));
    let number = packet.value_at(8, 4).unwrap_or(0);
    fixed && index && plain && right && ledger.take_ah(number)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
#[path = "verify_test.rs"]
mod tests;
