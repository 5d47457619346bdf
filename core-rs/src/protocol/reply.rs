//! What is answered to a call.

use super::ipvs::{IpvsTimeouts, PortUse, ServiceConnections, ServiceId, ServiceTable};
use super::kernel::{Address, Link};
use crate::wire::DropCount;
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// Bit of the number of a call nobody waits for: there is no reply when it would be
/// [`CallResult::Done`].
pub const QUIET: u32 = 1 << 31;

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
        transmissions: Vec<SendCount>,
        /// Per watch: what was not reported.
        watches: Vec<WatchCount>,
        /// Received packets dropped since the start because too many waited to be drained.
        #[cfg_attr(test, ts(type = "number"))]
        dropped_packets: u64,
        /// How late the engine was.
        lag: Lag,
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

/// The same of a transmission, and how late it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct SendCount {
    /// Number of the order.
    pub order: u32,
    /// How often.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
    /// The latest that one left after it was due, µs.
    #[cfg_attr(test, ts(type = "number"))]
    pub late: u64,
}

/// How late the engine looked at what was due, since its start. Times are µs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Lag {
    /// At worst.
    #[cfg_attr(test, ts(type = "number"))]
    pub worst: u64,
    /// How often it was more than 20 ms.
    #[cfg_attr(test, ts(type = "number"))]
    pub times: u64,
    /// How long that was together.
    #[cfg_attr(test, ts(type = "number"))]
    pub total: u64,
    /// How long the machine slept meanwhile.
    #[cfg_attr(test, ts(type = "number"))]
    pub asleep: u64,
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
