//! What the kernel tells the kernel thread: links, addresses, what was lost of it.

use super::address;
use super::follow::Verdict;
use super::notify::Notice;
use super::ours::Doer;
use super::worker::Worker;
use crate::error::Error;
use crate::protocol::{Address, AddressOp, Event, Link};
use crate::sink::Sink;
use crate::sys::clock;
use std::net::IpAddr;

/// Notifications heard between two calls.
const NOTICES_AT_ONCE: usize = 256;

impl<S: Sink> Worker<S> {
    /// Hears part of what the kernel tells: however much that is, calls get their turn.
    pub(super) fn hear_some(&mut self) {
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
    pub(super) fn look_for_carrier(&mut self) {
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
    pub(super) fn catch_up(&mut self) {
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
            IpAddr::V6(_) if !named && (removed || !address.is_marked()) => Doer::Other,
            IpAddr::V4(_) if !named => Doer::Unordered,
            _ => Doer::Ordered,
        }
    }

    /// Hears what the operations did; what they deleted beside what they name is returned: a
    /// neighbour that could not be foreseen, such as the near end of a point-to-point link whose far
    /// end is what was deleted.
    pub(super) fn hear_consequences(&mut self, ops: &[AddressOp]) -> Vec<Vec<u8>> {
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

    pub(super) fn read_links(&mut self) -> Result<(), Error> {
        self.links.load(&mut self.kernel)?;
        self.links.judge(|link| self.beats.judged(link));
        self.links_known = true;
        Ok(())
    }
}

fn is_named(ops: &[AddressOp], address: &Address) -> bool {
    let added = |op: &AddressOp| matches!(op, AddressOp::Add { address: one } if one.is(address));
    ops.iter().any(added) || is_deletion(ops, address)
}

fn is_deletion(ops: &[AddressOp], address: &Address) -> bool {
    let is = |op: &AddressOp| matches!(op, AddressOp::Delete { address: one } if one.is(address));
    ops.iter().any(is)
}
