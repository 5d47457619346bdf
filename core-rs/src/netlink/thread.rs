//! The loop of the kernel thread: what the kernel tells first, then one call or one step of a long
//! one, again.

use super::address;
use super::apply::{self, Placed};
use super::beat::Beats;
use super::follow::{Followed, Verdict};
use super::link::Links;
use super::notify::{Notice, Notices};
use super::ours::{Doer, Ours};
use super::own_link;
use super::socket::Conversation;
use crate::announce::Announcer;
use crate::asked::Asked;
use crate::engine::UNSEEN;
use crate::error::Error;
use crate::ipvs::Ipvs;
use crate::ipvs::job::Job;
use crate::mailbox::{Mailbox, Post, Taken, mailbox};
use crate::nft::Nft;
use crate::protocol::{
    Address, AddressOp, Announcement, CallResult, Deed, Event, IpvsCall, KernelCall, KernelOp,
    Link, Thing,
};
use crate::settings::Settings;
use crate::sink::Sink;
use crate::sys::clock;
use crate::sys::epoll::{Epoll, Ready64};
use crate::sys::signal::{self, Executor};
use crate::sys::timer::Timer;
use neli::consts::socket::NlFamily;
use std::any::Any;
use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Changes of addresses between two looks at the notifications: each causes one of about 1 KiB,
/// and their receive buffer may have no more than 416 KiB.
const ADDRESSES_AT_ONCE: usize = 192;

/// Changes of other things between two looks at the notifications.
const THINGS_AT_ONCE: usize = 192;

/// Token of what is heard of addresses that were announced.
const CLAIMS: u64 = 4;

/// How long it is waited for the engine where that has not done yet what was due.
const BEHIND: Duration = Duration::from_millis(2);

/// Notifications heard between two calls.
const NOTICES_AT_ONCE: usize = 256;

/// How long, ms, it takes until what could not be read is read again.
const RETRY: i32 = 100;

/// The running thread. Dropped, it executes what was submitted before and ends.
#[derive(Debug)]
pub struct KernelThread {
    handle: KernelHandle,
    thread: Option<JoinHandle<()>>,
}

/// Submits calls to the kernel thread. Usable from any thread, never blocks.
#[derive(Debug, Clone)]
pub struct KernelHandle(Post<Message>);

#[derive(Debug)]
enum Message {
    Call(Asked<KernelCall>),
    /// Lets others go first.
    Ipvs(Asked<IpvsCall>),
    /// Everything before that does not let others go first is done: somebody waits for that.
    Settle(Sender<()>),
    /// The thread shall end.
    Stop,
}

impl KernelThread {
    /// Opens the sockets and starts the thread. Replies and events are left in `sink`.
    pub fn spawn<S: Sink>(sink: S) -> Result<Self, Error> {
        let (post, messages) = mailbox()?;
        let mut worker = Worker::new(sink, messages)?;
        let thread = std::thread::Builder::new()
            .name("kernel".into())
            .spawn(move || {
                crate::threads::enter(Some(crate::protocol::ThreadRole::Vrrp), false);
                worker.run();
            })
            .map_err(Error::system("start the kernel thread"))?;
        Ok(Self {
            handle: KernelHandle(post),
            thread: Some(thread),
        })
    }

    /// For submitting calls.
    pub fn handle(&self) -> KernelHandle {
        self.handle.clone()
    }
}

impl Drop for KernelThread {
    fn drop(&mut self) {
        self.handle.0.put(Message::Stop);
        if let Some(thread) = self.thread.take() {
            // It catches the panics of calls; another one was reported when it happened.
            let _ = thread.join();
        }
    }
}

impl KernelHandle {
    /// Queues a call; with a number it is answered. Calls are executed one after another, in the order
    /// of submission.
    pub fn submit(&self, id: Option<u32>, call: KernelCall) {
        self.ask(Asked::Said(id, call));
    }

    /// Queues a call, see [`KernelHandle::submit`].
    pub fn ask(&self, asked: Asked<KernelCall>) {
        self.0.put(Message::Call(asked));
    }

    /// Queues a call about IPVS: they are executed in their order, and when nothing else waits.
    pub fn ask_ipvs(&self, asked: Asked<IpvsCall>) {
        self.0.put(Message::Ipvs(asked));
    }

    /// Waits until every call submitted before is executed, but those about IPVS, at most for
    /// `limit`.
    pub fn settle(&self, limit: Duration) {
        let (done, settled) = channel();
        self.0.put(Message::Settle(done));
        // Late, or the thread has ended: there is nothing more to wait for.
        let _ = settled.recv_timeout(limit);
    }
}

struct Worker<S> {
    sink: S,
    messages: Mailbox<Message>,
    /// What goes first, in the order of submission.
    urgent: VecDeque<Message>,
    /// What lets others go first, in the order of submission.
    jobs: VecDeque<(Option<u32>, Job)>,
    /// There are no more messages.
    closed: bool,
    epoll: Epoll,
    notices: Notices,
    kernel: Conversation,
    ipvs: Ipvs,
    nft: Nft,
    settings: Settings,
    /// Whether the loop is woken by what becomes of tables of nftables.
    watches_nft: bool,
    announcer: Announcer,
    /// Set to when the next announcement may leave.
    timer: Timer,
    links: Links,
    ours: Ours,
    placed: Placed,
    followed: Followed,
    beats: Beats,
    /// Whether `links` is complete: it was read, and no notification was lost since.
    links_known: bool,
    /// Notifications were lost: what is followed has to be read anew.
    lost: bool,
}

impl<S: Sink> Worker<S> {
    fn new(sink: S, messages: Mailbox<Message>) -> Result<Self, Error> {
        let notices = Notices::open()?;
        let watch = || -> io::Result<(Epoll, Timer)> {
            let (epoll, timer) = (Epoll::new()?, Timer::new()?);
            epoll.add(&messages, libc::EPOLLIN, 0)?;
            epoll.add(&notices, libc::EPOLLIN, 1)?;
            epoll.add(&timer, libc::EPOLLIN, 2)?;
            Ok((epoll, timer))
        };
        let (epoll, timer) = watch().map_err(Error::system("watch the kernel's notifications"))?;
        Ok(Self {
            sink,
            messages,
            urgent: VecDeque::new(),
            jobs: VecDeque::new(),
            closed: false,
            epoll,
            notices,
            kernel: Conversation::open(NlFamily::Route)?,
            ipvs: Ipvs::default(),
            nft: Nft::default(),
            settings: Settings::default(),
            watches_nft: false,
            announcer: Announcer::default(),
            timer,
            links: Links::default(),
            ours: Ours::default(),
            placed: Placed::default(),
            followed: Followed::default(),
            beats: Beats::default(),
            links_known: false,
            lost: false,
        })
    }

    fn run(&mut self) {
        let _enlisted = signal::executor(Executor::Kernel);
        let mut ready = Ready64::default();
        loop {
            self.hear_some();
            self.catch_up();
            self.look_for_carrier();
            self.receive();
            self.jobs.extend(self.ipvs.due().map(|job| (None, job)));
            match self.urgent.pop_front() {
                Some(Message::Call(asked)) => self.execute(asked),
                // Fails when nobody waits any longer.
                Some(Message::Settle(done)) => drop(done.send(())),
                Some(Message::Ipvs(_) | Message::Stop) => {}
                None if self.announces() => {}
                None if !self.jobs.is_empty() => self.work(),
                None if self.closed => return,
                None => {
                    // What is late for want of a timer is sent with whatever comes next.
                    let _ = self.timer.set(self.announcer.next_at());
                    let wait = self.wait();
                    if self.epoll.wait(&mut ready, wait).is_err() {
                        return;
                    }
                    self.messages.clear();
                    if ready.iter().any(|one| one.token == CLAIMS) {
                        self.hear_claims();
                    }
                }
            }
        }
    }

    /// Hears who else claims what was announced; after what the engine has asked for until now, and
    /// without a word as long as it is not known what that is.
    fn hear_claims(&mut self) {
        let now = clock::now();
        let behind = self.sink.is_behind(now);
        self.receive();
        if behind {
            self.announcer.pass_over();
        } else if self.urgent.is_empty() {
            self.announcer.hear(&self.links, &self.sink, now);
        }
    }

    /// How long, ms, nothing is to be done unless something comes; -1: for ever.
    fn wait(&self) -> i32 {
        let look = self.ipvs.wait().map(|wait| {
            // Rounded up, so that it is due then.
            i32::try_from(wait.as_millis() + 1).unwrap_or(i32::MAX)
        });
        let retry = self.lost.then_some(RETRY);
        let beat = self.beats.wait(clock::now());
        [look, retry, beat]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(-1)
    }

    /// Puts what was submitted where it waits for its turn.
    fn receive(&mut self) {
        loop {
            match self.messages.take() {
                Taken::Message(Message::Ipvs(asked)) => {
                    let (id, call) = asked.read();
                    match call {
                        Ok(call) => self.jobs.push_back((id, Job::of(call))),
                        Err(error) => self.reply(id, Err(error)),
                    }
                }
                Taken::Message(Message::Stop) | Taken::Closed => {
                    self.closed = true;
                    return;
                }
                Taken::Message(urgent) => self.urgent.push_back(urgent),
                Taken::Nothing => return,
            }
        }
    }

    /// Hears part of what the kernel tells: however much that is, calls get their turn.
    fn hear_some(&mut self) {
        for notice in self.notices.take(NOTICES_AT_ONCE) {
            self.hear(notice, &[]);
        }
        for table in self.nft.changed() {
            self.sink.event(Event::NftChanged { table });
        }
    }

    /// Hears one thing that may be the doing of `ops`.
    fn hear(&mut self, notice: Notice, ops: &[AddressOp]) {
        match notice {
            Notice::Link { link, removed } => {
                self.hear_link(self.beats.judged(link), removed);
            }
            Notice::Address {
                address,
                removed,
                origin,
                ..
            } => {
                if removed {
                    // Whoever did it, the guardian for example: it is not to be defended any more.
                    self.announcer.forget(address.ifindex, address.address);
                }
                let doer = self.doer(&address, removed, (origin, ops));
                let ordered = self.ours.enter(&address, removed, doer);
                match self.followed.address(&address, removed, ordered) {
                    Verdict::Tell => self.sink.event(Event::Address {
                        address,
                        removed,
                        ordered,
                    }),
                    Verdict::Begin(ifindex) => self.follow_link(ifindex),
                    Verdict::Nothing => {}
                }
            }
            Notice::Spot { spot, origin } => {
                if origin != self.kernel.port() && self.placed.has(&spot) {
                    self.sink.event(Event::Shaken { spot: Some(spot) });
                }
            }
            Notice::Overrun => {
                self.links_known = false;
                self.lost = true;
            }
        }
    }

    fn hear_link(&mut self, link: Link, removed: bool) {
        let news = self.links.enter(&link, removed);
        match self.followed.link(&link, removed, news) {
            Verdict::Tell => self.sink.event(Event::Link { link, removed }),
            Verdict::Begin(ifindex) => self.follow_link(ifindex),
            Verdict::Nothing => {}
        }
    }

    /// Carrier of the links that are asked for it.
    fn look_for_carrier(&mut self) {
        for link in self.beats.due(&self.links, clock::now()) {
            self.hear_link(link, false);
        }
    }

    /// A link got a name or an address that is followed: tells of it and of all it carries.
    fn follow_link(&mut self, ifindex: u32) {
        // What cannot be read now, such as in a storm of changes, is made good later.
        let (Some(link), Ok(dump)) = (self.links.get(ifindex), address::list(&mut self.kernel))
        else {
            self.lost = true;
            return;
        };
        for event in self.followed.begin_link(link, dump) {
            self.sink.event(event);
        }
    }

    /// Makes good what was not heard. What cannot be read in a storm of changes is read later.
    fn catch_up(&mut self) {
        if !self.lost {
            return;
        }
        if self.followed.is_idle() {
            self.lost = false;
            self.shaken_anywhere();
            return;
        }
        let before = self.links.clone();
        let Ok(dump) = self
            .read_links()
            .and_then(|()| address::list(&mut self.kernel))
        else {
            self.links = before;
            self.links_known = false;
            return;
        };
        self.lost = false;
        self.shaken_anywhere();
        let is_ours = |address: &Address| self.ours.is_ours(address);
        for event in self.followed.catch_up(&before, &self.links, dump, is_ours) {
            self.sink.event(event);
        }
        self.ours.forget();
    }

    /// What others did to routes and rules was not heard.
    fn shaken_anywhere(&self) {
        if !self.placed.is_empty() {
            self.sink.event(Event::Shaken { spot: None });
        }
    }

    /// Who did what was told of an address. The kernel names the origin in IPv4 only, and tells of
    /// additions in IPv6 later.
    fn doer(&self, address: &Address, removed: bool, (origin, ops): (u32, &[AddressOp])) -> Doer {
        let named = is_named(ops, address);
        match address.address {
            IpAddr::V4(_) if origin != self.kernel.port() => Doer::Other,
            IpAddr::V6(_) if !named && (removed || !address::is_marked(address)) => Doer::Other,
            IpAddr::V4(_) if !named => Doer::Unordered,
            _ => Doer::Ordered,
        }
    }

    fn execute(&mut self, asked: Asked<KernelCall>) {
        let sink = self.sink.clone();
        asked.answer(&sink, |call| {
            let result = catch_unwind(AssertUnwindSafe(|| self.call(call)));
            result.unwrap_or_else(|panic| Err(panicked(&panic)))
        });
    }

    /// Sends announcements that are due; false when there are none.
    fn announces(&mut self) -> bool {
        let now = clock::now();
        let Some(at) = self.announcer.next_at().filter(|at| *at <= now) else {
            return false;
        };
        // What is late may be of an order that has lapsed meanwhile.
        if now > at.saturating_add(UNSEEN) && at > 0 && self.sink.is_behind(now) {
            std::thread::sleep(BEHIND);
            return true;
        }
        self.announcer.send_some(&self.links, &self.sink, now);
        true
    }

    /// Goes one step with the first job.
    fn work(&mut self) {
        let Some((id, mut job)) = self.jobs.pop_front() else {
            return;
        };
        let step = catch_unwind(AssertUnwindSafe(|| self.ipvs.step(&mut job, &self.sink)));
        match step.unwrap_or_else(|panic| Err(panicked(&panic))) {
            Ok(None) => self.jobs.push_front((id, job)),
            Ok(Some(result)) => self.reply(id, Ok(result)),
            Err(error) => {
                if matches!(job, Job::Look(..)) {
                    self.ipvs.look_failed();
                }
                self.reply(id, Err(error));
            }
        }
        if self.ipvs.take_difference() {
            self.sink.event(Event::IpvsChanged);
        }
    }

    fn reply(&self, id: Option<u32>, result: Result<CallResult, Error>) {
        if let Some(id) = id {
            let result = result.unwrap_or_else(|error| error.result());
            self.sink.reply(id, result);
        }
    }

    fn call(&mut self, call: KernelCall) -> Result<CallResult, Error> {
        match call {
            KernelCall::Follow {
                interfaces,
                addresses,
                polled,
            } => {
                self.beats.poll(polled, clock::now())?;
                self.follow(interfaces, addresses)
            }
            KernelCall::Look {
                interfaces,
                addresses,
            } => self.look(interfaces, addresses),
            KernelCall::Buffers {
                told,
                answered,
                ipvs,
            } => {
                if let Some(buffer) = told {
                    self.notices.set_buffer(buffer)?;
                }
                if let Some(buffer) = answered {
                    self.kernel.set_buffer(buffer)?;
                }
                self.ipvs.set_buffer(ipvs)?;
                Ok(CallResult::Done)
            }
            KernelCall::AddressApply { ops } => Ok(CallResult::Applied {
                errnos: self.apply_addresses(&ops)?,
            }),
            KernelCall::KernelApply { ops } => Ok(CallResult::Applied {
                errnos: self.apply_things(&ops)?,
            }),
            KernelCall::Announce { places } => {
                self.announce(&places)?;
                Ok(CallResult::Done)
            }
            KernelCall::NftReplace { table } => self.tables(|nft| nft.replace(&table)),
            KernelCall::NftRemove { table } => self.tables(|nft| nft.remove(&table)),
            KernelCall::NftElements { table, changes } => {
                self.tables(|nft| nft.change(&table, &changes))
            }
        }
    }

    /// Does something to tables of nftables.
    fn tables(
        &mut self,
        act: impl FnOnce(&mut Nft) -> Result<(), Error>,
    ) -> Result<CallResult, Error> {
        let done = act(&mut self.nft);
        self.watch_nft()?;
        done.map(|()| CallResult::Done)
    }

    /// From the first table on the loop is woken by what becomes of it.
    fn watch_nft(&mut self) -> Result<(), Error> {
        if let (Some(notices), false) = (self.nft.notices(), self.watches_nft) {
            let watched = self.epoll.add(notices, libc::EPOLLIN, 2);
            watched.map_err(Error::system("watch nftables"))?;
            self.watches_nft = true;
        }
        Ok(())
    }

    fn follow(
        &mut self,
        interfaces: Vec<String>,
        addresses: Vec<IpAddr>,
    ) -> Result<CallResult, Error> {
        let idle = interfaces.is_empty() && addresses.is_empty();
        let dump = if idle {
            Vec::new()
        } else {
            self.notices.hear_addresses()?;
            self.read_links()?;
            address::list(&mut self.kernel)?
        };
        let (followed, links, addresses) =
            Followed::begin(interfaces, addresses, &self.links, dump);
        self.followed = followed;
        Ok(CallResult::Followed { links, addresses })
    }

    /// What is heard and known stays as it is.
    fn look(
        &mut self,
        interfaces: Vec<String>,
        addresses: Vec<IpAddr>,
    ) -> Result<CallResult, Error> {
        let mut links = Links::default();
        links.load(&mut self.kernel)?;
        let dump = address::list(&mut self.kernel)?;
        let (_, links, addresses) = Followed::begin(interfaces, addresses, &links, dump);
        Ok(CallResult::Followed { links, addresses })
    }

    /// Hears in between what the kernel tells of each change, so that nothing is lost.
    fn apply_addresses(&mut self, ops: &[AddressOp]) -> Result<Vec<i32>, Error> {
        let mut errnos = Vec::with_capacity(ops.len());
        for ops in ops.chunks(ADDRESSES_AT_ONCE) {
            for op in ops {
                if let AddressOp::Delete { address } = op {
                    self.announcer.forget(address.ifindex, address.address);
                }
            }
            errnos.extend(address::apply(&mut self.kernel, ops, &mut self.ours)?);
            let taken_along = self.hear_consequences(ops);
            if !taken_along.is_empty() {
                address::put_back(&mut self.kernel, &taken_along)?;
                self.hear_some();
            }
        }
        Ok(errnos)
    }

    fn apply_things(&mut self, ops: &[KernelOp]) -> Result<Vec<i32>, Error> {
        let mut errnos = Vec::with_capacity(ops.len());
        for alike in ops.chunk_by(|a, b| apply::takes(a) == apply::takes(b)) {
            if !alike.first().is_some_and(apply::takes) {
                errnos.extend(alike.iter().map(|op| self.apply_thing(op)));
                continue;
            }
            for ops in alike.chunks(THINGS_AT_ONCE) {
                let with = (ops, &mut self.placed);
                errnos.extend(apply::apply(&mut self.kernel, &mut self.notices, with)?);
                self.hear_some();
            }
        }
        Ok(errnos)
    }

    /// Carries out an operation on something that does not go over rtnetlink.
    fn apply_thing(&mut self, op: &KernelOp) -> i32 {
        let done = match (&op.thing, op.op) {
            (Thing::Nft(table), Deed::Add) => self.nft.replace(table),
            (Thing::Nft(table), Deed::Delete) => self.nft.remove(&table.id()),
            (Thing::OwnLink(link), Deed::Add) => own_link::put(&mut self.kernel, link),
            (Thing::OwnLink(link), Deed::Delete) => own_link::remove(&mut self.kernel, link),
            (Thing::SyncDaemon(daemon), Deed::Add) => self.ipvs.sync(daemon),
            (Thing::SyncDaemon(daemon), Deed::Delete) => self.ipvs.unsync(daemon),
            (Thing::IpvsTimeouts(timeouts), Deed::Add) => self.ipvs.keep_timeouts(*timeouts),
            (Thing::IpvsTimeouts(_), Deed::Delete) => self.ipvs.restore_timeouts(),
            (Thing::Sysctl(sysctl), Deed::Add) => {
                if sysctl.name.starts_with("net/ipv4/vs/") {
                    // Its settings are there when the module is.
                    self.ipvs.load();
                }
                self.settings.put(sysctl)
            }
            (Thing::Sysctl(sysctl), Deed::Delete) => self.settings.restore(sysctl),
            (Thing::Route(_) | Thing::Rule(_), _) => Err(Error::Malformed(
                "this thing goes over rtnetlink".to_owned(),
            )),
        };
        match done.and_then(|()| self.watch_nft()) {
            Ok(()) => 0,
            Err(error) if error.errno() != 0 => error.errno(),
            Err(_) => libc::EINVAL,
        }
    }

    /// Hears what the operations did; what they deleted beside what they name is returned: a
    /// neighbour that could not be foreseen, such as the near end of a point-to-point link whose far
    /// end is what was deleted.
    fn hear_consequences(&mut self, ops: &[AddressOp]) -> Vec<Vec<u8>> {
        let us = self.kernel.port();
        let mut taken_along = Vec::new();
        for notice in self.notices.take(usize::MAX) {
            match &notice {
                Notice::Address {
                    address,
                    removed: true,
                    origin,
                    body,
                } if *origin == us && !is_deletion(ops, address) => taken_along.push(body.clone()),
                _ => {}
            }
            self.hear(notice, ops);
        }
        taken_along
    }

    /// Takes all that can be announced; the first that cannot be is told.
    fn announce(&mut self, places: &[Announcement]) -> Result<(), Error> {
        if !self.links_known {
            self.read_links()?;
        }
        let mut result = Ok(());
        for place in places {
            let Announcement { ifindex, .. } = place;
            let entered = match self.links.get(*ifindex) {
                Some(link) => self.announcer.enter(link, place, (&self.epoll, CLAIMS)),
                None => {
                    let interface = format!("interface {ifindex}");
                    let source = io::Error::from_raw_os_error(libc::ENODEV);
                    Err(Error::socket("announce an address", &interface)(source))
                }
            };
            result = result.and(entered);
        }
        result
    }

    fn read_links(&mut self) -> Result<(), Error> {
        self.links.load(&mut self.kernel)?;
        self.links.judge(|link| self.beats.judged(link));
        self.links_known = true;
        Ok(())
    }
}

fn panicked(panic: &Box<dyn Any + Send>) -> Error {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    Error::Panic(text.unwrap_or_default())
}

fn is_named(ops: &[AddressOp], address: &Address) -> bool {
    let added = |op: &AddressOp| matches!(op, AddressOp::Add { address: one } if one.is(address));
    ops.iter().any(added) || is_deletion(ops, address)
}

fn is_deletion(ops: &[AddressOp], address: &Address) -> bool {
    let is = |op: &AddressOp| matches!(op, AddressOp::Delete { address: one } if one.is(address));
    ops.iter().any(is)
}
