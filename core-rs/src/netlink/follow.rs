//! Which links TypeScript is told of, and what it knows of them.
//!
//! A machine may have thousands of links and addresses that concern nobody: those end here.

use super::link::Links;
use crate::protocol::{Address, Event, Link};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Address, prefix length, other end.
type Key = (IpAddr, u8, Option<IpAddr>);

/// What is followed. Without names and addresses nothing is.
#[derive(Debug, Default)]
pub struct Followed {
    interfaces: BTreeSet<String>,
    addresses: BTreeSet<IpAddr>,
    /// Links that were told of, with their addresses as told last. A link stays among them until it
    /// is gone, whatever it is called by then.
    told: BTreeMap<u32, BTreeMap<Key, Address>>,
}

/// What comes of a notification.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It concerns nobody, or is no news.
    Nothing,
    /// It is to be told.
    Tell,
    /// A link is followed from now on: it is to be told of, then everything it carries.
    Begin(u32),
}

impl Followed {
    /// Follows these from now on, and knows what is dumped; returns the part of it that is followed.
    pub fn begin(
        interfaces: Vec<String>,
        addresses: Vec<IpAddr>,
        links: &Links,
        dump: Vec<Address>,
    ) -> (Self, Vec<Link>, Vec<Address>) {
        let mut followed = Self {
            interfaces: interfaces.into_iter().collect(),
            addresses: addresses.into_iter().collect(),
            told: BTreeMap::new(),
        };
        for ifindex in followed.wanted(links, &dump) {
            followed.told.insert(ifindex, BTreeMap::new());
        }
        let told: Vec<_> = dump
            .into_iter()
            .filter(|address| followed.enter(address, false))
            .collect();
        let known = followed
            .told
            .keys()
            .filter_map(|ifindex| links.get(*ifindex));
        let known = known.cloned().collect();
        (followed, known, told)
    }

    /// Whether anything is followed.
    pub fn is_idle(&self) -> bool {
        self.interfaces.is_empty() && self.addresses.is_empty()
    }

    /// Takes what was told of a link; `news`: it is not what it was.
    pub fn link(&mut self, link: &Link, removed: bool, news: bool) -> Verdict {
        if self.told.contains_key(&link.ifindex) {
            if removed {
                self.told.remove(&link.ifindex);
            }
            return if news {
                Verdict::Tell
            } else {
                Verdict::Nothing
            };
        }
        if !removed && self.interfaces.contains(&link.ifname) {
            return Verdict::Begin(link.ifindex);
        }
        Verdict::Nothing
    }

    /// Takes what was told of an address; `ordered`: worth telling though it is as it was.
    pub fn address(&mut self, address: &Address, removed: bool, ordered: bool) -> Verdict {
        if self.told.contains_key(&address.ifindex) {
            let news = self.enter(address, removed);
            return if news || ordered {
                Verdict::Tell
            } else {
                Verdict::Nothing
            };
        }
        if !removed && self.addresses.contains(&address.address) {
            return Verdict::Begin(address.ifindex);
        }
        Verdict::Nothing
    }

    /// Follows a link with what it carries; returns what is to be told.
    pub fn begin_link(&mut self, link: &Link, dump: Vec<Address>) -> Vec<Event> {
        self.told.insert(link.ifindex, BTreeMap::new());
        let mut events = vec![Event::Link {
            link: link.clone(),
            removed: false,
        }];
        for address in dump {
            if address.ifindex == link.ifindex && self.enter(&address, false) {
                events.push(told(address, false, false));
            }
        }
        events
    }

    /// Makes good what was not told: `before` is what was known of links, `links` and `dump` are
    /// what there is, and `is_ours` tells who added an address. Returns what is to be told.
    pub fn catch_up(
        &mut self,
        before: &Links,
        links: &Links,
        dump: Vec<Address>,
        is_ours: impl Fn(&Address) -> bool,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        for ifindex in self.told.keys() {
            match (before.get(*ifindex), links.get(*ifindex)) {
                (Some(link), None) => events.push(Event::Link {
                    link: link.clone(),
                    removed: true,
                }),
                (was, Some(link)) if was != Some(link) => events.push(Event::Link {
                    link: link.clone(),
                    removed: false,
                }),
                _ => {}
            }
        }
        self.told.retain(|ifindex, _| links.get(*ifindex).is_some());
        let there: BTreeSet<_> = dump.iter().map(|one| (one.ifindex, key(one))).collect();
        let known = self.told.values().flat_map(BTreeMap::values);
        let gone = known.filter(|one| !there.contains(&(one.ifindex, key(one))));
        for address in gone.cloned().collect::<Vec<_>>() {
            self.enter(&address, true);
            events.push(told(address, true, false));
        }
        for ifindex in self.wanted(links, &dump) {
            self.told.entry(ifindex).or_insert_with(|| {
                let link = links.get(ifindex).cloned();
                events.extend(link.map(|link| Event::Link {
                    link,
                    removed: false,
                }));
                BTreeMap::new()
            });
        }
        for address in dump {
            if self.enter(&address, false) {
                let ordered = is_ours(&address);
                events.push(told(address, false, ordered));
            }
        }
        events
    }

    /// Links that have one of the names or addresses.
    fn wanted(&self, links: &Links, dump: &[Address]) -> BTreeSet<u32> {
        let named = self.interfaces.iter().filter_map(|name| links.named(name));
        let holders = dump
            .iter()
            .filter(|address| self.addresses.contains(&address.address));
        let holders = holders.filter_map(|address| links.get(address.ifindex));
        named.chain(holders).map(|link| link.ifindex).collect()
    }

    /// Enters an address of a link that is told of; true when that is news.
    fn enter(&mut self, address: &Address, removed: bool) -> bool {
        let Some(known) = self.told.get_mut(&address.ifindex) else {
            return false;
        };
        if removed {
            return known.remove(&key(address)).is_some();
        }
        known.insert(key(address), address.clone()).as_ref() != Some(address)
    }
}

fn key(address: &Address) -> Key {
    (address.address, address.prefix_length, address.peer)
}

fn told(address: Address, removed: bool, ordered: bool) -> Event {
    Event::Address {
        address,
        removed,
        ordered,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn link(ifindex: u32, ifname: &str) -> Link {
        Link {
            ifindex,
            ifname: ifname.into(),
            up: true,
            running: true,
            loopback: false,
            arp: true,
            multicast: true,
            mac: String::new(),
            mtu: 1500,
            master: None,
            vrf_table: None,
            broadcast: Vec::new(),
        }
    }

    fn links(all: &[Link]) -> Links {
        let mut links = Links::default();
        for link in all {
            links.enter(link, false);
        }
        links
    }

    fn address(ifindex: u32, text: &str) -> Address {
        Address {
            ifindex,
            address: text.parse().unwrap(),
            prefix_length: 24,
            label: None,
            scope: 0,
            broadcast: None,
            peer: None,
            flags: 0,
            preferred_lifetime: None,
            protocol: None,
            secondary: false,
            tentative: false,
        }
    }

    /// eth0 by name and whoever has 10.0.0.9, on a host with two more links.
    fn begin() -> (Followed, Links) {
        let links = links(&[link(2, "eth0"), link(3, "eth1"), link(4, "docker0")]);
        let dump = vec![address(2, "10.0.0.1"), address(4, "10.1.0.1")];
        let (followed, known, told) = Followed::begin(
            vec!["eth0".into(), "eth7".into()],
            vec!["10.0.0.9".parse().unwrap()],
            &links,
            dump,
        );
        assert_eq!(known, [link(2, "eth0")]);
        assert_eq!(told, [address(2, "10.0.0.1")]);
        (followed, links)
    }

    #[test]
    fn notifications_of_links_nobody_follows_end_here() {
        let (mut followed, _) = begin();
        let other = address(4, "10.1.0.2");
        assert_eq!(followed.address(&other, false, false), Verdict::Nothing);
        assert_eq!(followed.address(&other, true, false), Verdict::Nothing);
        let veth = link(9, "veth9");
        assert_eq!(followed.link(&veth, false, true), Verdict::Nothing);
        assert_eq!(followed.link(&veth, true, true), Verdict::Nothing);
    }

    #[test]
    fn notifications_that_are_no_news_end_here_unless_ordered() {
        let (mut followed, _) = begin();
        let known = address(2, "10.0.0.1");
        assert_eq!(followed.address(&known, false, false), Verdict::Nothing);
        assert_eq!(followed.address(&known, false, true), Verdict::Tell);
        assert_eq!(followed.address(&known, true, false), Verdict::Tell);
        assert_eq!(followed.address(&known, true, false), Verdict::Nothing);
        let eth0 = link(2, "eth0");
        assert_eq!(followed.link(&eth0, false, false), Verdict::Nothing);
        assert_eq!(followed.link(&eth0, false, true), Verdict::Tell);
    }

    #[test]
    fn link_is_followed_once_it_gets_a_name_or_an_address_and_until_it_is_gone() {
        let (mut followed, _) = begin();
        assert_eq!(
            followed.link(&link(8, "eth7"), false, true),
            Verdict::Begin(8)
        );
        let held = address(3, "10.0.0.9");
        assert_eq!(followed.address(&held, false, false), Verdict::Begin(3));
        let carried = vec![address(3, "10.5.0.1"), held.clone(), address(4, "10.1.0.1")];
        let events = followed.begin_link(&link(3, "eth1"), carried);
        assert_eq!(events.len(), 3, "{events:?}");
        assert_eq!(followed.address(&held, true, false), Verdict::Tell);
        let renamed = link(3, "eth9");
        assert_eq!(followed.link(&renamed, false, true), Verdict::Tell);
        assert_eq!(
            followed.address(&address(3, "10.5.0.2"), false, false),
            Verdict::Tell
        );
        assert_eq!(followed.link(&renamed, true, true), Verdict::Tell);
        assert_eq!(
            followed.address(&address(3, "10.5.0.2"), true, false),
            Verdict::Nothing
        );
    }

    #[test]
    fn catch_up_tells_every_difference_once() {
        let (mut followed, before) = begin();
        let now = links(&[
            Link {
                running: false,
                ..link(2, "eth0")
            },
            link(4, "docker0"),
            link(7, "eth7"),
        ]);
        let ours = address(2, "10.0.0.99");
        let dump = vec![ours.clone(), address(4, "10.1.0.7"), address(7, "10.7.0.1")];
        let events = followed.catch_up(&before, &now, dump.clone(), |one| *one == ours);
        let link_told = |ifindex| {
            let link = now.get(ifindex).unwrap().clone();
            Event::Link {
                link,
                removed: false,
            }
        };
        assert_eq!(
            events,
            [
                link_told(2),
                told(address(2, "10.0.0.1"), true, false),
                link_told(7),
                told(ours.clone(), false, true),
                told(address(7, "10.7.0.1"), false, false),
            ]
        );
        assert_eq!(followed.catch_up(&now, &now, dump, |_| false), []);
        let none = followed.catch_up(&now, &links(&[]), vec![], |_| false);
        assert_eq!(none.len(), 2, "{none:?}");
    }
}
