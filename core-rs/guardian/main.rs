//! The guardian: a small program of its own that outlives a daemon which ends without goodbye
//! (SIGKILL, out of memory, a bug) and carries out its last wills: farewells at once, so that a
//! backup takes over after the skew time as at a planned stop; then addresses and what else is ours
//! are withdrawn when the successor has announced itself, or after a limit.
//!
//! It lives inside the core, is started from memory, has no threads and no files. The daemon tells
//! it wills by the socket that is its standard input, and whose end is the daemon's death: numbers
//! of processes, which may be used again, play no part.
//!
//! Usage: `holdfast-guardian NAME`. While it lives it listens on the abstract socket NAME; a daemon
//! that starts in the place of a dead one waits for its end there.

// The daemon uses the other half.
#[allow(dead_code)]
mod message;
mod packet;
mod report;
mod system;
mod will;

use message::{Ip, LONGEST, Message};
use report::Report;
use std::collections::{BTreeMap, BTreeSet};
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
    let Some(wills) = listen(&daemon) else { return };
    let mut execution = wills.open(now());
    if execution.wills().next().is_some() {
        carry_out(&mut execution);
    }
}

/// Hears the daemon out; none when it said goodbye.
fn listen(daemon: &OwnedFd) -> Option<Wills> {
    let mut wills = Wills::default();
    let mut buffer = vec![0; LONGEST];
    while let Some(datagram) = system::receive_from_daemon(daemon, &mut buffer) {
        match Message::decode(datagram) {
            Some(Message::Goodbye) => return None,
            Some(message) => wills.enter(message),
            None => {}
        }
    }
    Some(wills)
}

/// What is heard on, each with its interface.
enum Ear {
    Vrrp4(Vrrp4),
    Vrrp6(Vrrp6),
    Arp(OwnedFd),
    Neighbours(OwnedFd),
}

impl Ear {
    fn descriptor(&self) -> &OwnedFd {
        match self {
            Self::Vrrp4(Vrrp4(fd)) | Self::Vrrp6(Vrrp6(fd)) => fd,
            Self::Arp(fd) | Self::Neighbours(fd) => fd,
        }
    }
}

/// Sends the farewells, then waits for the successors.
fn carry_out(execution: &mut Execution) {
    let mut report = Report::default();
    let mut ears = farewell(execution, &mut report);
    ears.extend(announcements(execution));
    report.farewells(execution.wills().count());
    let (Ok(kernel), Ok(monitor)) = (system::routing(false), system::routing(true)) else {
        report.failed("open a netlink socket", &io::Error::last_os_error());
        return;
    };
    let mut descriptors: Vec<_> = ears
        .iter()
        .map(|(_, ear)| ear.descriptor().as_raw_fd())
        .collect();
    descriptors.push(monitor.as_raw_fd());
    let mut buffer = vec![0; LONGEST];
    while let Some(deadline) = execution.deadline() {
        let ready = system::wait(&descriptors, Some(deadline));
        let heard = ears.iter().zip(&ready).filter(|(_, ready)| **ready);
        for ((ifindex, ear), _) in heard {
            while let Some(packet) = system::receive(ear.descriptor(), &mut buffer) {
                let announced = match ear {
                    Ear::Vrrp4(_) | Ear::Vrrp6(_) => {
                        let with_header = matches!(ear, Ear::Vrrp4(_));
                        if let Some(vrid) = packet::advert(packet, with_header) {
                            execution.heard(*ifindex, vrid, now());
                        }
                        None
                    }
                    Ear::Arp(_) => packet::arp_sender(packet),
                    Ear::Neighbours(_) => packet::neighbour(packet),
                };
                let requests = announced.map(|address| execution.announced(address));
                withdraw(&kernel, requests.unwrap_or_default(), &mut report);
            }
        }
        while let Some(told) = system::receive(&monitor, &mut buffer) {
            packet::removed(told)
                .into_iter()
                .for_each(|address| execution.removed(address));
        }
        withdraw(&kernel, execution.due(now()), &mut report);
    }
    report.withdrawn(execution.succeeded());
}

fn withdraw(kernel: &OwnedFd, requests: Vec<Vec<u8>>, report: &mut Report) {
    let mut answer = [0; 4096];
    for request in requests {
        match system::ask_kernel(kernel, &request) {
            Ok(()) => report.withdrew(),
            Err(error) => report.failed("withdraw", &error),
        }
        while let Some(answer) = system::receive(kernel, &mut answer) {
            if let Some(errno) = packet::refusal(answer) {
                report.failed("withdraw", &io::Error::from_raw_os_error(errno));
            }
        }
    }
}

/// Sends every farewell, on sockets that hear the successor afterwards.
fn farewell(execution: &Execution, report: &mut Report) -> Vec<(u32, Ear)> {
    let mut ears = Vec::new();
    let mut fourth: BTreeMap<u32, Vrrp4> = BTreeMap::new();
    for will in execution.wills() {
        let ifindex = will.heading.ifindex;
        let sent = match will.heading.source {
            Ip::V4(_) => farewell4(will, &mut fourth),
            Ip::V6(source) => {
                farewell6(will, source).map(|socket| ears.push((ifindex, Ear::Vrrp6(socket))))
            }
        };
        if let Err(error) = sent {
            report.failed("send a farewell", &error);
        }
    }
    ears.extend(
        fourth
            .into_iter()
            .map(|(ifindex, socket)| (ifindex, Ear::Vrrp4(socket))),
    );
    ears
}

fn farewell4(will: &Will, sockets: &mut BTreeMap<u32, Vrrp4>) -> io::Result<()> {
    let ifindex = will.heading.ifindex;
    let socket = match sockets.entry(ifindex) {
        std::collections::btree_map::Entry::Occupied(socket) => socket.into_mut(),
        std::collections::btree_map::Entry::Vacant(place) => place.insert(Vrrp4::open(ifindex)?),
    };
    for (destination, bytes) in &will.farewells {
        if let Ip::V4(destination) = destination {
            socket.send(*destination, bytes)?;
            if destination.is_multicast() {
                // It is in the group already, for another virtual router.
                let _ = socket.join(*destination, ifindex);
            }
        }
    }
    Ok(())
}

fn farewell6(will: &Will, source: std::net::Ipv6Addr) -> io::Result<Vrrp6> {
    let ifindex = will.heading.ifindex;
    let socket = Vrrp6::open(ifindex)?;
    for (destination, bytes) in &will.farewells {
        if let Ip::V6(destination) = destination {
            socket.send(source, *destination, ifindex, bytes)?;
            if destination.is_multicast() {
                let _ = socket.join(*destination, ifindex);
            }
        }
    }
    Ok(socket)
}

/// Where announcements of the successors will be heard. Without one only its adverts are.
fn announcements(execution: &Execution) -> Vec<(u32, Ear)> {
    let interfaces: BTreeSet<u32> = execution.wills().map(|will| will.heading.ifindex).collect();
    let both = interfaces.into_iter().flat_map(|ifindex| {
        let arp = system::arp(ifindex).map(|fd| (ifindex, Ear::Arp(fd)));
        let neighbours = system::neighbours(ifindex).map(|fd| (ifindex, Ear::Neighbours(fd)));
        [arp, neighbours]
    });
    both.filter_map(Result::ok).collect()
}
