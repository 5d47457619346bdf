//! Carrier of interfaces whose drivers do not tell of it: asked once in a while, in the place of what the kernel says.

use super::link::Links;
use crate::error::Error;
use crate::protocol::{BeatMethod, Link, Polled};
use crate::sys::carrier;
use socket2::{Domain, Socket, Type};
use std::collections::BTreeMap;

/// Between two looks at an interface, µs.
const INTERVAL: u64 = 1_000_000;

/// Interfaces that are asked for their carrier.
#[derive(Debug, Default)]
pub struct Beats {
    socket: Option<Socket>,
    /// By name.
    polled: BTreeMap<String, Beat>,
    next_at: Option<u64>,
}

/// What is known of one.
#[derive(Debug)]
struct Beat {
    /// The first way to be tried.
    method: BeatMethod,
    /// Carrier as last asked; None: it could not be.
    up: Option<bool>,
}

impl Beats {
    /// Asks these from now on, and no others.
    pub fn poll(&mut self, polled: Vec<Polled>, now: u64) -> Result<(), Error> {
        if self.socket.is_none() && !polled.is_empty() {
            let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)
                .map_err(Error::system("open a socket for the carrier of interfaces"))?;
            self.socket = Some(socket);
        }
        let mut before = std::mem::take(&mut self.polled);
        for Polled { ifname, method } in polled {
            let up = before.remove(&ifname).and_then(|beat| beat.up);
            let method = method.unwrap_or(BeatMethod::Mii);
            self.polled.insert(ifname, Beat { method, up });
        }
        self.look();
        self.next_at = (!self.polled.is_empty()).then(|| now.saturating_add(INTERVAL));
        Ok(())
    }

    /// How long, ms, until the next look; None: never.
    pub fn wait(&self, now: u64) -> Option<i32> {
        let wait = self.next_at?.saturating_sub(now).div_ceil(1_000);
        Some(i32::try_from(wait).unwrap_or(i32::MAX))
    }

    /// A link as it is with the carrier that was found.
    pub fn judged(&self, mut link: Link) -> Link {
        if let Some(up) = self.polled.get(&link.ifname).and_then(|beat| beat.up) {
            link.running = link.up && up;
        }
        link
    }

    /// Looks when it is time to; links whose carrier is another now.
    pub fn due(&mut self, links: &Links, now: u64) -> Vec<Link> {
        if self.next_at.is_none_or(|at| at > now) {
            return Vec::new();
        }
        self.next_at = Some(now.saturating_add(INTERVAL));
        self.look();
        let known = self.polled.keys().filter_map(|name| links.named(name));
        known
            .map(|link| (link, self.judged(link.clone())))
            .filter(|(before, after)| *before != after)
            .map(|(_, after)| after)
            .collect()
    }

    fn look(&mut self) {
        let Some(socket) = &self.socket else { return };
        for (name, beat) in &mut self.polled {
            beat.up = carrier_of(socket, name, beat.method);
        }
    }
}

/// keepalived: what a driver cannot say in the way that is asked for, it is asked in another.
fn carrier_of(socket: &Socket, name: &str, method: BeatMethod) -> Option<bool> {
    let ways: [BeatMethod; 3] = match method {
        BeatMethod::Mii => [BeatMethod::Mii, BeatMethod::Ethtool, BeatMethod::Ioctl],
        BeatMethod::Ethtool => [BeatMethod::Ethtool, BeatMethod::Mii, BeatMethod::Ioctl],
        BeatMethod::Ioctl => [BeatMethod::Ioctl, BeatMethod::Mii, BeatMethod::Ethtool],
    };
    ways.into_iter().find_map(|way| match way {
        BeatMethod::Mii => carrier::by_mii(socket, name).ok(),
        BeatMethod::Ethtool => carrier::by_ethtool(socket, name).ok(),
        BeatMethod::Ioctl => carrier::by_flags(socket, name).ok(),
    })
}
