//! What the kernel thread is told and tells: links, addresses, announcements.

use super::absent::{is_false, is_zero};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
#[cfg(test)]
use ts_rs::TS;

/// Addresses to be announced on one interface. None is where nobody could hear: on the loopback
/// interface, and IPv4 where ARP is not spoken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Announcement {
    /// Interface index.
    pub ifindex: u32,
    /// Addresses of both families, in order.
    pub addresses: Vec<IpAddr>,
    /// Messages per address.
    pub repeat: u32,
    /// Pace of gratuitous ARP; absent: as fast as they go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub arp_pace: Option<Pace>,
    /// Pace of neighbour advertisements; absent: as fast as they go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub na_pace: Option<Pace>,
}

/// Shortest time between two announcements of one lane and family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Pace {
    /// The time, µs.
    #[cfg_attr(test, ts(type = "number"))]
    pub interval: u64,
    /// Who shares it.
    pub lane: Lane,
}

/// Interfaces whose announcements share a pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Lane {
    /// What is sent through one interface, by it or by a link above it.
    Interface {
        /// Its index.
        ifindex: u32,
    },
    /// A group of interfaces.
    Group {
        /// Its number.
        number: u32,
    },
}

/// `RTPROT_KEEPALIVED` (`linux/rtnetlink.h`): who adds addresses for a virtual router.
pub const VIRTUAL_ROUTER: u8 = 18;

/// An address of an interface. Identity: interface, address, prefix length, peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Interface index.
    pub ifindex: u32,
    /// The address (`IFA_LOCAL`).
    pub address: IpAddr,
    /// Prefix length.
    pub prefix_length: u8,
    /// `IFA_LABEL`, IPv4 only; at most 15 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub label: Option<String>,
    /// `RT_SCOPE_*`: 0 universe, 200 site, 253 link, 254 host, 255 nowhere.
    pub scope: u8,
    /// `IFA_BROADCAST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub broadcast: Option<IpAddr>,
    /// `IFA_ADDRESS` when it differs from the local address: the peer of a point-to-point link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub peer: Option<IpAddr>,
    /// What is asked of it, a sum of `IFA_F_NODAD` (2), `IFA_F_HOMEADDRESS` (0x10),
    /// `IFA_F_MANAGETEMPADDR` (0x100), `IFA_F_NOPREFIXROUTE` (0x200), `IFA_F_MCAUTOJOIN` (0x400). Of
    /// other flags nothing is told and nothing obeyed.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[cfg_attr(test, ts(optional, as = "Option<u32>"))]
    pub flags: u32,
    /// `ifa_prefered` (`IFA_CACHEINFO`), s: how long new connections use it; absent: forever. It is
    /// valid forever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub preferred_lifetime: Option<u32>,
    /// Who added it (`IFA_PROTO`, since Linux 5.18): 18 (`RTPROT_KEEPALIVED`) for virtual routers,
    /// which is what every addition says; 1 to 3 for the kernel; absent when nobody said. In a
    /// deletion 18: taken for ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub protocol: Option<u8>,
    /// `IFA_F_SECONDARY`, IPv4 only: another address of the same subnet was there before. Told, not
    /// obeyed.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub secondary: bool,
    /// IPv6 only: detection of duplicates goes on (`IFA_F_TENTATIVE` without `IFA_F_OPTIMISTIC`) or
    /// has found one (`IFA_F_DADFAILED`); nothing can be sent from it. Told, not obeyed.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub tentative: bool,
}

impl Address {
    /// Whether both are the same address, whatever else is said of it.
    pub fn is(&self, other: &Self) -> bool {
        self.ifindex == other.ifindex
            && self.address == other.address
            && self.prefix_length == other.prefix_length
            && self.peer == other.peer
    }

    /// Whether a virtual router added it, as far as the kernel remembers.
    pub fn is_marked(&self) -> bool {
        self.protocol == Some(VIRTUAL_ROUTER)
    }
}

/// A change of the address table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum AddressOp {
    /// `RTM_NEWADDR`.
    Add {
        /// What to add.
        address: Address,
    },
    /// `RTM_DELADDR`, without the secondaries of the same subnet.
    Delete {
        /// What to delete.
        address: Address,
    },
}

/// A link that is asked for its carrier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Polled {
    /// Its name.
    pub ifname: String,
    /// What is tried first; absent: the transceiver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub method: Option<BeatMethod>,
}

/// How a driver is asked for the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum BeatMethod {
    /// By the registers of the transceiver.
    Mii,
    /// By `ETHTOOL_GLINK`.
    Ethtool,
    /// By `SIOCGIFFLAGS`.
    Ioctl,
}

/// A receive buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Buffer {
    /// Bytes, which the kernel doubles.
    pub bytes: u32,
    /// Beyond what the kernel allows to others (`net.core.rmem_max`).
    pub force: bool,
}

/// A network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// Interface index.
    pub ifindex: u32,
    /// Interface name.
    pub ifname: String,
    /// `IFF_UP`: set up by the administrator.
    pub up: bool,
    /// `IFF_RUNNING`: operational.
    pub running: bool,
    /// `IFF_LOOPBACK`.
    pub loopback: bool,
    /// Whether the interface speaks ARP (`IFF_NOARP` clear).
    pub arp: bool,
    /// `IFF_MULTICAST`.
    pub multicast: bool,
    /// Hardware address, colon separated; empty without one.
    pub mac: String,
    /// MTU, bytes.
    pub mtu: u32,
    /// Index of the VRF, bridge or bond that has it (`IFLA_MASTER`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub master: Option<u32>,
    /// It is a VRF with this table of routes (`IFLA_VRF_TABLE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub vrf_table: Option<u32>,
    /// Hardware address of everybody on the link (`IFLA_BROADCAST`). Of no use outside the core.
    #[serde(skip)]
    #[cfg_attr(test, ts(skip))]
    pub broadcast: Vec<u8>,
}
