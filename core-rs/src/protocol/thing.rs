//! Things of the kernel that are added and deleted one by one, whatever their kind.

use super::absent::is_false;
use super::ipvs::{Family, IpvsTimeouts, SyncDaemon};
use crate::nft::value::Table;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
#[cfg(test)]
use ts_rs::TS;

/// One operation. Adding what exists and deleting what is absent succeed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    test,
    derive(TS),
    ts(type = "{ op: \"add\" | \"delete\", stays?: boolean, } & Thing")
)]
pub struct KernelOp {
    /// What to do.
    pub op: Deed,
    /// Of what is added: whether it stays when this process dies without a word.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stays: bool,
    /// With what.
    #[serde(flatten)]
    pub thing: Thing,
}

/// What is done with a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// It is put into the kernel.
    Add,
    /// It is taken out.
    Delete,
}

/// A thing of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub enum Thing {
    /// `RTM_NEWROUTE`.
    Route(Route),
    /// `RTM_NEWRULE`.
    Rule(PolicyRule),
    /// A table of nftables; whoever else touches it is told of by [`super::Event::NftChanged`].
    Nft(Table),
    /// A setting below `/proc/sys`. Deleted, it is again what it was before it was added, unless somebody else has
    /// changed it since.
    Sysctl(Sysctl),
    /// A link of a virtual router above an interface.
    OwnLink(OwnLink),
    /// A daemon that synchronises the connections of IPVS.
    SyncDaemon(SyncDaemon),
    /// Timeouts of IPVS, 0 for those that stay as they are. Deleted, they are again what they were.
    IpvsTimeouts(IpvsTimeouts),
}

/// A setting of the kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Sysctl {
    /// Path below `/proc/sys`, such as `net/ipv4/ip_forward`.
    pub name: String,
    /// What it shall be.
    pub value: String,
}

/// A setting that is other than it was, since it was changed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Changed {
    /// Of the kernel.
    Sysctl {
        /// Path below `/proc/sys`.
        name: String,
        /// Before.
        was: String,
        /// Since.
        is: String,
    },
    /// Of IPVS.
    IpvsTimeouts {
        /// Before.
        was: IpvsTimeouts,
        /// Since.
        is: IpvsTimeouts,
    },
}

/// A link above an interface: MACVLAN in private mode with a hardware address of its own, or IPVLAN of layer 2. It goes
/// with that interface, and is in the VRF that has that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct OwnLink {
    /// Its name, at most 15 bytes.
    pub name: String,
    /// Index of the interface below.
    pub base: u32,
    /// Hardware address of a macvlan, 6 octets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub mac: Option<String>,
    /// It is an ipvlan in this mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub ipvlan: Option<IpvlanMode>,
    /// `IFLA_GROUP`; absent: that of the interface below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub group: Option<u32>,
    /// What is set before it is up.
    pub settings: Vec<Sysctl>,
}

/// What links of one interface see of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum IpvlanMode {
    /// Everything.
    Bridge,
    /// Nothing.
    Private,
    /// What a switch outside sends back.
    Vepa,
}

/// An address with the length of its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Prefix {
    /// The address.
    pub address: IpAddr,
    /// Prefix length, 0 to 32 or 128.
    pub prefix_length: u8,
}

/// A route (`linux/rtnetlink.h`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Of its addresses.
    pub family: Family,
    /// `RTA_DST`; length 0 for the default route.
    pub destination: Prefix,
    /// `RTA_SRC`, IPv6 only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub source: Option<Prefix>,
    /// `rtm_tos`; absent: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub tos: Option<u8>,
    /// `RTA_TABLE`, 1 to 4294967295.
    pub table: u32,
    /// `RTA_PRIORITY`, the metric; absent: the kernel's, which is 0 for IPv4 and 1024 for IPv6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub priority: Option<u32>,
    /// `RTN_*`.
    #[serde(rename = "type")]
    pub kind: u8,
    /// `RT_SCOPE_*`. The kernel keeps none for IPv6.
    pub scope: u8,
    /// `RTPROT_*`: who adds it; 18 for virtual routers.
    pub protocol: u8,
    /// `RTA_PREFSRC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub preferred_source: Option<IpAddr>,
    /// One, several (`RTA_MULTIPATH`) or none.
    pub next_hops: Vec<NextHop>,
    /// `RTA_METRICS`, in the order of their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<RouteMetric>>"))]
    pub metrics: Vec<RouteMetric>,
    /// `RTA_EXPIRES`, IPv6 only, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub expires: Option<u32>,
    /// `RTA_PREF`, IPv6 only (RFC 4191): 0 medium, 1 high, 3 low.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub preference: Option<u8>,
    /// `RTA_TTL_PROPAGATE`, MPLS only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub ttl_propagate: Option<bool>,
    /// Among equal ones; absent: before them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub place: Option<RoutePlace>,
}

/// Where a route is put among those of the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum RoutePlace {
    /// Refused when there is one (`NLM_F_EXCL`).
    Add,
    /// Behind them (`NLM_F_APPEND`).
    Append,
}

/// One way of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct NextHop {
    /// `RTA_OIF`; absent: the one that reaches the gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub device: Option<u32>,
    /// `RTA_GATEWAY`, or `RTA_VIA` when it is of another family than the route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub gateway: Option<IpAddr>,
    /// Share among several, 1 to 256 (`rtnh_hops` + 1); absent: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub weight: Option<u16>,
    /// `RTNH_F_ONLINK`: the gateway is there whatever addresses the interface has.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub onlink: bool,
    /// What packets are wrapped in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub encapsulation: Option<Encapsulation>,
    /// `RTA_FLOW`: from << 16 | to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub realms: Option<u32>,
}

/// Encapsulation of what goes one way (`linux/lwtunnel.h`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Encapsulation {
    /// `LWTUNNEL_ENCAP_MPLS`.
    Mpls {
        /// Outermost first, 20 bits each.
        labels: Vec<u32>,
    },
    /// `LWTUNNEL_ENCAP_IP`.
    Ip(Tunnel),
    /// `LWTUNNEL_ENCAP_IP6`.
    Ip6(Tunnel),
    /// `LWTUNNEL_ENCAP_ILA`.
    Ila {
        /// 16 hexadecimal digits.
        locator: String,
    },
}

/// The outer header of a tunnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Tunnel {
    /// Tunnel key, 0 to 2^53 − 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub id: Option<u64>,
    /// Outer source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub source: Option<IpAddr>,
    /// Outer destination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub destination: Option<IpAddr>,
    /// Type of service or traffic class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub tos: Option<u8>,
    /// Time to live or hop limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub ttl: Option<u8>,
    /// `TUNNEL_*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub flags: Option<u16>,
}

/// One metric of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct RouteMetric {
    /// `RTAX_*`, 2 to 31.
    pub metric: u8,
    /// 32 bits; the name of the algorithm for `congctl`. `rtt` in 1/8 ms, `rttvar` in 1/4 ms, `rto_min` in ms.
    pub value: MetricValue,
    /// `RTAX_LOCK`: the kernel does not change it by what it learns.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub locked: bool,
}

/// The value of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(untagged)]
pub enum MetricValue {
    /// 32 bits.
    Number(u32),
    /// Name of an algorithm.
    Name(String),
}

/// A rule of policy routing (`linux/fib_rules.h`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct PolicyRule {
    /// Of the packets it is for.
    pub family: Family,
    /// `FRA_PRIORITY`: the order of rules.
    pub priority: u32,
    /// `FR_ACT_*`.
    pub action: u8,
    /// `FRA_TABLE`, 1 to 4294967295; absent: `l3mdev`, or another action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub table: Option<u32>,
    /// `FRA_GOTO`: priority of the rule to go on at, behind this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub target: Option<u32>,
    /// `FRA_L3MDEV`: the table is that of the VRF of the packet.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub l3mdev: bool,
    /// `FIB_RULE_INVERT`: matches what does not match.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub not: bool,
    /// `FRA_SRC`; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub source: Option<Prefix>,
    /// `FRA_DST`; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub destination: Option<Prefix>,
    /// `tos` of the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub tos: Option<u8>,
    /// `FRA_FWMARK` and `FRA_FWMASK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub mark: Option<Mark>,
    /// `FRA_IIFNAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub input_device: Option<String>,
    /// `FRA_OIFNAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub output_device: Option<String>,
    /// `FRA_FLOW`: from << 16 | to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub realms: Option<u32>,
    /// `FRA_TUN_ID`, 0 to 2^53 − 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub tunnel_id: Option<u64>,
    /// `FRA_SUPPRESS_IFGROUP`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub suppress_group: Option<u32>,
    /// `FRA_SUPPRESS_PREFIXLEN`, 0 to 128.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub suppress_prefix_length: Option<u32>,
    /// `FRA_UID_RANGE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub users: Option<Span>,
    /// `FRA_IP_PROTO`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub ip_protocol: Option<u8>,
    /// `FRA_SPORT_RANGE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub source_ports: Option<Span>,
    /// `FRA_DPORT_RANGE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub destination_ports: Option<Span>,
    /// `FRA_PROTOCOL`: who adds it (`RTPROT_*`); 18 for virtual routers.
    pub protocol: u8,
}

/// A mark under a mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Mark {
    /// What the mark is.
    pub value: u32,
    /// Bits that count.
    pub mask: u32,
}

/// Numbers from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Span {
    /// The first.
    pub from: u32,
    /// The last.
    pub to: u32,
}

/// A place that things share: as much as is told of what happened there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub enum Spot {
    /// Of routes.
    Route(RouteSpot),
    /// Of rules.
    Rule(RuleSpot),
}

/// What the kernel looks for first among routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct RouteSpot {
    /// Family.
    pub family: Family,
    /// Table.
    pub table: u32,
    /// Destination.
    pub destination: Prefix,
    /// Type of service, IPv4; 0 in IPv6.
    pub tos: u8,
    /// Metric, the kernel's own when none was asked for.
    pub priority: u32,
}

/// Where a rule stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct RuleSpot {
    /// Family.
    pub family: Family,
    /// Priority.
    pub priority: u32,
}
