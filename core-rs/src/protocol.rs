//! The one encoding of control traffic between TypeScript and the core: JSON of the types below.
//!
//! `src/core/protocol.ts` is generated from this file (`UPDATE_PROTOCOL=1 cargo test` writes it,
//! `cargo test` fails when it differs), so both sides agree by construction. Packets do not pass
//! through here: they are drained as bytes, see `record.rs`.
//!
//! A call has a lane, which names the thread that parses and obeys it, and a number. Every call but
//! messages of logs and quiet ones that are obeyed is answered by exactly one [`Reply`] with that
//! number. Nothing is parsed or executed on the JavaScript thread. Times are microseconds of
//! `CLOCK_MONOTONIC`, the clock of `core_now`.

mod call;
mod thing;

use crate::nft::value::TableId;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
#[cfg(test)]
use ts_rs::TS;

pub use crate::wire::*;
pub use call::*;
pub use thing::*;

/// Bit of the number of a call nobody waits for: there is no reply when it would be
/// [`CallResult::Done`].
pub const QUIET: u32 = 1 << 31;

/// A mail and the relay that takes it (RFC 5321).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Mail {
    /// Address or name of the relay.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// Longest time to connect, and then for each reply, µs.
    #[cfg_attr(test, ts(type = "number"))]
    pub timeout: u64,
    /// Name said in HELO.
    pub helo: String,
    /// Address of the sender.
    pub from: String,
    /// Addresses of the recipients.
    pub to: Vec<String>,
    /// Headers, an empty line and the body.
    pub text: String,
}

/// A file that is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct FollowedFile {
    /// Its path.
    pub path: String,
    /// What it is made with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub init: Option<FileBeginning>,
}

/// What a file is made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct FileBeginning {
    /// What it holds.
    pub text: String,
    /// In place of what is there.
    pub overwrite: bool,
}

/// Processes that are counted as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ProcessPattern {
    /// Returned in [`Event::ProcessCount`].
    pub name: String,
    /// The name the kernel has of it (`/proc/PID/comm`, of which it keeps 15 bytes), or with one of the following the first word
    /// of its command line.
    pub command: String,
    /// What must follow in the command line; absent: anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub arguments: Option<Vec<String>>,
    /// How it must.
    pub arguments_match: ArgumentMatch,
    /// `command` is of the command line.
    pub full_command: bool,
}

/// How arguments must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "lowercase")]
pub enum ArgumentMatch {
    /// These and no others.
    Exact,
    /// These are the first.
    Partial,
    /// These are the first, the last of which may go on.
    Initial,
}

/// What a thread of this process does. keepalived has a process for each but the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum ThreadRole {
    /// Runs JavaScript: decides, and waits for nobody.
    Loop,
    /// Sends and hears adverts, rings, and changes addresses.
    Vrrp,
    /// Probes real servers.
    Checker,
    /// Nobody yet.
    Bfd,
    /// Compiles, collects and reads beside the loop.
    Helper,
}

/// How threads are run. What is absent is as they began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "setting",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ThreadSetting {
    /// What `/proc/PID/task/TID/comm` says, of the loop also that of the process.
    Name {
        /// Whose.
        role: ThreadRole,
        /// At most 15 bytes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        name: Option<String>,
    },
    /// Niceness.
    Nice {
        /// Whose.
        role: ThreadRole,
        /// -20 to 19.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        nice: Option<i32>,
    },
    /// Round robin of real time; threads and programs they start are ordinary ones.
    RealTime {
        /// Whose.
        role: ThreadRole,
        /// 1 to 99.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        priority: Option<u8>,
    },
    /// Where they may run.
    Processors {
        /// Whose.
        role: ThreadRole,
        /// Numbers of processors, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        numbers: Option<Vec<u32>>,
    },
    /// How long a real-time thread may run without a blocking call (`RLIMIT_RTTIME`).
    RealTimeLimit {
        /// µs; absent: as long as is allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "number"))]
        limit: Option<u64>,
    },
    /// No memory of the process is swapped out (mlockall(2)).
    LockMemory {
        /// Or it may be again.
        on: bool,
    },
    /// A crash may leave a core dump of any size (`RLIMIT_CORE`).
    CoreDumps,
}

/// A variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Who runs a child. It is in no other group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Account {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ChildExit {
    /// By itself.
    Exited {
        /// 0 to 255.
        code: i32,
    },
    /// By a signal.
    Signalled {
        /// Its number.
        signal: i32,
    },
}

/// Where log messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "lowercase")]
pub enum LogLane {
    /// Standard error.
    Console,
    /// A file.
    File,
    /// The local syslog.
    Syslog,
}

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
}

/// For fields that are absent when 0.
fn is_zero(value: &u32) -> bool {
    *value == 0
}

/// For fields that are absent when false.
fn is_false(value: &bool) -> bool {
    !*value
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

/// What a probe does. Policy (which answers are good, how often to retry) is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// Target address.
    pub address: IpAddr,
    /// Target port.
    pub port: u16,
    /// Local address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub source: Option<IpAddr>,
    /// Local port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub source_port: Option<u16>,
    /// Local interface (`SO_BINDTODEVICE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub ifname: Option<String>,
    /// `SO_MARK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub fwmark: Option<u32>,
    /// Time for connecting, and then between any two pieces of what is sent and received, µs.
    #[cfg_attr(test, ts(type = "number"))]
    pub timeout: u64,
    /// What to do when connected.
    pub exchange: Exchange,
}

/// What a probe says, and over what. The target's port is of no meaning to a ping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Exchange {
    /// Nothing: TCP connect only.
    Connect,
    /// One HTTP GET per entry, one after another, each over a connection of its own; ends at the
    /// first failure to get a response.
    Http {
        /// The requests.
        requests: Vec<HttpRequest>,
        /// Most time from a connection to the end of the response over it, µs.
        #[cfg_attr(test, ts(type = "number"))]
        limit: u64,
        /// Over TLS, and how; absent: in the clear.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        tls: Option<Tls>,
    },
    /// Waits for a greeting, says hello, then quits, each when the reply before completed (2xx).
    Smtp {
        /// The line said after the greeting, without its end.
        hello: String,
        /// Most time from the connection to the last reply, µs.
        #[cfg_attr(test, ts(type = "number"))]
        limit: u64,
    },
    /// Sends a DNS query over UDP and waits for its answer; what answers something else is not heard.
    Dns {
        /// The query message, hexadecimal; the core puts a number of its own into its first two
        /// bytes.
        hex: String,
    },
    /// Sends a UDP datagram and listens until the time is up.
    Datagram {
        /// What is sent, hexadecimal.
        hex: String,
        /// What the beginning of a reply is compared with, as far as it goes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        pattern: Option<BytePattern>,
    },
    /// Sends an ICMP echo request and waits for its reply.
    Ping,
}

/// Bytes of which only some bits count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct BytePattern {
    /// The bytes, hexadecimal.
    pub hex: String,
    /// Which of their bits count, hexadecimal, as many bytes.
    pub mask: String,
}

/// One HTTP GET.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct HttpRequest {
    /// The complete request head as text, ending in an empty line; TypeScript composes it.
    pub head: String,
    /// Name sent in the TLS handshake, and the one a certificate that is verified must have; absent:
    /// none is sent, and the target's address must stand in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub server_name: Option<String>,
    /// TLS is ended as its specification says: by close_notify from both sides.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
    pub close_notify: bool,
    /// What is looked for in the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub pattern: Option<Pattern>,
}

/// How TLS is spoken. Files are PEM, read when the first probe needs them and again when they change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Tls {
    /// Whether the server's certificate must be trusted and have its name; else any is taken.
    pub verify: bool,
    /// File of certificates that are trusted; absent: those the machine trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub ca: Option<String>,
    /// File of the client's certificate and those that lead to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub certificate: Option<String>,
    /// File of its private key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub key: Option<String>,
    /// What the key is encrypted with (PKCS #8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub password: Option<String>,
}

/// What is looked for in the first 1 MiB of a body.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Pattern {
    /// In the syntax of the crate `regex`, over bytes.
    pub text: String,
    /// The end is also that before a last line feed.
    pub before_last_line_feed: bool,
    /// First offset at which a match may start.
    pub from: u32,
    /// Last offset at which a match may start; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub to: Option<u32>,
}

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Outcome {
    /// The connection was made.
    Connected,
    /// Every request was answered.
    Responses {
        /// One per request, in order.
        responses: Vec<HttpResponse>,
    },
    /// The replies of an SMTP server, up to the first that was none of completion (2xx); the last may
    /// be missing when the server closed instead.
    Replies {
        /// Their codes, 100 to 999, in order.
        codes: Vec<u16>,
    },
    /// The answer to a DNS query.
    Answer {
        /// Its response code (RFC 1035 §4.1.1), 0 to 15.
        code: u8,
    },
    /// A datagram came back.
    Datagram {
        /// Its length, bytes.
        length: u32,
        /// Whether it agrees with the pattern; true without one.
        matches: bool,
    },
    /// The time is up, and neither a datagram nor an error came.
    Silent,
    /// The echo reply came.
    Echoed,
    /// No answer.
    Failed {
        /// Index of the request that failed; 0 for a connect.
        request: u32,
        /// Where it ended.
        failure: Failure,
        /// `errno`, 0 if none applies.
        errno: i32,
    },
}

/// Where a probe failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// Socket could not be made or bound.
    Local,
    /// Refused, unreachable or reset while connecting.
    Connect,
    /// No connection in time.
    ConnectTimeout,
    /// The connection broke before the response was complete.
    Read,
    /// Nothing, or nothing more of a response, in time.
    ReadTimeout,
    /// The response goes on and on: its limit is over.
    ResponseTimeout,
    /// What came is not of the protocol.
    Malformed,
    /// The head of the response, or a reply, is longer than 16 KiB.
    HeadTooLong,
    /// The TLS handshake failed, or what came is not TLS; `errno` is the number of the alert, if one
    /// came.
    Tls,
    /// The server's certificate is not trusted, or has another name.
    Certificate,
    /// TLS was cut off: the connection ended without close_notify.
    Truncated,
    /// The certificates or the key for TLS cannot be read, or the pattern cannot be used.
    Unusable,
}

/// Summary of an HTTP response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct HttpResponse {
    /// Status code, 100 to 999.
    pub status: u16,
    /// MD5 of the body, 32 lower-case hexadecimal digits.
    pub digest: String,
    /// Length of the body as far as it was read, bytes.
    pub length: u32,
    /// How the body ended.
    pub end: BodyEnd,
    /// Whether the pattern was found; absent when none was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub matched: Option<bool>,
}

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum BodyEnd {
    /// As its head announced.
    Complete,
    /// The connection was closed before.
    Cut,
    /// Its chunks cannot be told apart.
    Malformed,
    /// It is longer than 64 MiB, of which no more was read.
    TooLong,
}

/// Answer to one call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS), ts(type = "{ id: number, } & CallResult"))]
pub struct Reply {
    /// Number of the call.
    pub id: u32,
    /// What came of it.
    #[serde(flatten)]
    pub result: CallResult,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "result",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum CallResult {
    /// Obeyed; nothing to tell.
    Done,
    /// Not obeyed.
    Failed {
        /// Stable status number, see `error.rs`.
        status: u32,
        /// `errno`, 0 if none applies.
        errno: i32,
        /// Act, offender, reason.
        message: String,
    },
    /// One `errno` per operation, 0 for success.
    Applied {
        /// In the order of the operations.
        errnos: Vec<i32>,
    },
    /// What is followed, as it is.
    Followed {
        /// The links.
        links: Vec<Link>,
        /// Their addresses, in the kernel's order.
        addresses: Vec<Address>,
    },
    /// What guardians hold for this process.
    Inherited {
        /// There is one: the daemon before left, or died, just now.
        lives: bool,
        /// It left on purpose.
        planned: bool,
        /// Virtual routers it was master of, and still is for all others.
        routers: Vec<HeldRouter>,
    },
    /// IPVS version and size.
    IpvsInfo {
        /// Version, for example `0x010201`.
        version: u32,
        /// Size of the connection table.
        table_size: u32,
    },
    /// The IPVS table, or the end of what is told of it.
    IpvsTable {
        /// The rest of the services.
        services: Vec<ServiceTable>,
        /// Those that have gone since it was told last. Absent: all there are were told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        gone: Option<Vec<ServiceId>>,
    },
    /// Connections of services.
    IpvsConnections {
        /// In the order of the call; a service that is not there has no destinations.
        counts: Vec<ServiceConnections>,
    },
    /// Ports in use.
    PortsInUse {
        /// Of each address; none when nothing was counted.
        uses: Vec<PortUse>,
    },
    /// The IPVS timeouts.
    IpvsTimeouts {
        /// The timeouts.
        timeouts: IpvsTimeouts,
    },
    /// Counters of all orders.
    Counters {
        /// Per transmission.
        transmissions: Vec<OrderCount>,
        /// Per watch: what was not reported.
        watches: Vec<WatchCount>,
        /// Received packets dropped since the start because too many waited to be drained.
        #[cfg_attr(test, ts(type = "number"))]
        dropped_packets: u64,
    },
    /// Counters of probes.
    ProbeCounters {
        /// Per order: outcomes that equalled the expected one.
        probes: Vec<OrderCount>,
    },
}

/// A virtual router that is held for a daemon to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct HeldRouter {
    /// Interface its adverts go through.
    pub ifindex: u32,
    /// Virtual router.
    pub vrid: u8,
    /// Family.
    pub ipv6: bool,
}

/// How often an order was carried out since it was first given. Replacement keeps the count, and so
/// does an end: a number that is given again goes on counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct OrderCount {
    /// Number of the order.
    pub order: u32,
    /// How often.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
}

/// What a watch saw without a word since it was first given; like [`OrderCount`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct WatchCount {
    /// Number of the order.
    pub order: u32,
    /// Datagrams that equalled the expected one.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
    /// Lesser ones.
    #[cfg_attr(test, ts(type = "number"))]
    pub lesser: u64,
    /// Those of them with priority 0.
    #[cfg_attr(test, ts(type = "number"))]
    pub resigned: u64,
    /// What was wrong.
    pub dropped: Vec<DropCount>,
}

/// What the core reports by itself. Received packets come as bytes instead, see `record.rs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "event",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    /// A watch saw no expected datagram in time. It has no deadline and expects nothing any more.
    Expired {
        /// Number of the order.
        order: u32,
        /// Its `seq`.
        seq: u32,
    },
    /// The lease of a transmission ran out: farewell sent, addresses withdrawn, transmission ended.
    Lapsed {
        /// Number of the order.
        order: u32,
    },
    /// The guardian ended before this process; whether another one took its place.
    GuardianEnded {
        /// It did, and knows every will.
        replaced: bool,
    },
    /// Messages of a lane were dropped because nobody took them; it has caught up now.
    LogDropped {
        /// The lane.
        lane: LogLane,
        /// How many since it was told last.
        #[cfg_attr(test, ts(type = "number"))]
        count: u64,
    },
    /// A signal was sent to the process.
    Signal {
        /// Its number, 1 to 64.
        number: i32,
    },
    /// The engine did not run for a time in which something was due: the process was stopped or
    /// starved, or the machine stood still.
    Unseen {
        /// How long, µs.
        #[cfg_attr(test, ts(type = "number"))]
        time: u64,
    },
    /// A transmission failed; reported once until it succeeds again.
    SendFailed {
        /// Number of the order.
        order: u32,
        /// Why.
        errno: i32,
    },
    /// The first transmission since [`Event::SendFailed`] has left.
    SendResumed {
        /// Number of the order.
        order: u32,
    },
    /// Somebody else announces an address that was announced by order and not deleted since; once a second at most.
    /// The other one was told, unless it was itself an answer.
    Claimed {
        /// Interface index.
        ifindex: u32,
        /// The address.
        address: IpAddr,
        /// Hardware address of the other one.
        mac: String,
    },
    /// Announcements through an interface fail; reported once until one leaves again.
    AnnounceFailed {
        /// Interface name.
        ifname: String,
        /// Why.
        errno: i32,
    },
    /// An interface appeared, changed or vanished.
    Link {
        /// Its state now.
        link: Link,
        /// True when it is gone.
        removed: bool,
    },
    /// An address appeared, changed or vanished.
    Address {
        /// The address.
        address: Address,
        /// True when it is gone.
        removed: bool,
        /// True when an operation or the lapse of an order did it, or nobody has since: what was
        /// added by order and changed in some way is still that.
        ordered: bool,
    },
    /// Services of the IPVS table that were found so far, see `IpvsDifference`.
    IpvsServices {
        /// With all their destinations.
        services: Vec<ServiceTable>,
    },
    /// Somebody else has changed the IPVS table.
    IpvsChanged,
    /// Somebody else has changed or removed a table of nftables that was put in place here, or that may be so.
    NftChanged {
        /// Which one.
        table: TableId,
    },
    /// Something was done where a thing that was added by order is, by somebody else: it may be gone,
    /// or not count any more.
    Shaken {
        /// Where; absent: notifications were lost, it may be anywhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        spot: Option<Spot>,
    },
    /// The time of a child is over: its group was told to end.
    ChildLate {
        /// The child.
        child: u32,
    },
    /// A child has ended. What is left of its group goes on, unless it was told to end.
    ChildEnded {
        /// The child.
        child: u32,
        /// How.
        exit: ChildExit,
    },
    /// A file that is followed holds something else.
    FileChanged {
        /// Its path.
        path: String,
        /// Its first 128 bytes; absent: there is no such file, or it cannot be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        content: Option<String>,
    },
    /// Lines for a pipe were dropped because nobody reads it: told for the first, and when it takes some again for the rest.
    FifoDropped {
        /// Its path.
        path: String,
        /// How many since it was told last.
        #[cfg_attr(test, ts(type = "number"))]
        count: u64,
    },
    /// There are more or fewer processes of those that are counted.
    ProcessCount {
        /// Name of the pattern.
        name: String,
        /// How many run.
        count: u32,
    },
    /// A probe ended otherwise than expected.
    Outcome {
        /// Number of the order.
        order: u32,
        /// Its `seq`.
        seq: u32,
        /// What it found.
        outcome: Outcome,
    },
}

impl Event {
    /// Whether it overtakes what waits to be drained.
    pub fn is_urgent(&self) -> bool {
        matches!(self, Self::Lapsed { .. } | Self::Signal { .. })
    }
}
