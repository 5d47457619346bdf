//! The guardian: a small program of its own that outlives a daemon which ends without goodbye
//! (SIGKILL, out of memory, a bug) and carries out its last wills: farewells at once, so that a
//! backup takes over after the skew time as at a planned stop; then addresses and what else is ours
//! are withdrawn when the successor has announced itself, or after a limit.
//!
//! It lives inside the core, is started from memory, has no threads and no files. The daemon tells
//! it wills by the socket that is its standard input, and whose end is the daemon's death: numbers
//! of processes, which may be used again, play no part. A daemon that hands over on purpose has a
//! will carried out while it lives.
//!
//! Usage: `holdfast-guardian NAME`. While it lives it listens on the abstract socket NAME; a daemon
//! that starts in the place of a dead one waits for its end there.

mod ears;
// The daemon uses the other half.
#[allow(dead_code)]
mod message;
mod packet;
mod report;
mod system;
mod will;

use ears::{Ears, Heard};
use message::{Ip, LONGEST, Message};
use report::Report;
use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use system::{Vrrp4, Vrrp6, now};
use will::{Execution, Will, Wills};

fn main() {
    system::outlive();
    let name = std::env::args().nth(1).unwrap_or_default();
    // Without it nobody waits for this process, which is all it is for.
    let _listener = SocketAddr::from_abstract_name(name.as_bytes())
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
        wills: Wills::default(),
        execution: Execution::default(),
        ears: Ears::default(),
        report: Report::default(),
        buffer: vec![0; LONGEST],
    }
    .run();
}

struct Guardian {
    /// Absent when it is dead.
    daemon: Option<OwnedFd>,
    kernel: OwnedFd,
    wills: Wills,
    execution: Execution,
    ears: Ears,
    report: Report,
    buffer: Vec<u8>,
}

impl Guardian {
    /// Until there is nothing to do and nobody to do it for.
    fn run(&mut self) {
        loop {
            let deadline = self.execution.deadline();
            if deadline.is_none() {
                self.ears.close();
                if self.daemon.is_none() {
                    return self.report.withdrawn();
                }
            }
            let daemon = self.daemon.iter().map(AsRawFd::as_raw_fd);
            let descriptors: Vec<_> = daemon.chain(self.ears.descriptors()).collect();
            let ready = system::wait(&descriptors, deadline);
            self.hear();
            if self.daemon.is_some() && ready.first() == Some(&true) && !self.listen() {
                return;
            }
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
            let wills = self.wills.take_all();
            self.report.died(wills.len());
            farewells(&wills, &mut self.report);
            wills.into_iter().for_each(|will| self.begin(will, false));
            return true;
        };
        match Message::decode(datagram) {
            Some(Message::Goodbye) => return false,
            Some(Message::Carried { order, beaten }) => {
                if let Some(will) = self.wills.take(order) {
                    self.begin(will, beaten);
                }
            }
            Some(message) => {
                if let Message::Will(heading) = &message {
                    self.execution.end(heading.order);
                }
                if let Message::Revoked { order } = &message {
                    self.execution.end(*order);
                }
                self.wills.enter(message);
            }
            None => {}
        }
        true
    }

    fn begin(&mut self, will: Will, beaten: bool) {
        self.ears.open(&will);
        self.execution.begin(will, beaten, now());
    }

    /// Takes what successors say, and what others do to addresses.
    fn hear(&mut self) {
        for heard in self.ears.hear(&mut self.buffer) {
            match heard {
                Heard::Master { ifindex, vrid } => {
                    if self.execution.heard(ifindex, vrid, now()) {
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
            match system::ask_kernel(&self.kernel, &request) {
                Ok(()) => self.report.withdrew(),
                Err(error) => self.report.failed("withdraw", &error),
            }
            while let Some(answer) = system::receive(&self.kernel, &mut self.buffer) {
                if let Some(errno) = packet::refusal(answer) {
                    let error = io::Error::from_raw_os_error(errno);
                    self.report.failed("withdraw", &error);
                }
            }
        }
    }
}

/// Sends every farewell, whether or not one before it failed.
fn farewells(wills: &[Will], report: &mut Report) {
    let mut sockets = BTreeMap::new();
    for will in wills {
        let sent = match will.heading.source {
            Ip::V4(_) => farewell4(will, &mut sockets),
            Ip::V6(source) => farewell6(will, source),
        };
        if let Err(error) = sent {
            report.failed("send a farewell", &error);
        }
    }
}

fn farewell4(will: &Will, sockets: &mut BTreeMap<u32, Vrrp4>) -> io::Result<()> {
    use std::collections::btree_map::Entry;
    let ifindex = will.heading.ifindex;
    let socket = match sockets.entry(ifindex) {
        Entry::Occupied(socket) => socket.into_mut(),
        Entry::Vacant(place) => place.insert(Vrrp4::open(ifindex)?),
    };
    for (destination, bytes) in &will.farewells {
        if let Ip::V4(destination) = destination {
            socket.send(*destination, bytes)?;
        }
    }
    Ok(())
}

fn farewell6(will: &Will, source: std::net::Ipv6Addr) -> io::Result<()> {
    let ifindex = will.heading.ifindex;
    let socket = Vrrp6::open(ifindex)?;
    for (destination, bytes) in &will.farewells {
        if let Ip::V6(destination) = destination {
            socket.send(source, *destination, ifindex, bytes)?;
        }
    }
    Ok(())
}
