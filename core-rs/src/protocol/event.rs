//! What the core tells unasked.

use super::call::Awaited;
use super::ipvs::ServiceTable;
use super::kernel::{Address, AddressOp, Announcement, Link};
use super::probe::Outcome;
use super::process::ChildExit;
use super::side::LogLane;
use super::thing::{Changed, Spot};
use crate::nft::value::TableId;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
#[cfg(test)]
use ts_rs::TS;

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
    /// The last of some watches has expired, and what was prepared is done or under way: transmissions
    /// have begun, addresses are added and announced.
    TakenOver {
        /// All that have expired.
        watches: Vec<Awaited>,
        /// Numbers of the transmissions.
        orders: Vec<u32>,
        /// What is carried out.
        ops: Vec<AddressOp>,
        /// What is announced.
        places: Vec<Announcement>,
    },
    /// What came of the operations of a takeover.
    TakeoverApplied {
        /// As they were prepared.
        ops: Vec<AddressOp>,
        /// Of each, 0 for success.
        errnos: Vec<i32>,
    },
    /// The lease of a transmission ran out: farewell sent, addresses withdrawn, transmission ended.
    Lapsed {
        /// Number of the order.
        order: u32,
    },
    /// The guardian ended before this process; whether another one took its place. Where none did, because that
    /// one was young, the next one comes later: then it is told again.
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
    /// starved, or the machine stood still. More than a second is told of at once, what is shorter once a
    /// minute at most.
    Unseen {
        /// How long, µs.
        #[cfg_attr(test, ts(type = "number"))]
        time: u64,
        /// How much of it the machine slept, µs.
        #[cfg_attr(test, ts(type = "number"))]
        asleep: u64,
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
    /// A setting of the kernel is about to become other than it was, or other than it was made: what has to be known to
    /// make it what it was, also after this process.
    SettingWas {
        /// Which one.
        setting: Changed,
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
    /// Another daemon of this network namespace, which runs as root or as this account, has said something.
    LocalSaid {
        /// Name of its socket, which is no other's.
        name: String,
        /// Its process; 0 when it is not to be seen from here.
        pid: i32,
        /// What.
        text: String,
    },
    /// One that had said something is gone.
    LocalGone {
        /// Name of its socket.
        name: String,
    },
    /// What came to the socket for other daemons and was not from one, since it was told last.
    LocalRefused {
        /// Datagrams.
        #[cfg_attr(test, ts(type = "number"))]
        count: u64,
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
        matches!(
            self,
            Self::TakenOver { .. } | Self::Lapsed { .. } | Self::Signal { .. }
        )
    }
}
