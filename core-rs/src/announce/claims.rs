//! Who else claims an IPv4 address that was announced here: two masters, of which neither hears the other's
//! adverts, hear each other's announcements.

use super::arp::{self, Claim};
use super::hardware;
use super::queue::Target;
use crate::netlink::link::Links;
use crate::sys::epoll::Epoll;
use crate::sys::packet::{ArpEar, Frame};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::IpAddr;

/// Shortest time, µs, between two reports of one address.
const PAUSE: u64 = 1_000_000;

/// Messages looked at between two calls: nobody can keep the thread busy with them.
const AT_ONCE: usize = 64;

/// Interfaces that are listened to at most.
const INTERFACES: usize = 256;

/// Longest message that is looked at.
const BYTES: usize = 64;

/// Addresses that are announced here, and ears for others.
#[derive(Debug, Default)]
pub struct Claims {
    ears: BTreeMap<u32, ArpEar>,
    /// When a claim of somebody else was last told, by what is ours.
    ours: HashMap<Target, Option<u64>>,
}

/// Somebody else has it, too.
#[derive(Debug, PartialEq, Eq)]
pub struct Other {
    /// What is ours.
    pub target: Target,
    /// Who else has it.
    pub mac: String,
    /// What tells the other one of us.
    pub answer: Option<Frame>,
}

impl Claims {
    /// An address is announced here from now on.
    pub fn enter(&mut self, epoll: &Epoll, token: u64, target: Target) -> io::Result<()> {
        self.ours.entry(target).or_default();
        if self.ears.contains_key(&target.ifindex) || self.ears.len() >= INTERFACES {
            return Ok(());
        }
        let ear = ArpEar::open(target.ifindex)?;
        epoll.add(&ear, libc::EPOLLIN, token)?;
        self.ears.insert(target.ifindex, ear);
        Ok(())
    }

    /// An address is not there any more.
    pub fn forget(&mut self, target: Target) {
        self.ours.remove(&target);
    }

    /// Takes what has come, and looks at none of it.
    pub fn pass_over(&self) {
        let mut buffer = [0; BYTES];
        for ear in self.ears.values() {
            for _ in 0..AT_ONCE {
                if ear.take(&mut buffer).is_none() {
                    break;
                }
            }
        }
    }

    /// Takes what has come; what others claim of ours is returned, each address once a second.
    pub fn hear(&mut self, links: &Links, now: u64) -> Vec<Other> {
        let mut others = Vec::new();
        let mut buffer = [0; BYTES];
        for (ifindex, ear) in &self.ears {
            for _ in 0..AT_ONCE {
                let Some(length) = ear.take(&mut buffer) else {
                    break;
                };
                let claim = buffer.get(..length).and_then(arp::claim);
                let Some(claim) = claim else {
                    continue;
                };
                let target = Target {
                    ifindex: *ifindex,
                    address: IpAddr::V4(claim.address),
                };
                let Some(told) = self.ours.get_mut(&target) else {
                    continue;
                };
                if told.is_none_or(|at| now >= at + PAUSE)
                    && let Some(other) = other(links, target, &claim)
                {
                    *told = Some(now);
                    others.push(other);
                }
            }
        }
        others
    }
}

fn other(links: &Links, target: Target, claim: &Claim) -> Option<Other> {
    let link = links.get(target.ifindex)?;
    if hardware::own(link).ok()? == claim.mac {
        return None;
    }
    let octets = claim.mac.map(|octet| format!("{octet:02x}"));
    let answer = claim
        .to_everybody
        .then(|| arp::frame_to(link, claim.address, claim.mac.to_vec()).ok());
    Some(Other {
        target,
        mac: octets.join(":"),
        answer: answer.flatten(),
    })
}
