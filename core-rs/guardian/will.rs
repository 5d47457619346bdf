//! The last wills, and how far each has been carried out. Knows no clock, socket or kernel.

use super::message::{Heading, Ip, Message, Router};
use std::collections::BTreeMap;

/// How long, µs, a successor that was heard has to announce each address. Its advert leaves before
/// it adds the first one.
const ANNOUNCING: u64 = 100_000;

/// How long, µs, one that beat this node has: its advert was heard, and its announcements may have
/// been before anybody listened for them.
const BEATING: u64 = 20_000;

/// What one order leaves behind.
#[derive(Debug, Clone)]
pub struct Will {
    /// Whose it is.
    pub heading: Heading,
    /// What is sent at once.
    pub farewells: Vec<(Ip, Vec<u8>)>,
    /// What is sent every interval while somebody speaks in the daemon's place.
    pub adverts: Vec<(Ip, Vec<u8>)>,
    /// What goes, the last one first.
    withdrawals: Vec<(Option<Ip>, Vec<u8>)>,
}

#[cfg(test)]
impl Will {
    /// One that withdraws nothing.
    pub fn of(heading: Heading, adverts: Vec<(Ip, Vec<u8>)>) -> Self {
        Self {
            heading,
            farewells: Vec::new(),
            adverts,
            withdrawals: Vec::new(),
        }
    }
}

/// All that hold, by order, and the one that is being told.
#[derive(Debug, Default)]
pub struct Wills {
    sealed: BTreeMap<u32, Will>,
    told: Option<Will>,
}

impl Wills {
    /// Takes a message. One that does not follow from those before changes nothing.
    pub fn enter(&mut self, message: Message) {
        match message {
            Message::Will(heading) => {
                self.told = Some(Will {
                    heading,
                    farewells: Vec::new(),
                    adverts: Vec::new(),
                    withdrawals: Vec::new(),
                });
            }
            Message::Farewell { destination, bytes } => {
                if let Some(told) = &mut self.told {
                    told.farewells.push((destination, bytes));
                }
            }
            Message::Advert { destination, bytes } => {
                if let Some(told) = &mut self.told {
                    told.adverts.push((destination, bytes));
                }
            }
            Message::Withdraw { address, request } => {
                if let Some(told) = &mut self.told {
                    told.withdrawals.push((address, request));
                }
            }
            Message::Sealed => {
                if let Some(told) = self.told.take() {
                    self.sealed.insert(told.heading.order, told);
                }
            }
            Message::Revoked { order } => drop(self.sealed.remove(&order)),
            Message::Goodbye => self.sealed.clear(),
            Message::Resealed {
                order,
                destination,
                bytes,
            } => {
                let farewells = self.sealed.get_mut(&order).map(|will| &mut will.farewells);
                for (to, old) in farewells.into_iter().flatten() {
                    if *to == destination {
                        old.clone_from(&bytes);
                    }
                }
            }
            Message::Carried { .. }
            | Message::Bridging { .. }
            | Message::Leaving { .. }
            | Message::Estate { .. }
            | Message::Settled { .. } => {}
        }
    }

    /// That of an order, which holds no more.
    pub fn take(&mut self, order: u32) -> Option<Will> {
        self.sealed.remove(&order)
    }

    /// Those that hold when the daemon has died.
    pub fn take_all(&mut self) -> Vec<Will> {
        std::mem::take(&mut self.sealed).into_values().collect()
    }
}

/// Wills that are being carried out.
#[derive(Debug, Default)]
pub struct Execution(Vec<Begun>);

#[derive(Debug)]
struct Begun {
    will: Will,
    /// When what is left goes.
    until: u64,
    succeeded: bool,
}

impl Execution {
    /// Begins to carry one out at `now`, when its farewells are sent or the node is beaten.
    pub fn begin(&mut self, will: Will, beaten: bool, now: u64) {
        let keep = if beaten { BEATING } else { will.heading.keep };
        let until = now.saturating_add(keep);
        self.end(will.heading.order);
        self.0.push(Begun {
            will,
            until,
            succeeded: beaten,
        });
    }

    /// An order speaks again, or leaves nothing behind: what its last will withdraws stays.
    pub fn end(&mut self, order: u32) {
        self.0.retain(|begun| begun.will.heading.order != order);
    }

    /// An advert of another master, not a farewell, was heard; true when that is news.
    pub fn heard(&mut self, router: Router, now: u64) -> bool {
        let mut news = false;
        for begun in &mut self.0 {
            if begun.will.heading.router() == router && !begun.succeeded {
                begun.succeeded = true;
                begun.until = begun.until.min(now.saturating_add(ANNOUNCING));
                news = true;
            }
        }
        news
    }

    /// Another host has announced an address: requests to withdraw it here.
    pub fn announced(&mut self, address: Ip) -> Vec<Vec<u8>> {
        let mut requests = Vec::new();
        for begun in &mut self.0 {
            let mut kept = Vec::with_capacity(begun.will.withdrawals.len());
            for (of, request) in begun.will.withdrawals.drain(..) {
                match of == Some(address) {
                    true => requests.push(request),
                    false => kept.push((of, request)),
                }
            }
            begun.will.withdrawals = kept;
        }
        requests
    }

    /// Somebody else has removed an address: it is not to be removed again, whoever adds it.
    pub fn removed(&mut self, address: Ip) {
        for begun in &mut self.0 {
            let withdrawals = &mut begun.will.withdrawals;
            withdrawals.retain(|(of, _)| *of != Some(address));
        }
    }

    /// Requests to withdraw what has waited long enough by `now`.
    pub fn due(&mut self, now: u64) -> Vec<Vec<u8>> {
        let mut requests = Vec::new();
        for begun in self.0.iter_mut().filter(|begun| begun.until <= now) {
            let withdrawals = begun.will.withdrawals.drain(..).rev();
            requests.extend(withdrawals.map(|(_, request)| request));
        }
        self.0.retain(|begun| !begun.will.withdrawals.is_empty());
        requests
    }

    /// When something is due; `None` when all is done.
    pub fn deadline(&self) -> Option<u64> {
        let waiting = self
            .0
            .iter()
            .filter(|begun| !begun.will.withdrawals.is_empty());
        waiting.map(|begun| begun.until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIP: Ip = Ip::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const OTHER: Ip = Ip::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    fn told(wills: &mut Wills, order: u32, vrid: u8) {
        wills.enter(Message::Will(Heading {
            order,
            ifindex: 2,
            vrid,
            source: VIP,
            keep: 1_000_000,
            interval: 1_000_000,
        }));
        for (address, request) in [
            (Some(VIP), vec![1]),
            (Some(OTHER), vec![2]),
            (None, vec![3]),
        ] {
            wills.enter(Message::Withdraw { address, request });
        }
        wills.enter(Message::Sealed);
    }

    fn opened(wills: &mut Wills) -> Execution {
        opened_at(wills, 0)
    }

    fn opened_at(wills: &mut Wills, now: u64) -> Execution {
        let mut execution = Execution::default();
        for will in wills.take_all() {
            execution.begin(will, false, now);
        }
        execution
    }

    #[test]
    fn order_that_speaks_again_keeps_what_it_has() {
        let mut wills = Wills::default();
        told(&mut wills, 1, 51);
        let mut execution = opened(&mut wills);
        execution.end(1);
        assert_eq!(execution.deadline(), None);
        assert!(execution.due(1_000_000).is_empty());
    }

    #[test]
    fn will_that_is_not_sealed_does_not_replace_the_one_before() {
        let mut wills = Wills::default();
        told(&mut wills, 1, 51);
        wills.enter(Message::Will(Heading {
            order: 1,
            ifindex: 2,
            vrid: 51,
            source: VIP,
            keep: 0,
            interval: 1_000_000,
        }));
        assert_eq!(opened(&mut wills).due(1_000_000), [[3], [2], [1]]);
    }

    #[test]
    fn nothing_is_withdrawn_before_a_successor_or_the_limit() {
        let mut wills = Wills::default();
        told(&mut wills, 1, 51);
        let mut execution = opened_at(&mut wills, 5);
        assert!(execution.due(1_000_004).is_empty());
        assert_eq!(execution.due(1_000_005).len(), 3);
        assert_eq!(execution.deadline(), None);
    }

    #[test]
    fn what_the_successor_announces_goes_at_once_and_the_rest_soon() {
        let mut wills = Wills::default();
        told(&mut wills, 1, 51);
        let mut execution = opened(&mut wills);
        let router = |vrid| Router {
            ifindex: 2,
            vrid,
            ipv6: false,
        };
        assert!(!execution.heard(router(52), 10), "another virtual router");
        assert!(execution.heard(router(51), 10));
        assert_eq!(execution.announced(VIP), [[1]]);
        assert_eq!(execution.deadline(), Some(10 + ANNOUNCING));
        assert_eq!(execution.due(10 + ANNOUNCING), [[3], [2]]);
    }

    #[test]
    fn farewell_that_is_sealed_anew_replaces_the_one_to_the_same_destination() {
        let mut wills = Wills::default();
        wills.enter(Message::Will(Heading {
            order: 1,
            ifindex: 2,
            vrid: 51,
            source: VIP,
            keep: 0,
            interval: 1_000_000,
        }));
        for destination in [VIP, OTHER] {
            let bytes = vec![1];
            wills.enter(Message::Farewell { destination, bytes });
        }
        wills.enter(Message::Sealed);
        for order in [1, 2] {
            wills.enter(Message::Resealed {
                order,
                destination: OTHER,
                bytes: vec![2],
            });
        }
        let all = wills.take_all();
        let farewells: Vec<_> = all.iter().flat_map(|will| &will.farewells).collect();
        assert_eq!(farewells, [&(VIP, vec![1]), &(OTHER, vec![2])]);
    }

    #[test]
    fn what_somebody_else_removed_is_left_alone() {
        let mut wills = Wills::default();
        told(&mut wills, 1, 51);
        let mut execution = opened(&mut wills);
        execution.removed(VIP);
        assert_eq!(execution.due(1_000_000), [[3], [2]]);
    }

    #[test]
    fn what_is_revoked_is_not_carried_out() {
        let mut wills = Wills::default();
        told(&mut wills, 1, 51);
        told(&mut wills, 2, 52);
        wills.enter(Message::Revoked { order: 1 });
        assert_eq!(wills.take_all().len(), 1);
    }
}
