//! Sends what is to be announced, a batch at a time.

use super::claims::Claims;
use super::queue::{Queue, Target};
use super::{arp, hardware, neighbor};
use crate::error::Error;
use crate::netlink::link::Links;
use crate::protocol::{Announcement, Event, Link};
use crate::sink::Sink;
use crate::sys::epoll::Epoll;
use crate::sys::packet::{Frame, PacketSocket};
use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;

/// Messages of one system call.
const BATCH: usize = 64;

/// Sends announcements in batches. Whoever owns it says when.
#[derive(Debug, Default)]
pub struct Announcer {
    queue: Queue,
    claims: Claims,
    /// Opened by the first announcement.
    socket: Option<PacketSocket>,
    /// Interfaces that forward IPv6, as far as they have been asked since the last call.
    routers: BTreeSet<u32>,
    /// Interfaces through which the last announcement failed.
    failing: BTreeSet<u32>,
}

impl Announcer {
    /// Takes what is to be announced on one interface; nothing where nobody could hear.
    pub fn enter(
        &mut self,
        link: &Link,
        announcement: &Announcement,
        (epoll, token): (&Epoll, u64),
    ) -> Result<(), Error> {
        let Announcement {
            ifindex,
            addresses,
            repeat,
            arp_pace,
            na_pace,
        } = announcement;
        if link.loopback {
            return Ok(());
        }
        hardware::own(link)?;
        if self.socket.is_none() {
            let socket = PacketSocket::open().map_err(Error::system("open a packet socket"))?;
            self.socket = Some(socket);
        }
        if addresses.iter().any(IpAddr::is_ipv6) {
            if forwards(&link.ifname) {
                self.routers.insert(*ifindex);
            } else {
                self.routers.remove(ifindex);
            }
        }
        for address in addresses {
            let pace = match address {
                IpAddr::V4(_) if !link.arp => continue,
                IpAddr::V4(_) => *arp_pace,
                IpAddr::V6(_) => *na_pace,
            };
            let (ifindex, address) = (*ifindex, *address);
            let target = Target { ifindex, address };
            self.queue.enter(target, *repeat, pace);
            if address.is_ipv4() {
                let listening = self.claims.enter(epoll, token, target);
                listening.map_err(Error::socket("listen to gratuitous ARP", &link.ifname))?;
            }
        }
        Ok(())
    }

    /// An address is not there any more.
    pub fn forget(&mut self, ifindex: u32, address: IpAddr) {
        self.queue.forget(Target { ifindex, address });
        self.claims.forget(Target { ifindex, address });
    }

    /// Hears who else claims what was announced, reports it, and lets the other one know.
    pub fn hear(&mut self, links: &Links, sink: &impl Sink, now: u64) {
        for other in self.claims.hear(links, now) {
            if let (Some(socket), Some(frame)) = (&self.socket, other.answer) {
                // Lost, the next claim is answered.
                let _ = socket.send(&[frame]);
            }
            sink.event(Event::Claimed {
                ifindex: other.target.ifindex,
                address: other.target.address,
                mac: other.mac,
            });
        }
    }

    /// Passes over what others claimed until now: it may be theirs.
    pub fn pass_over(&self) {
        self.claims.pass_over();
    }

    /// When something may leave next; 0 for at once.
    pub fn next_at(&self) -> Option<u64> {
        self.queue.next_at()
    }

    /// Sends one batch of what may leave. What the kernel has no room for is sent later.
    pub fn send_some(&mut self, links: &Links, sink: &impl Sink, now: u64) {
        let Some(due) = self.queue.take_due(now, BATCH) else {
            return;
        };
        let (mut targets, mut frames): (Vec<_>, Vec<_>) = due
            .targets
            .iter()
            .filter_map(|target| Some((*target, self.frame(target, links)?)))
            .unzip();
        while let (Some(frame), Some(socket)) = (frames.first(), &self.socket) {
            let ifindex = frame.ifindex;
            let gone = match socket.send(&frames) {
                Ok(sent) => {
                    self.failing.remove(&ifindex);
                    sent
                }
                Err(error) if is_full(&error) => {
                    return self.queue.refused(&due, &targets, now);
                }
                Err(error) => {
                    self.complain((ifindex, &error), links, sink);
                    1
                }
            };
            frames.drain(..gone.min(frames.len()));
            targets.drain(..gone.min(targets.len()));
        }
        self.queue.sent(&due);
    }

    /// One message; none for an interface that has gone.
    fn frame(&self, target: &Target, links: &Links) -> Option<Frame> {
        let link = links.get(target.ifindex)?;
        match target.address {
            IpAddr::V4(address) => arp::frame(link, address).ok(),
            IpAddr::V6(address) => {
                let router = self.routers.contains(&target.ifindex);
                neighbor::frame(link, address, router).ok()
            }
        }
    }

    fn complain(&mut self, (ifindex, error): (u32, &io::Error), links: &Links, sink: &impl Sink) {
        if !self.failing.insert(ifindex) {
            return;
        }
        let ifname = links.get(ifindex).map(|link| link.ifname.clone());
        sink.event(Event::AnnounceFailed {
            ifname: ifname.unwrap_or_default(),
            errno: error.raw_os_error().unwrap_or(0),
        });
    }
}

/// Whether the queue of the socket or of the interface is full.
fn is_full(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock || error.raw_os_error() == Some(libc::ENOBUFS)
}

/// Whether an interface forwards IPv6, so that neighbours are to take this host for a router.
fn forwards(ifname: &str) -> bool {
    let path = format!("/proc/sys/net/ipv6/conf/{ifname}/forwarding");
    std::fs::read_to_string(path).is_ok_and(|text| text.trim() != "0")
}
