//! What goes over the wire, as orders name it: templates of what is sent, patterns of what is
//! expected, and how what arrives is verified. Part of `protocol.rs`; composed and compared in
//! `engine/`.

mod judgement;

pub use judgement::{DropCount, Judgement};

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
#[cfg(test)]
use ts_rs::TS;

/// A raw socket of an interface: IP version and protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// VRRP over IPv4.
    Vrrp4,
    /// VRRP behind an authentication header (RFC 4302) over IPv4.
    Ah4,
    /// VRRP over IPv6.
    Vrrp6,
}

impl Channel {
    /// Whether its datagrams are IPv6.
    pub fn is_v6(self) -> bool {
        matches!(self, Self::Vrrp6)
    }

    /// IP protocol number.
    pub fn protocol(self) -> u8 {
        match self {
            Self::Vrrp4 | Self::Vrrp6 => 112,
            Self::Ah4 => 51,
        }
    }
}

/// A key or password, hexadecimal. It is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(type = "string"))]
pub struct Key(pub String);

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("…")
    }
}

/// What is sent: one payload to one or several destinations. The core composes the IP header: TOS or
/// traffic class 0xc0 (internetwork control), no fragments, IPv4 identification counted up by order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// Socket it leaves by.
    pub channel: Channel,
    /// Source address.
    pub source: IpAddr,
    /// Destinations, of the same family; one datagram each.
    pub destinations: Vec<IpAddr>,
    /// Time to live or hop limit.
    pub ttl: u8,
    /// What follows the IP header and a seal in front, hexadecimal.
    pub hex: String,
    /// What of the payload is a checksum; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub checksum: Option<Checksum>,
    /// What the core adds to every transmission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub seal: Option<Seal>,
}

/// An internet checksum (RFC 1071) within a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Checksum {
    /// Offset of its two bytes in the payload.
    pub at: u16,
    /// What it covers besides the payload.
    pub cover: Cover,
}

/// What a checksum covers besides the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Cover {
    /// Nothing.
    Plain,
    /// The pseudo-header: source, destination, length, protocol (RFC 8200 §8.1).
    Pseudo,
    /// A pseudo-header that names another destination than the datagram's.
    PseudoTo {
        /// That destination.
        destination: IpAddr,
    },
}

/// What the core adds to every transmission: a number that never repeats, and proof of the sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Seal {
    /// An authentication header in front of the payload: HMAC-MD5-96 (RFC 2403) over the datagram.
    Ah {
        /// The key.
        key: Key,
        /// Whether the time to live is covered too.
        covers_ttl: bool,
    },
    /// 28 bytes behind the payload: HMAC-SHA256, cut to 16 bytes (`wire.md` §1.5).
    Trailer {
        /// Number of the key.
        id: u8,
        /// The key, 32 to 64 bytes.
        key: Key,
    },
}

/// Which datagrams of a socket an order is about: those that have a value at an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Tag {
    /// Socket they arrive on.
    pub channel: Channel,
    /// Offset in what follows the IP header.
    pub at: u16,
    /// How many bytes the value has, 1 to 4; in network order.
    pub size: u8,
    /// The value.
    pub value: u32,
}

/// The datagram that re-arms a deadline and is not reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Expected {
    /// Source address it comes from.
    pub source: IpAddr,
    /// Destination address it goes to.
    pub destination: IpAddr,
    /// Time to live or hop limit it must have.
    pub ttl: u8,
    /// What it says, hexadecimal, without what seals it.
    pub hex: String,
}

/// Datagrams that are for one of several orders with one tag on one interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Hears {
    /// Group, or address it is sent to.
    pub destination: IpAddr,
    /// Who may send it; nobody named: anybody.
    pub sources: Vec<IpAddr>,
}

/// How what arrives is verified, before anything else is made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Verify {
    /// As an advert of VRRP: the checks of RFC 9568 §7.1 in keepalived's order (`wire.md` §1.6).
    Vrrp {
        /// Protocol version, 2 or 3.
        version: u8,
        /// VRRPv2: the interval it must have, seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        interval: Option<u8>,
        /// Time to live or hop limit it must have; absent: any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        ttl: Option<u8>,
        /// Proof of the sender.
        proof: Proof,
        /// Checksums that are right; none: any is.
        covers: Vec<Cover>,
        /// Group it must be sent to; absent: no group at all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        group: Option<IpAddr>,
        /// Nothing is heeded: the owner of the addresses is deaf.
        deaf: bool,
        /// Who may send it; absent: anybody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        peers: Option<Vec<Peer>>,
        /// Adverts that are told of once in a while only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        lesser: Option<Lesser>,
    },
}

/// How an advert proves who sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Proof {
    /// Not at all.
    None,
    /// By a password of 8 bytes (RFC 2338 §5.3.6).
    Pass {
        /// The password.
        key: Key,
    },
    /// By an authentication header, see [`Seal::Ah`].
    Ah {
        /// The key.
        key: Key,
        /// Whether the time to live is covered too.
        covers_ttl: bool,
    },
    /// By a trailer, see [`Seal::Trailer`].
    Trailer {
        /// Keys that are valid.
        keys: Vec<TrailerKey>,
        /// Largest difference of the clocks, s; absent: not looked at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        window: Option<u32>,
        /// Whether an advert without a trailer is accepted.
        lenient: bool,
    },
}

/// A key of trailers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct TrailerKey {
    /// Its number, 1 to 255.
    pub id: u8,
    /// The key.
    pub key: Key,
}

/// Somebody who may send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// Smallest time to live.
    pub min_ttl: u8,
    /// Largest.
    pub max_ttl: u8,
}

/// Adverts of a weaker router: each is answered in the same way, so not every one is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Lesser {
    /// Priorities from this on.
    pub from: u8,
    /// To below this, and this one from a smaller source address than `source`.
    pub below: u8,
    /// Own source address; absent: only what is below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub source: Option<IpAddr>,
    /// One is told of in this time, µs; the others are counted.
    #[cfg_attr(test, ts(type = "number"))]
    pub every: u64,
}
