//! A table as a value, the form in which it crosses the boundary. Words are those of the program `nft`.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// Which table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftTableId"))]
pub struct TableId {
    /// Address family.
    pub family: TableFamily,
    /// Name, at most 255 bytes.
    pub name: String,
}

/// Address family of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftFamily"))]
#[serde(rename_all = "lowercase")]
pub enum TableFamily {
    /// IPv4 and IPv6.
    Inet,
    /// IPv4.
    Ip,
    /// IPv6.
    Ip6,
    /// ARP.
    Arp,
    /// Frames of one device.
    Netdev,
}

/// A whole table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftTable"))]
pub struct Table {
    /// Address family.
    pub family: TableFamily,
    /// Name.
    pub name: String,
    /// Sets and maps.
    pub sets: Vec<Set>,
    /// Chains, in any order.
    pub chains: Vec<Chain>,
}

impl Table {
    /// Which one it is.
    pub fn id(&self) -> TableId {
        TableId {
            family: self.family,
            name: self.name.clone(),
        }
    }
}

/// A set, or a map when it has a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftSet"))]
pub struct Set {
    /// Name.
    pub name: String,
    /// Types of the parts of a key, at least one; several are a concatenation.
    pub key: Vec<Type>,
    /// Type of the value of a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub value: Option<Type>,
    /// Keys may be intervals. Those of one set must not overlap.
    pub intervals: bool,
    /// What it holds.
    pub elements: Vec<Element>,
}

/// Element of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftElement"))]
pub struct Element {
    /// One text per part of the key, as for [`Expression::Match`]; `FIRST-LAST` in a set of intervals.
    pub key: Vec<String>,
    /// The value, in a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub value: Option<String>,
}

/// Change of what a set holds. Adding what is there and deleting what is absent succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftElementChange"))]
pub struct ElementChange {
    /// The set as it was put in place; its own elements do not count here.
    pub set: Set,
    /// Elements to be added.
    pub add: Vec<Element>,
    /// Elements to be deleted; carried out first.
    pub delete: Vec<Element>,
}

/// Type of a part of a key, or of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftType"))]
#[serde(rename_all = "kebab-case")]
pub enum Type {
    /// `192.0.2.1`.
    Ipv4Addr,
    /// `2001:db8::1`.
    Ipv6Addr,
    /// `02:00:00:00:00:01`.
    EtherAddr,
    /// Number of 8 bits: `6`.
    InetProto,
    /// Number of 16 bits: `80`.
    InetService,
    /// Number of 32 bits.
    Mark,
    /// Index of an interface.
    IfaceIndex,
    /// Name of an interface, at most 15 bytes.
    Ifname,
    /// Any number of 32 bits.
    Integer,
}

/// A chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftChain"))]
pub struct Chain {
    /// Name.
    pub name: String,
    /// Where packets come to it; absent: from other chains only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub hook: Option<Hook>,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
}

/// Where a chain is called. What none of its rules decides is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftHook"))]
pub struct Hook {
    /// Kind of the chain.
    pub kind: ChainKind,
    /// The hook.
    pub at: HookPoint,
    /// Lower goes first: raw -300, mangle -150, filter 0, srcnat 100.
    pub priority: i32,
    /// Device, for `netdev` tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub device: Option<String>,
}

/// Kind of a chain with a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftChainKind"))]
#[serde(rename_all = "lowercase")]
pub enum ChainKind {
    /// Judges every packet.
    Filter,
    /// Sees the first packet of each connection.
    Nat,
    /// Routes anew what it has changed.
    Route,
}

/// Hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftHookPoint"))]
#[serde(rename_all = "lowercase")]
pub enum HookPoint {
    /// Whatever arrives, before routing.
    Prerouting,
    /// What is for this host.
    Input,
    /// What is passed on.
    Forward,
    /// What this host sends, before routing is final.
    Output,
    /// Whatever leaves.
    Postrouting,
    /// Whatever arrives on a device (`netdev`).
    Ingress,
    /// Whatever leaves a device (`netdev`, Linux 5.16).
    Egress,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftRule"))]
pub struct Rule {
    /// For people who list the table, at most 127 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub comment: Option<String>,
    /// Evaluated in order, until one does not match or decides.
    pub does: Vec<Expression>,
}

/// A part of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftExpression"))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Expression {
    /// Goes on when a field compares so. A field of IPv4 or IPv6 in an `inet` table implies that family.
    Match {
        /// What is looked at.
        field: Field,
        /// How it should compare.
        is: Comparison,
        /// Bits of it that count, for numbers; absent: all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        mask: Option<u32>,
        /// With what: an address, a name, a decimal number; for `eq` and `ne` also `FIRST-LAST` of addresses or
        /// ports.
        value: String,
    },
    /// Goes on when the fields together are, or are not, in a set.
    In {
        /// The parts of the key.
        fields: Vec<Field>,
        /// The set.
        set: String,
        /// Whether they must not be.
        negated: bool,
    },
    /// Counts packets and bytes.
    Counter,
    /// Ends the evaluation.
    Verdict {
        /// How.
        verdict: Verdict,
        /// The chain, for `jump` and `goto`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        chain: Option<String>,
    },
    /// Changes the source address of the connection; its port only when it is taken.
    Snat {
        /// The new address.
        to: Source,
    },
    /// Changes the destination address of the connection.
    Dnat {
        /// The new address.
        to: Source,
    },
    /// Changes the source address to that of the interface.
    Masquerade,
    /// The connection is not tracked.
    Notrack,
    /// Answers for the server until the client has shown that it exists (chains of input and forward).
    Synproxy {
        /// Maximum segment size told to clients, bytes.
        mss: u16,
        /// Window scale told to clients, 0 to 14.
        wscale: u8,
        /// Whether time stamps are offered.
        timestamp: bool,
        /// Whether selective acknowledgement is offered.
        sack: bool,
    },
    /// Sends a copy to where it goes by another interface, in tables of `ip` and `ip6`.
    Dup {
        /// Index of the interface.
        device: Source,
    },
    /// Sets the packet's mark.
    SetMark {
        /// To what.
        to: Source,
    },
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftSource"))]
#[serde(
    tag = "from",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Source {
    /// It stands here.
    Value {
        /// Its type.
        of: Type,
        /// As for [`Expression::Match`]; `FIRST-LAST` for address translation.
        value: String,
    },
    /// What a map has for the fields. Without an entry the rule does not match.
    Map {
        /// The parts of the key.
        fields: Vec<Field>,
        /// The map.
        map: String,
        /// Type of its values.
        of: Type,
    },
    /// What a map of numbers has for a hash of the fields, which is the same on every host.
    Hash {
        /// What is hashed.
        fields: Vec<Field>,
        /// Numbers are below this, not 0.
        modulus: u32,
        /// Begin of the hash.
        seed: u32,
        /// The map, from [`Type::Integer`].
        map: String,
        /// Type of its values.
        of: Type,
    },
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftComparison"))]
#[serde(rename_all = "lowercase")]
pub enum Comparison {
    /// Equal, or within the interval.
    Eq,
    /// Different, or outside the interval.
    Ne,
}

/// What a packet may come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftVerdict"))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It goes on to other chains of the hook.
    Accept,
    /// It is gone.
    Drop,
    /// On with another chain, and back.
    Jump,
    /// On with another chain.
    Goto,
    /// Back to the chain before.
    Return,
}

/// What of a packet, of what is known with it, or of its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(rename = "NftField"))]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Family: 2 IPv4, 10 IPv6.
    Nfproto,
    /// Protocol above IP: 6 TCP, 17 UDP, 132 SCTP, 112 VRRP.
    L4proto,
    /// Index of the interface it arrived on.
    Iif,
    /// Index of the interface it leaves by.
    Oif,
    /// Name of the interface it arrived on.
    Iifname,
    /// Name of the interface it leaves by.
    Oifname,
    /// Mark of the packet.
    Mark,
    /// To whom the frame was: 0 this host, 1 broadcast, 2 multicast, 3 another host.
    Pkttype,
    /// Source of an IPv4 packet.
    IpSaddr,
    /// Destination of an IPv4 packet.
    IpDaddr,
    /// Source of an IPv6 packet.
    Ip6Saddr,
    /// Destination of an IPv6 packet.
    Ip6Daddr,
    /// Source of a frame.
    EtherSaddr,
    /// Destination of a frame.
    EtherDaddr,
    /// Source port of TCP, UDP or SCTP.
    ThSport,
    /// Destination port of TCP, UDP or SCTP.
    ThDport,
    /// TCP flags: 1 FIN, 2 SYN, 4 RST, 16 ACK.
    TcpFlags,
    /// Type of an ICMPv6 message; match `l4proto` 58 first.
    Icmpv6Type,
    /// Bit of the connection's state: 1 invalid, 2 established, 4 related, 8 new, 64 untracked.
    CtState,
    /// Destination of the first packet of the connection, IPv4.
    CtOriginalIpDaddr,
    /// Destination of the first packet of the connection, IPv6.
    CtOriginalIp6Daddr,
    /// Destination port of the first packet of the connection.
    CtOriginalProtoDst,
}
