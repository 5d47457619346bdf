//! The guardian: a small program of its own that outlives a daemon which ends without goodbye
//! (SIGKILL, out of memory, a bug) and carries out its last wills: farewells at once, so that a
//! backup takes over after the skew time as at a planned stop; then addresses and what else is ours
//! are withdrawn when the successor has announced itself, or after a limit; and at last everything of
//! the daemon that is of no virtual router alone: routes, rules, tables of nftables, links, settings.
//!
//! It lives inside the core, is started from memory, has no threads and needs no files. The daemon tells
//! it wills by the socket that is its standard input, and whose end is the daemon's death: numbers
//! of processes, which may be used again, play no part. A daemon that hands over on purpose has a
//! will carried out while it lives.
//!
//! When another daemon is to take its place (a restart, an upgrade, a crash under a supervisor) it speaks
//! meanwhile: adverts go on for a bounded time, and everything stays where it is.
//!
//! Usage: `holdfast-guardian NAME [LOG]`. While it lives it listens on the abstract socket NAME; a daemon
//! that starts in the place of another one is told there what is held for it, says what it takes, or
//! waits for the end.

mod bridge;
mod ears;
mod estate;
mod heirs;
// The daemon uses the other half.
#[allow(dead_code)]
mod message;
mod packet;
mod report;
mod system;
mod will;

use bridge::Bridge;
use ears::{Ears, Heard};
use estate::Estate;
use heirs::Heirs;
use message::{Deed, Ip, LONGEST, Message, Record, Router};
use report::Report;
use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::PathBuf;
use system::{Vrrp4, Vrrp6, now};
use will::{Execution, Will, Wills};

fn main() {
    system::outlive();
    let mut words = std::env::args_os().skip(1);
    let name = words.next().unwrap_or_default();
    // Without it nobody waits for this process, which is all it is for.
    let listener = SocketAddr::from_abstract_name(name.as_encoded_bytes())
        .and_then(|address| UnixListener::bind_addr(&address));
    let Ok(daemon) = io::stdin().as_fd().try_clone_to_owned() else {
        return;
    };
    let Ok(kernel) = system::routing(false) else {
        return;
    };
    Guardian {
        daemon: Some(daemon),
        kernel,
        heirs: Heirs::at(listener.ok()),
        bridging: 0,
        bridge: None,
        wills: Wills::default(),
        estate: Estate::default(),
        execution: Execution::default(),
        ears: Ears::default(),
        mouth: Mouth::default(),
        report: Report::to(words.next().map(PathBuf::from)),
        buffer: vec![0; LONGEST],
    }
    .run();
}

struct Guardian {
    /// Absent when it is dead.
    daemon: Option<OwnedFd>,
    kernel: OwnedFd,
    heirs: Heirs,
    /// How long it speaks in the place of a daemon that dies, µs.
    bridging: u64,
    /// While it does.
    bridge: Option<Bridge>,
    wills: Wills,
    estate: Estate,
    execution: Execution,
    ears: Ears,
    mouth: Mouth,
    report: Report,
    buffer: Vec<u8>,
}

impl Guardian {
    /// Until there is nothing to do and nobody to do it for.
    fn run(&mut self) {
        loop {
            let bridge = self.bridge.as_ref().map(Bridge::deadline);
            let deadline = [self.execution.deadline(), bridge];
            let deadline = deadline.into_iter().flatten().min();
            if deadline.is_none() {
                self.ears.close();
                if self.daemon.is_none() {
                    self.settle();
                    self.report.withdrawn();
                    return self.report.write();
                }
                self.report.write();
            }
            let daemon = self.daemon.iter().map(AsRawFd::as_raw_fd);
            let others = self.ears.descriptors().chain(self.heirs.descriptors());
            let descriptors: Vec<_> = daemon.chain(others).collect();
            let ready = system::wait(&descriptors, deadline);
            self.hear();
            if self.daemon.is_some() && ready.first() == Some(&true) && !self.listen() {
                return;
            }
            self.heirs.admit();
            self.speak();
            let due = self.execution.due(now());
            self.withdraw(due);
        }
    }

    /// Takes what the daemon says; false when that was goodbye.
    fn listen(&mut self) -> bool {
        let Some(daemon) = &self.daemon else {
            return true;
        };
        let Some(datagram) = system::receive_from_daemon(daemon, &mut self.buffer) else {
            self.daemon = None;
            if self.bridge.is_none() {
                self.daemon_died();
            }
            return true;
        };
        match Message::decode(datagram) {
            Some(Message::Goodbye) => return false,
            Some(Message::Carried { order, beaten }) => {
                if let Some(will) = self.wills.take(order) {
                    self.begin(will, beaten);
                }
            }
            Some(Message::Bridging { within }) => self.bridging = within,
            Some(Message::Leaving { within }) => self.stand_in(true, within),
            Some(message) => {
                if let Message::Will(heading) = &message {
                    self.execution.end(heading.order);
                }
                if let Message::Revoked { order } = &message {
                    self.execution.end(*order);
                }
                self.estate.enter(&message);
                self.wills.enter(message);
            }
            None => {}
        }
        true
    }

    fn daemon_died(&mut self) {
        if self.bridging > 0 {
            return self.stand_in(false, self.bridging);
        }
        let wills = self.wills.take_all();
        self.report.died(wills.len());
        self.leave(wills);
    }

    /// From now on nobody is to notice that there is no daemon.
    fn stand_in(&mut self, planned: bool, within: u64) {
        let wills = self.wills.take_all();
        self.report.stands_in(wills.len(), planned, within);
        wills.iter().for_each(|will| self.ears.open(will));
        self.bridge = Some(Bridge::begin(wills, planned, within, now()));
    }

    /// Speaks for whoever is to come, and does what it says when it has.
    fn speak(&mut self) {
        let Some(bridge) = &mut self.bridge else {
            // They wait for the end, and may have stopped doing so.
            self.heirs.listen();
            return;
        };
        let routers: Vec<Router> = bridge.routers().collect();
        if self.heirs.tell(&routers, bridge.planned) {
            bridge.met = true;
            // It has all of that by now, or removes it.
            self.estate.forget();
        }
        let mut left = Vec::new();
        for record in self.heirs.listen() {
            match record {
                Record::Taken(router) => {
                    if bridge.take(router).is_some() {
                        self.report.taken();
                    }
                }
                Record::Renounced(router) => left.extend(bridge.take(router)),
                Record::Held(_) | Record::All { .. } => {}
            }
        }
        let now = now();
        let over = bridge.over(now);
        if !over.is_empty() {
            self.report.gave_up(over.len());
        }
        left.extend(over);
        for will in bridge.due(now) {
            if let Err(error) = self.mouth.say(will, &will.adverts) {
                self.report.failed("send an advert", &error);
            }
        }
        if bridge.is_done(now) {
            self.bridge = None;
            self.report.relieved();
        }
        self.leave(left);
    }

    /// Farewells first, whatever is slow comes later.
    fn leave(&mut self, wills: Vec<Will>) {
        for will in &wills {
            if let Err(error) = self.mouth.say(will, &will.farewells) {
                self.report.failed("send a farewell", &error);
            }
        }
        wills.into_iter().for_each(|will| self.begin(will, false));
    }

    fn begin(&mut self, will: Will, beaten: bool) {
        self.ears.open(&will);
        self.execution.begin(will, beaten, now());
    }

    /// Takes what successors say, and what others do to addresses.
    fn hear(&mut self) {
        for heard in self.ears.hear(&mut self.buffer) {
            match heard {
                Heard::Master(router) => {
                    // Whoever speaks while there is no daemon to judge it takes over.
                    let bridge = self.bridge.as_mut();
                    if let Some(will) = bridge.and_then(|bridge| bridge.take(router)) {
                        self.report.yielded();
                        self.begin(will, true);
                    } else if self.execution.heard(router, now()) {
                        self.report.succeeded();
                    }
                }
                Heard::Announced(address) => {
                    let requests = self.execution.announced(address);
                    self.withdraw(requests);
                }
                Heard::Removed(address) => self.execution.removed(address),
            }
        }
    }

    fn withdraw(&mut self, requests: Vec<Vec<u8>>) {
        for request in requests {
            match ask(&self.kernel, &request, &mut self.buffer) {
                Ok(()) => self.report.withdrew(),
                Err(error) => self.report.failed("withdraw", &error),
            }
        }
    }

    /// What the dead daemon had beside the wills of its orders.
    fn settle(&mut self) {
        for deed in self.estate.take_all() {
            let done = match deed {
                Deed::Route(request) => ask(&self.kernel, &request, &mut self.buffer),
                Deed::Netfilter(request) => {
                    system::netfilter().and_then(|kernel| ask(&kernel, &request, &mut self.buffer))
                }
                Deed::Setting { name, is, was } => system::restore(&name, &is, &was).map(drop),
            };
            match done {
                Ok(()) => self.report.settled(),
                Err(error) => self.report.failed("undo what was set up", &error),
            }
        }
    }
}

/// Sends a request to the kernel; fails with the first refusal. What is gone already is done.
fn ask(kernel: &OwnedFd, request: &[u8], buffer: &mut [u8]) -> io::Result<()> {
    let mut done = system::ask_kernel(kernel, request);
    while let Some(answer) = system::receive(kernel, buffer) {
        if let Some(errno) = packet::refusal(answer) {
            done = done.and(Err(io::Error::from_raw_os_error(errno)));
        }
    }
    done
}

/// Sockets to send by, opened when something is sent.
#[derive(Default)]
struct Mouth {
    /// By interface.
    v4: BTreeMap<u32, Vrrp4>,
    /// By interface and source, to which a socket is bound.
    v6: BTreeMap<(u32, std::net::Ipv6Addr), Vrrp6>,
}

impl Mouth {
    /// Sends datagrams in the name of a will, up to the first that fails.
    fn say(&mut self, will: &Will, datagrams: &[(Ip, Vec<u8>)]) -> io::Result<()> {
        use std::collections::btree_map::Entry;
        let ifindex = will.heading.ifindex;
        for (destination, bytes) in datagrams {
            match (will.heading.source, *destination) {
                (Ip::V4(_), Ip::V4(destination)) => {
                    let socket = match self.v4.entry(ifindex) {
                        Entry::Occupied(socket) => socket.into_mut(),
                        Entry::Vacant(place) => place.insert(Vrrp4::open(ifindex)?),
                    };
                    socket.send(destination, bytes)?;
                }
                (Ip::V6(source), Ip::V6(destination)) => {
                    let socket = match self.v6.entry((ifindex, source)) {
                        Entry::Occupied(socket) => socket.into_mut(),
                        Entry::Vacant(place) => place.insert(Vrrp6::open(ifindex)?),
                    };
                    socket.send(source, destination, ifindex, bytes)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}
