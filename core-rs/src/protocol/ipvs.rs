//! The kernel's load balancer: services, destinations, connections, sync daemons.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;
#[cfg(test)]
use ts_rs::TS;

/// Identity of an IPVS service.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ServiceId {
    /// By protocol, address and port.
    Address {
        /// Layer-4 protocol.
        protocol: Protocol,
        /// Virtual address.
        address: IpAddr,
        /// Virtual port; 0 for every port (persistent services only).
        port: u16,
    },
    /// By firewall mark.
    Fwmark {
        /// Address family of the service.
        family: Family,
        /// The mark, not 0.
        mark: u32,
    },
}

/// Layer-4 protocol of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// 6.
    Tcp,
    /// 17.
    Udp,
    /// 132.
    Sctp,
}

/// Address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// IPv4.
    Inet,
    /// IPv6.
    Inet6,
}

/// An IPVS service (`linux/ip_vs.h`, `IPVS_SVC_ATTR_*`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Identity.
    pub id: ServiceId,
    /// Scheduler module, for example `wrr`.
    pub scheduler: String,
    /// `IP_VS_SVC_F_*` without the kernel's own `HASHED` bit.
    pub flags: u32,
    /// Persistence timeout, s; 0 without persistence.
    pub timeout: u32,
    /// Persistence granularity as prefix length: 0 to 32, or 1 to 128 for IPv6.
    pub netmask: u8,
    /// Persistence engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub persistence_engine: Option<String>,
}

/// Identity and parameters of a destination (`IPVS_DEST_ATTR_*`). Identity: address and port.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// Address of the real server.
    pub address: IpAddr,
    /// Port of the real server.
    pub port: u16,
    /// How packets reach it.
    pub forwarding: Forwarding,
    /// Weight, 0 to 2147483647; 0 takes no new connections.
    pub weight: u32,
    /// Connections above which it takes none; 0 for no limit.
    pub upper_threshold: u32,
    /// Connections below which it takes some again; 0 for no limit.
    pub lower_threshold: u32,
}

/// Forwarding method (`IP_VS_CONN_F_FWD_MASK`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "method",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Forwarding {
    /// Masquerading, NAT.
    Nat,
    /// Delivered to this host.
    Local,
    /// Direct routing.
    Dr,
    /// Tunnelling.
    Tunnel {
        /// `IP_VS_CONN_F_TUNNEL_TYPE_*`: 0 ipip, 1 gue, 2 gre.
        tunnel_type: u8,
        /// UDP port of GUE; 0 otherwise.
        port: u16,
        /// `IP_VS_TUNNEL_ENCAP_FLAG_*`: 0 no checksum, 1 checksum, 2 remote checksum offload.
        flags: u16,
    },
}

/// A service with its destinations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ServiceTable {
    /// The service.
    pub service: Service,
    /// Its destinations.
    pub destinations: Vec<Destination>,
}

/// Connections of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnections {
    /// The service.
    pub service: ServiceId,
    /// Those of its destinations.
    pub destinations: Vec<DestinationConnections>,
}

/// Connections of a destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct DestinationConnections {
    /// Its address.
    pub address: IpAddr,
    /// Its port.
    pub port: u16,
    /// Active, inactive and persistent ones.
    #[cfg_attr(test, ts(type = "number"))]
    pub connections: u64,
}

/// What of a local address is in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct PortUse {
    /// The address.
    pub address: IpAddr,
    /// Connections from it.
    pub connections: u32,
    /// Where most of them lead; absent: there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub busiest: Option<BusiestPair>,
}

/// Whom most connections of a local address lead to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct BusiestPair {
    /// Its address.
    pub server: IpAddr,
    /// Its port.
    pub port: u16,
    /// Number of the protocol: 6 TCP, 17 UDP.
    pub protocol: u8,
    /// How many: so many ports of the local address are in use.
    pub connections: u32,
}

/// A change of the IPVS table. `set` of something absent adds it; deleting the absent succeeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum IpvsOp {
    /// `IPVS_CMD_NEW_SERVICE`.
    NewService {
        /// The service.
        service: Service,
    },
    /// `IPVS_CMD_FLUSH`: every service, whoever made it.
    Flush,
    /// `IPVS_CMD_SET_SERVICE`.
    SetService {
        /// The service.
        service: Service,
    },
    /// `IPVS_CMD_DEL_SERVICE`, with all its destinations.
    DeleteService {
        /// Its identity.
        id: ServiceId,
    },
    /// `IPVS_CMD_NEW_DEST`.
    NewDestination {
        /// The service it belongs to.
        id: ServiceId,
        /// The destination.
        destination: Destination,
    },
    /// `IPVS_CMD_SET_DEST`.
    SetDestination {
        /// The service it belongs to.
        id: ServiceId,
        /// The destination.
        destination: Destination,
    },
    /// `IPVS_CMD_DEL_DEST`.
    DeleteDestination {
        /// The service it belongs to.
        id: ServiceId,
        /// The destination.
        destination: Destination,
    },
}

/// A daemon of the kernel that synchronises connections (`IPVS_DAEMON_ATTR_*`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct SyncDaemon {
    /// What it does.
    pub role: SyncRole,
    /// Interface it sends on or listens on.
    pub interface: String,
    /// Of those who belong together, 0 to 255.
    pub sync_id: u32,
    /// Most bytes of a message; the kernel's default by the interface when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub max_length: Option<u16>,
    /// UDP port; 8848 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub port: Option<u16>,
    /// TTL or hop limit; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub ttl: Option<u8>,
    /// Multicast group; 224.0.0.81 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub group: Option<IpAddr>,
}

/// What a sync daemon does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "lowercase")]
pub enum SyncRole {
    /// Tells of connections.
    Master,
    /// Takes over what it hears.
    Backup,
}

/// IPVS connection timeouts, s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct IpvsTimeouts {
    /// Established TCP.
    pub tcp: u32,
    /// TCP after FIN.
    pub tcp_fin: u32,
    /// UDP.
    pub udp: u32,
}
