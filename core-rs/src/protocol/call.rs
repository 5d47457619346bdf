//! What the core can be asked: a closed set for each lane. A lane leads to one thread, which parses what
//! is asked, obeys it in the order of the calls, and answers.

use super::ipvs::{IpvsOp, IpvsTimeouts, ServiceId};
use super::kernel::{Address, AddressOp, Announcement, Buffer, Polled};
use super::probe::{Outcome, Probe};
use super::process::{Account, ProcessPattern, ThreadSetting, Variable};
use super::reply::HeldRouter;
use super::side::{FollowedFile, LogLane, Mail};
use super::thing::{Changed, KernelOp};
use crate::nft::value::{ElementChange, Table, TableId};
use crate::wire::{Channel, Expected, Hears, Tag, Template, Verify};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
#[cfg(test)]
use ts_rs::TS;

/// Where a call goes: an argument of `core_call`. The numbers are ABI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallLane {
    /// [`EngineCall`].
    Engine = 0,
    /// [`KernelCall`].
    Kernel = 1,
    /// [`IpvsCall`].
    Ipvs = 2,
    /// [`ProbeCall`].
    Probe = 3,
    /// [`ChildCall`].
    Child = 4,
    /// [`TrackCall`].
    Track = 5,
    /// [`GuardianCall`].
    Guardian = 6,
    /// [`SideCall`].
    Side = 7,
    /// Not JSON but one message for [`LogLane::Console`]: a line with its end. Never answered: what
    /// cannot be written is counted, see [`super::Event::LogDropped`].
    Console = 8,
    /// The same for [`LogLane::File`].
    File = 9,
    /// The same for [`LogLane::Syslog`]: `<priority>tag: text` (RFC 3164 §4.1, without a time).
    Syslog = 10,
}

impl CallLane {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::Engine,
        Self::Kernel,
        Self::Ipvs,
        Self::Probe,
        Self::Child,
        Self::Track,
        Self::Guardian,
        Self::Side,
        Self::Console,
        Self::File,
        Self::Syslog,
    ];

    /// The lane of a number.
    pub fn of(number: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

/// A watch that has to expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Awaited {
    /// Number of the order.
    pub order: u32,
    /// Its `seq`.
    pub seq: u32,
}

/// Orders that send and listen, and sockets: for the engine thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "call",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum EngineCall {
    /// Opens the raw sockets of an interface and closes others it had, and changes their group
    /// memberships to exactly `groups`. Idempotent.
    Listen {
        /// Interface index; the sockets are bound to this device.
        ifindex: u32,
        /// Interface name, for `SO_BINDTODEVICE` and messages.
        ifname: String,
        /// Which sockets.
        channels: Vec<Channel>,
        /// Multicast groups to be joined, each by the sockets of its family; empty for unicast only.
        groups: Vec<IpAddr>,
        /// `SO_RCVBUF`; the kernel's default when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        receive_buffer: Option<u32>,
    },
    /// Closes the sockets of an interface. Orders that use it end without farewell. Idempotent.
    Unlisten {
        /// Interface index.
        ifindex: u32,
    },
    /// Standing order to send `packets` every `interval`. An order with the same number is replaced
    /// without a pause.
    Transmit {
        /// Number of the order, chosen by the caller.
        order: u32,
        /// Interface whose sockets are used; they must be listening.
        ifindex: u32,
        /// What is sent.
        packets: Vec<Template>,
        /// Time between transmissions, µs.
        #[cfg_attr(test, ts(type = "number"))]
        interval: u64,
        /// First transmission: at once when true; else one interval from now, or, when it replaces
        /// an order, when that was due.
        immediately: bool,
        /// Without a `renew` for this long, µs, the order lapses: `farewell` is sent, `withdraw`
        /// removed, transmission ends, `Event::Lapsed`.
        #[cfg_attr(test, ts(type = "number"))]
        lease: u64,
        /// When a transmission is later than this, µs, somebody else may have taken over: then the order lapses without a
        /// farewell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "number"))]
        patience: Option<u64>,
        /// Sent once when the order lapses or ceases with farewell: adverts of priority 0.
        farewell: Vec<Template>,
        /// Addresses deleted when the order lapses, after the farewell.
        withdraw: Vec<Address>,
        /// How long, µs, they may stay after the farewell when this process dies without a word,
        /// unless a successor is heard before. 0: nobody cares for that.
        #[cfg_attr(test, ts(type = "number"))]
        keep: u64,
    },
    /// What is to be done when the last of some watches has expired, without asking; then
    /// `Event::TakenOver`. Whatever is asked of one of them, or told of a datagram for it, takes it
    /// back, as does another one for any of them.
    Prepare {
        /// All have to expire.
        watches: Vec<Awaited>,
        /// Obeyed then: calls of the kind `transmit`.
        calls: Vec<EngineCall>,
        /// Carried out then, see `address-apply`; `Event::TakeoverApplied` tells what came of it.
        ops: Vec<AddressOp>,
        /// Announced then.
        places: Vec<Announcement>,
    },
    /// Nothing is to be done without asking when a watch expires. Idempotent.
    Withhold {
        /// Number of the order.
        order: u32,
    },
    /// This process ends now for another one to take its place: transmissions and watches end without
    /// farewell or withdrawal, and the guardian speaks until the other one has come.
    Leave {
        /// For so long at most, µs.
        #[cfg_attr(test, ts(type = "number"))]
        within: u64,
    },
    /// Ends a transmission, with its farewell or silently. Idempotent.
    Cease {
        /// Number of the order.
        order: u32,
        /// Whether the farewell is sent first.
        farewell: bool,
        /// Whether the guardian, if there is one, withdraws what the order would have: when the
        /// successor has announced itself, or after its `keep`. The caller does not.
        handover: bool,
    },
    /// Renews the lease of every transmission that has not ended when this is asked.
    Renew,
    /// Is answered when every packet that has arrived is heard and what was due before is done.
    Settle,
    /// Sends datagrams once.
    Send {
        /// Order in whose name: its numbers are used.
        order: u32,
        /// Interface whose sockets are used.
        ifindex: u32,
        /// What is sent.
        packets: Vec<Template>,
    },
    /// Standing order to listen: what arrives is verified, and of what is wrong the first of a kind is
    /// reported, the others are counted; of what nobody watches the first with its VRID. With
    /// `rearm` also: report when no expected datagram has come for `timeout`. Replaces an order with
    /// the same number.
    Watch {
        /// Number of the order.
        order: u32,
        /// Returned in `Event::Expired`, so that a stale expiry is recognised.
        seq: u32,
        /// Interface on which adverts arrive.
        ifindex: u32,
        /// Datagrams it is about: those with one of these tags.
        tags: Vec<Tag>,
        /// How they are verified; absent: not at all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        verify: Option<Box<Verify>>,
        /// The datagram that re-arms the deadline and is not reported. Absent: none does, everything
        /// that is not wrong is reported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        expect: Option<Expected>,
        /// Which datagrams with that tag are for it, where several orders have the same interface
        /// and tag. Absent: all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        hears: Option<Hears>,
        /// New deadline, µs from now; absent keeps the deadline of the order that is replaced, and
        /// without one there is none until the first expected advert.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "number"))]
        timeout: Option<u64>,
        /// What an expected datagram sets the deadline to, µs after its arrival. Absent: there is no
        /// deadline.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "number"))]
        rearm: Option<u64>,
    },
    /// Ends a watch. Idempotent.
    Unwatch {
        /// Number of the order.
        order: u32,
    },
    /// Asks for the counters of all orders, and of packets that were dropped.
    Counters,
}

/// For the kernel thread, strictly in the order of the calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "call",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum KernelCall {
    /// Asks for some links and their addresses, and to be told of their changes from now on by
    /// `Event::Link` and `Event::Address`; of no others any more. A link that gets one of the
    /// names or addresses later is told of, with all it carries, and from then on until it is gone.
    /// Notifications that were lost are made good by what a dump shows.
    Follow {
        /// Names of links, whether they exist or not.
        interfaces: Vec<String>,
        /// Addresses whose link is followed whatever its name.
        addresses: Vec<IpAddr>,
        /// Links whose carrier is asked of their drivers every second, whatever the kernel tells of it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(test, ts(optional, as = "Option<Vec<Polled>>"))]
        polled: Vec<Polled>,
    },
    /// Sets receive buffers of sockets to the kernel; those that are absent stay as they are.
    Buffers {
        /// Of what it tells of links, addresses, routes and rules.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        told: Option<Buffer>,
        /// Of its answers about them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        answered: Option<Buffer>,
        /// Of its answers about IPVS.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        ipvs: Option<Buffer>,
    },
    /// Asks for what [`KernelCall::Follow`] would, and follows as before.
    Look {
        /// Names of links, whether they exist or not.
        interfaces: Vec<String>,
        /// Addresses whose link is looked for whatever its name.
        addresses: Vec<IpAddr>,
    },
    /// Adds and deletes addresses, in order, in one send. Adding what exists and deleting what is
    /// absent succeed. A deletion never takes another address with it: what the kernel would
    /// delete along with the primary address of a subnet stays, whatever `promote_secondaries` is.
    /// What is taken for ours, but was added by somebody else by now, is not deleted: `ESTALE`.
    AddressApply {
        /// The operations.
        ops: Vec<AddressOp>,
    },
    /// Adds and deletes other things of the kernel, in order. From the first route or rule on,
    /// `Event::Shaken` tells where others have a hand in what was added.
    KernelApply {
        /// The operations.
        ops: Vec<KernelOp>,
    },
    /// What a process before has changed of the kernel's settings, and had no time to make what it was: taken for
    /// changed here, where it still is what it was made.
    SettingsWere {
        /// As told by `Event::SettingWas`.
        settings: Vec<Changed>,
    },
    /// Sends gratuitous ARP and unsolicited neighbour advertisements (the forms of `wire.md` §4),
    /// when the calls before are carried out: every address once, then all again, at the pace of
    /// their interfaces. Answered before they leave. What is asked for again while it waits is sent
    /// as often as the larger of both says; an address that is deleted is not announced any more.
    Announce {
        /// What is announced where, in order.
        places: Vec<Announcement>,
    },
    /// Puts a table of nftables in place, instead of whatever has its name, in one transaction. Whoever else
    /// changes or removes it from then on is told of by `Event::NftChanged`.
    NftReplace {
        /// The table as it shall be.
        table: Table,
    },
    /// Removes a table of nftables. Idempotent.
    NftRemove {
        /// Which one.
        table: TableId,
    },
    /// Changes what sets of a table hold, in one transaction.
    NftElements {
        /// The table.
        table: TableId,
        /// The changes.
        changes: Vec<ElementChange>,
    },
}

/// About IPVS: for the kernel thread as well, in their own order; they let others go first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "call",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum IpvsCall {
    /// Asks for version and table size of IPVS; loads the module if need be.
    IpvsInfo,
    /// Asks for all services with all their destinations. What was told by differences does not count
    /// for this, nor this for them.
    IpvsDump,
    /// Asks for the services, with all their destinations, that are other than was told the last time:
    /// in pieces by `Event::IpvsServices`, the rest as the answer.
    IpvsDifference {
        /// For all of them: what was told does not count.
        afresh: bool,
    },
    /// Applies operations in order, many messages in one send, each acknowledged.
    IpvsApply {
        /// The operations.
        ops: Vec<IpvsOp>,
    },
    /// Counts the connections of the destinations of some services.
    IpvsConnections {
        /// The services.
        services: Vec<ServiceId>,
    },
    /// Asks for the connection timeouts.
    IpvsTimeouts,
    /// Sets connection timeouts; 0 leaves a value as it is (kernel: `ip_vs_set_timeout`).
    IpvsSetTimeouts {
        /// The timeouts.
        timeouts: IpvsTimeouts,
    },
    /// Looks at the IPVS table from now on, since the kernel does not tell of its changes: one that somebody
    /// else made is told by `Event::IpvsChanged`. What is compared with is what differences have told.
    IpvsWatch {
        /// Time from one look to the next, µs; longer when looking takes longer than 3 % of it. 0: no more.
        #[cfg_attr(test, ts(type = "number"))]
        interval: u64,
    },
}

/// Orders to probe: for the probe thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "call",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ProbeCall {
    /// Gives and ends orders, one after another.
    Probes {
        /// The operations.
        ops: Vec<ProbeOp>,
    },
    /// Asks how many outcomes of each order were as expected.
    ProbeCounters,
}

/// One operation on the orders of the probe thread, which have numbers of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ProbeOp {
    /// Standing order to probe a target. Replaces an order with the same number; a probe under way
    /// is dropped.
    Probe {
        /// Number of the order.
        order: u32,
        /// Returned in `Event::Outcome`.
        seq: u32,
        /// What to do.
        probe: Box<Probe>,
        /// Time from now to the first start, µs.
        #[cfg_attr(test, ts(type = "number"))]
        delay: u64,
        /// Time between starts, µs; a probe still running when its turn comes is not doubled: the
        /// next starts when it ends. 0: once.
        #[cfg_attr(test, ts(type = "number"))]
        interval: u64,
        /// Each start is up to so much later than its moment, µs, which is not always the same; absent: 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "number"))]
        jitter: Option<u64>,
        /// An outcome equal to this one is counted, not reported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        expect: Option<Outcome>,
    },
    /// Ends a probe order. Idempotent.
    Unprobe {
        /// Number of the order.
        order: u32,
    },
}

/// Programs, pipes and the service manager: for the child thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "call",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ChildCall {
    /// What children begin with from now on, beside what this process was started with.
    Children {
        /// Variables they do not inherit.
        without: Vec<String>,
        /// Variables that are set for them.
        with: Vec<Variable>,
        /// Their soft limit of open files, at most the hard one this process began with; absent: the
        /// one it began with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        open_files: Option<u32>,
    },
    /// Asks whether root may run a program: fails when others can change it (status 16).
    Judge {
        /// The program; without a slash it is looked for in the children's `PATH`.
        program: String,
        /// Who would run it; absent: the account of this process.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        account: Option<Account>,
    },
    /// Starts a program as leader of a session and process group of its own, without any descriptor
    /// but `/dev/null`, with default signal actions and no signal blocked, told to end when this
    /// process dies. Answered when it runs; `Event::ChildEnded` follows.
    Spawn {
        /// Chosen by the caller, not that of a child that runs or is being ended.
        child: u32,
        /// The program, looked for like `Judge`'s, and its arguments.
        argv: Vec<String>,
        /// Who runs it; absent: the account of this process.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        account: Option<Account>,
        /// When given, the program is judged first, and these as well; what was judged is run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        guard: Option<Vec<String>>,
        /// Time after which its group is told to end, µs; absent: none. Time nobody saw is granted
        /// once more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "number"))]
        limit: Option<u64>,
        /// Time from then to its end by force, µs: all that is left of the group is killed.
        #[cfg_attr(test, ts(type = "number"))]
        grace: u64,
    },
    /// Tells a child's group to end, as at its limit. Idempotent.
    EndChild {
        /// The child.
        child: u32,
    },
    /// Sends a message to the service manager (`sd_notify(3)`), without waiting. Failure is reported
    /// in the reply only.
    Notify {
        /// Value of `NOTIFY_SOCKET`: a path, or `@` and an abstract name.
        socket: String,
        /// Assignments, one a line.
        text: String,
    },
    /// Opens a named pipe, which is made when there is none and then belongs to the account given. Idempotent. What is no pipe, a
    /// link, or somebody else's is refused.
    OpenFifo {
        /// Its path.
        path: String,
        /// Whose it becomes, and may be; absent: this process's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        account: Option<Account>,
    },
    /// Writes to a pipe without waiting: what does not fit is dropped, see `Event::FifoDropped`.
    WriteFifo {
        /// Its path.
        path: String,
        /// A line with its end, at most 4,096 bytes.
        text: String,
    },
    /// Closes a pipe, and removes it if it was made here. Idempotent.
    CloseFifo {
        /// Its path.
        path: String,
    },
}

/// What is followed beside the kernel's tables: for the tracker thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "call",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum TrackCall {
    /// Follows files from now on, in place of those before, and tells what each holds at once and whenever that changes:
    /// `Event::FileChanged`.
    FollowFiles {
        /// The files, each once.
        files: Vec<FollowedFile>,
    },
    /// Counts processes from now on, in place of those before, and tells each count at once and whenever it changes:
    /// `Event::ProcessCount`. Failure: the kernel does not tell of processes here, and they are counted once a second.
    FollowProcesses {
        /// Which processes, each name once.
        patterns: Vec<ProcessPattern>,
        /// `SO_RCVBUF` of the socket the kernel tells by, bytes; absent: room for a thousand processes a millisecond.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        receive_buffer: Option<u32>,
        /// Beyond `net.core.rmem_max`.
        force: bool,
    },
    /// Says something to the other daemons of this network namespace, see `Event::LocalSaid`. From the first time on, what they
    /// say is heard.
    SayLocally {
        /// One after another, each 64 KiB at most.
        texts: Vec<String>,
        /// To the one with this name; absent: to all others there are now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        to: Option<String>,
    },
}

/// For the thread of the wills.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "call",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum GuardianCall {
    /// Starts the guardian, which carries out the last wills of the orders when this process dies
    /// without goodbye. Answered when the guardian of a daemon that died before has done its work;
    /// refused where no program may be executed from memory.
    Guard {
        /// Names the daemon among all of this network namespace: its pid file.
        name: String,
        /// Whether the guardian may say what it does on standard error; to syslog it does anyway.
        console: bool,
        /// File at whose end it says it too; an absolute path.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        file: Option<String>,
    },
    /// Asks the guardians of daemons of this name that left or died what they hold for this one. Answered
    /// by `CallResult::Inherited` when those that hold nothing any more have ended. What is held is taken
    /// over with the first `transmit` for its virtual router.
    Inherit {
        /// As in `guard`.
        name: String,
    },
    /// What is held for this process is left: farewells are sent, and what is there goes as after a death.
    Renounce {
        /// What nobody will speak for.
        routers: Vec<HeldRouter>,
        /// Answered only when it is gone.
        wait: bool,
    },
    /// How long the guardian speaks in the place of this process when it dies, so that another one can
    /// take it: adverts go on, and what is held stays.
    Bridge {
        /// µs; 0: farewells are sent at once.
        #[cfg_attr(test, ts(type = "number"))]
        within: u64,
    },
}

/// What may take long and is rare: each has a thread of its own while it lasts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "call",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum SideCall {
    /// Sends a mail, in a thread of its own. Answered when the relay has taken it for everybody, or has not.
    Mail(Mail),
    /// Puts a file in place whole, in a thread of its own; a link at its path is replaced. What
    /// fails leaves nothing behind.
    PutFile {
        /// Its path.
        path: String,
        /// What it holds.
        text: String,
        /// Permission bits, less the umask.
        mode: u32,
    },
    /// Counts the ports of local addresses that are in use, by what connection tracking knows.
    CountPorts {
        /// The addresses.
        addresses: Vec<IpAddr>,
        /// While fewer connections than this are tracked nothing is counted.
        #[cfg_attr(test, ts(type = "number"))]
        least: u64,
    },
    /// How threads of this process are run, in order, in a thread of its own.
    Threads {
        /// What is wanted.
        settings: Vec<ThreadSetting>,
    },
    /// Opens a log lane, in place of one before. It has a thread of its own: nothing else waits for
    /// its reader.
    LogOpen {
        /// Which one.
        lane: LogLane,
        /// The file to append to, or another socket than `/dev/log`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        path: Option<String>,
    },
    /// Is answered when every message of a lane before is written or lost.
    LogFlush {
        /// Which one.
        lane: LogLane,
    },
}
