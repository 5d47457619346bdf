//! Where successors are heard: their adverts, and their announcements of addresses. Open only while
//! something waits for them. What cannot be opened is done without: the limit remains.

use super::message::{Ip, Router};
use super::packet;
use super::system::{self, Vrrp4, Vrrp6};
use super::will::Will;
use std::collections::BTreeSet;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// An advert, not a farewell.
    Master(Router),
    /// Another host has announced an address.
    Announced(Ip),
    /// An address was removed from this host.
    Removed(Ip),
}

/// Every socket that hears.
#[derive(Default)]
pub struct Ears {
    sockets: Vec<(u32, Ear)>,
    /// Interfaces with ears, by family.
    opened: BTreeSet<(u32, bool)>,
}

enum Ear {
    Vrrp4(Vrrp4),
    Vrrp6(Vrrp6),
    Arp(OwnedFd),
    Neighbours(OwnedFd),
    /// What the kernel tells.
    Addresses(OwnedFd),
}

impl Ear {
    fn descriptor(&self) -> &OwnedFd {
        match self {
            Self::Vrrp4(Vrrp4(fd)) | Self::Vrrp6(Vrrp6(fd)) => fd,
            Self::Arp(fd) | Self::Neighbours(fd) | Self::Addresses(fd) => fd,
        }
    }
}

impl Ears {
    /// Hears the successor of a will.
    pub fn open(&mut self, will: &Will) {
        if self.sockets.is_empty() {
            let monitor = system::routing(true);
            self.sockets
                .extend(monitor.map(|fd| (0, Ear::Addresses(fd))));
        }
        let ifindex = will.heading.ifindex;
        if self.opened.insert((ifindex, will.heading.source.is_ipv6())) {
            let vrrp = match will.heading.source {
                Ip::V4(_) => Vrrp4::open(ifindex).map(Ear::Vrrp4),
                Ip::V6(_) => Vrrp6::open(ifindex).map(Ear::Vrrp6),
            };
            // Of the same family there may be virtual routers with an authentication header and without.
            let sealed = match will.heading.source {
                Ip::V4(_) => Vrrp4::open_sealed(ifindex).map(Ear::Vrrp4).ok(),
                Ip::V6(_) => None,
            };
            let arp = system::arp(ifindex).map(Ear::Arp);
            let neighbours = system::neighbours(ifindex).map(Ear::Neighbours);
            let ears = [vrrp, arp, neighbours].into_iter().flatten().chain(sealed);
            for ear in ears {
                self.sockets.push((ifindex, ear));
            }
        }
        for (destination, _) in &will.farewells {
            self.join(ifindex, *destination);
        }
    }

    fn join(&self, ifindex: u32, group: Ip) {
        if !group.is_multicast() {
            return;
        }
        for (_, ear) in self.sockets.iter().filter(|(on, _)| *on == ifindex) {
            // It may be in the group already, for another virtual router.
            let _ = match (ear, group) {
                (Ear::Vrrp4(socket), Ip::V4(group)) => socket.join(group, ifindex),
                (Ear::Vrrp6(socket), Ip::V6(group)) => socket.join(group, ifindex),
                _ => Ok(()),
            };
        }
    }

    /// Hears nothing any more.
    pub fn close(&mut self) {
        self.sockets.clear();
        self.opened.clear();
    }

    /// To wait for.
    pub fn descriptors(&self) -> impl Iterator<Item = RawFd> + '_ {
        let sockets = self.sockets.iter();
        sockets.map(|(_, ear)| ear.descriptor().as_raw_fd())
    }

    /// Everything that waits, in the order of the sockets.
    pub fn hear(&self, buffer: &mut [u8]) -> Vec<Heard> {
        let mut heard = Vec::new();
        for (ifindex, ear) in &self.sockets {
            while let Some(packet) = system::receive(ear.descriptor(), buffer) {
                let master = |vrid, ipv6| {
                    Heard::Master(Router {
                        ifindex: *ifindex,
                        vrid,
                        ipv6,
                    })
                };
                match ear {
                    Ear::Vrrp4(_) => {
                        let vrid = packet::advert(packet, true);
                        heard.extend(vrid.map(|vrid| master(vrid, false)));
                    }
                    Ear::Vrrp6(_) => {
                        let vrid = packet::advert(packet, false);
                        heard.extend(vrid.map(|vrid| master(vrid, true)));
                    }
                    Ear::Arp(_) => heard.extend(packet::arp_sender(packet).map(Heard::Announced)),
                    Ear::Neighbours(_) => {
                        heard.extend(packet::neighbour(packet).map(Heard::Announced));
                    }
                    Ear::Addresses(_) => {
                        heard.extend(packet::removed(packet).into_iter().map(Heard::Removed));
                    }
                }
            }
        }
        heard
    }
}
