//! Standing orders to watch: deadlines that expected adverts move. Knows no clock and no socket;
//! allocates only when an order is given.

use super::UNSEEN;
use super::packet::{Pattern, vrid_of};
use super::transmit::sooner;
use crate::protocol::{Hears, OrderCount};
use pnet_packet::ipv4::Ipv4Packet;
use std::collections::BTreeMap;

/// A watch as it is ordered. Times are µs.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Returned when it expires.
    pub seq: u32,
    /// Interface on which adverts arrive.
    pub ifindex: u32,
    /// Virtual router.
    pub vrid: u8,
    /// What re-arms the deadline; nothing when absent.
    pub expect: Option<Pattern>,
    /// What is for it of what has its VRID; everything when absent.
    pub hears: Option<Hears>,
    /// New deadline from now; absent keeps the one that is replaced.
    pub timeout: Option<u64>,
    /// What an expected advert sets the deadline to, from its arrival.
    pub rearm: u64,
}

impl Order {
    fn is_for(&self, packet: &Ipv4Packet<'_>) -> bool {
        self.hears.as_ref().is_none_or(|hears| {
            let from = packet.get_source();
            packet.get_destination() == hears.destination
                && (hears.sources.is_empty() || hears.sources.contains(&from))
        })
    }
}

#[derive(Debug)]
struct Standing {
    order: Order,
    /// Absent until the first expected advert when it was given without a deadline.
    deadline: Option<u64>,
    /// Time nobody listened was granted in this silence.
    granted: bool,
}

/// Every watch, and the counters of those that have ended.
#[derive(Debug, Default)]
pub struct Watches {
    standing: BTreeMap<u32, Standing>,
    /// By interface and virtual router, for finding those a packet is for.
    index: BTreeMap<(u32, u8), Vec<u32>>,
    /// Adverts that equalled the expected one. Never forgotten: a number stands for one virtual
    /// router.
    counts: BTreeMap<u32, u64>,
    earliest: Option<u64>,
}

impl Watches {
    /// Gives an order.
    pub fn give(&mut self, number: u32, order: Order, now: u64) {
        let kept = self.end(number);
        let deadline = match order.timeout {
            Some(timeout) => Some(now.saturating_add(timeout)),
            None => kept,
        };
        if let Some(deadline) = deadline {
            self.earliest = sooner(self.earliest, deadline);
        }
        let key = (order.ifindex, order.vrid);
        self.index.entry(key).or_default().push(number);
        let standing = Standing {
            order,
            deadline,
            granted: false,
        };
        self.standing.insert(number, standing);
        self.counts.entry(number).or_default();
    }

    /// Ends an order; its deadline comes back.
    pub fn end(&mut self, number: u32) -> Option<u64> {
        let Standing {
            order, deadline, ..
        } = self.standing.remove(&number)?;
        if let Some(numbers) = self.index.get_mut(&(order.ifindex, order.vrid)) {
            numbers.retain(|other| *other != number);
        }
        deadline
    }

    /// Ends every order of an interface.
    pub fn end_of(&mut self, ifindex: u32) {
        self.standing
            .retain(|_, standing| standing.order.ifindex != ifindex);
        self.index.retain(|(of, _), _| *of != ifindex);
    }

    /// Takes a packet that arrived `now`. True when every watch it is for expected it: nobody has
    /// to be told.
    pub fn take(&mut self, ifindex: u32, packet: &Ipv4Packet<'_>, now: u64) -> bool {
        let Some(vrid) = vrid_of(packet) else {
            return false;
        };
        let Some(numbers) = self.index.get(&(ifindex, vrid)) else {
            return false;
        };
        let (mut concerned, mut expected) = (false, true);
        for number in numbers {
            let Some(standing) = self.standing.get_mut(number) else {
                continue;
            };
            let Standing {
                order,
                deadline,
                granted,
            } = standing;
            if !order.is_for(packet) {
                continue;
            }
            concerned = true;
            if order
                .expect
                .as_ref()
                .is_some_and(|pattern| pattern.matches(packet))
            {
                let next = now.saturating_add(order.rearm);
                *deadline = Some(next);
                *granted = false;
                self.earliest = sooner(self.earliest, next);
                if let Some(count) = self.counts.get_mut(number) {
                    *count += 1;
                }
            } else {
                expected = false;
            }
        }
        concerned && expected
    }

    /// Before this nothing expires. It may be early: expected adverts have moved deadlines on.
    pub fn next_deadline(&self) -> Option<u64> {
        self.earliest
    }

    /// Names the interface of every watch whose deadline is reached: what waits there is to be taken
    /// before [`Watches::advance`].
    pub fn overdue(&self, now: u64, mut found: impl FnMut(u32)) {
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return;
        }
        let over = |one: &&Standing| one.deadline.is_some_and(|deadline| deadline <= now);
        let late = self.standing.values().filter(over);
        late.for_each(|one| found(one.order.ifindex));
    }

    /// Hands out number and `seq` of every watch whose deadline is reached. They have ended.
    ///
    /// Silence counts only while somebody listens: a deadline that passed unseen, because this thread
    /// or the whole machine stood still and perhaps its peers with it, moves on once by as much, at
    /// most by `rearm`.
    pub fn advance(&mut self, now: u64, mut expired: impl FnMut(u32, u32)) {
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return;
        }
        let Self {
            standing,
            index,
            earliest,
            ..
        } = self;
        *earliest = None;
        standing.retain(|number, standing| {
            let Standing {
                order,
                deadline,
                granted,
            } = standing;
            let unseen = deadline.map_or(0, |deadline| now.saturating_sub(deadline));
            if unseen > UNSEEN && !*granted {
                *granted = true;
                *deadline = Some(now.saturating_add(unseen.min(order.rearm)));
            }
            let over = deadline.is_some_and(|deadline| deadline <= now);
            if over {
                if let Some(numbers) = index.get_mut(&(order.ifindex, order.vrid)) {
                    numbers.retain(|other| other != number);
                }
                expired(*number, order.seq);
            } else if let Some(deadline) = *deadline {
                *earliest = sooner(*earliest, deadline);
            }
            !over
        });
    }

    /// How many expected adverts each order saw.
    pub fn counts(&self) -> Vec<OrderCount> {
        let count = |(order, count): (&u32, &u64)| OrderCount {
            order: *order,
            count: *count,
        };
        self.counts.iter().map(count).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::packet::parse;
    use super::*;
    use crate::protocol::Expected;
    use std::net::Ipv4Addr;

    const S: u64 = 1_000_000;

    fn advert(priority: u8) -> Vec<u8> {
        let mut bytes = vec![0x45, 0, 0, 24, 0, 9, 0, 0, 255, 112, 0, 0];
        bytes.extend([10, 0, 0, 1, 224, 0, 0, 18, 0x21, 5, priority, 1]);
        bytes
    }

    fn order() -> Order {
        let expected = Expected {
            source: Ipv4Addr::new(10, 0, 0, 1),
            destination: Ipv4Addr::new(224, 0, 0, 18),
            ttl: 255,
            hex: "21056401".into(),
        };
        Order {
            seq: 7,
            ifindex: 2,
            vrid: 5,
            expect: Some(Pattern::read(&expected).unwrap()),
            hears: None,
            timeout: Some(3 * S),
            rearm: 4 * S,
        }
    }

    fn take(all: &mut Watches, ifindex: u32, priority: u8, now: u64) -> bool {
        all.take(ifindex, &parse(&advert(priority)).unwrap(), now)
    }

    fn expired(all: &mut Watches, now: u64) -> Vec<(u32, u32)> {
        let mut seen = Vec::new();
        all.advance(now, |number, seq| seen.push((number, seq)));
        seen
    }

    #[test]
    fn watch_without_advert_expires_once_with_its_seq() {
        let mut all = Watches::default();
        all.give(1, order(), 0);
        assert_eq!(all.next_deadline(), Some(3 * S));
        assert_eq!(expired(&mut all, 3 * S - 1), []);
        assert_eq!(expired(&mut all, 3 * S), [(1, 7)]);
        assert_eq!(expired(&mut all, 9 * S), []);
        assert_eq!(all.next_deadline(), None);
        assert!(!take(&mut all, 2, 100, 9 * S), "it has ended");
    }

    #[test]
    fn watch_whose_deadline_passed_unseen_listens_as_long_again_but_once() {
        let mut all = Watches::default();
        all.give(1, order(), 0);
        let mut late = Vec::new();
        all.overdue(4 * S, |ifindex| late.push(ifindex));
        assert_eq!(late, [2]);
        assert_eq!(expired(&mut all, 4 * S), [], "1 s was not listened to");
        assert_eq!(all.next_deadline(), Some(5 * S));
        assert_eq!(
            expired(&mut all, 6 * S),
            [(1, 7)],
            "granted once in a silence"
        );
    }

    #[test]
    fn watch_after_a_long_pause_listens_for_one_rearm_and_an_advert_ends_the_silence() {
        let mut all = Watches::default();
        all.give(1, order(), 0);
        assert_eq!(expired(&mut all, 100 * S), []);
        assert_eq!(all.next_deadline(), Some(104 * S));
        assert!(take(&mut all, 2, 100, 103 * S));
        assert_eq!(
            expired(&mut all, 200 * S),
            [],
            "a new silence, granted anew"
        );
        assert_eq!(expired(&mut all, 204 * S), [(1, 7)]);
    }

    #[test]
    fn watch_looked_at_a_little_late_expires() {
        let mut all = Watches::default();
        all.give(1, order(), 0);
        assert_eq!(expired(&mut all, 3 * S + UNSEEN), [(1, 7)]);
    }

    #[test]
    fn expected_advert_rearms_from_its_arrival_and_is_counted() {
        let mut all = Watches::default();
        all.give(1, order(), 0);
        assert!(take(&mut all, 2, 100, S));
        assert!(take(&mut all, 2, 100, 2 * S));
        assert_eq!(expired(&mut all, 6 * S - 1), []);
        assert_eq!(all.next_deadline(), Some(6 * S));
        assert_eq!(expired(&mut all, 6 * S), [(1, 7)]);
        let count = OrderCount { order: 1, count: 2 };
        assert_eq!(all.counts(), [count]);
    }

    #[test]
    fn rearm_shorter_than_the_deadline_brings_it_forward() {
        let mut all = Watches::default();
        let short = Order {
            timeout: Some(100 * S),
            rearm: S,
            ..order()
        };
        all.give(1, short, 0);
        assert!(take(&mut all, 2, 100, S));
        assert_eq!(all.next_deadline(), Some(2 * S));
        assert_eq!(expired(&mut all, 2 * S), [(1, 7)]);
    }

    #[test]
    fn other_advert_router_or_interface_changes_nothing_and_is_reported() {
        let mut all = Watches::default();
        all.give(1, order(), 0);
        assert!(!take(&mut all, 2, 99, S), "another priority");
        assert!(!take(&mut all, 3, 100, S), "another interface");
        let mut other = advert(100);
        *other.get_mut(21).unwrap() = 6;
        assert!(!all.take(2, &parse(&other).unwrap(), S), "another router");
        let mut empty = advert(0);
        *empty.get_mut(3).unwrap() = 20;
        assert!(!all.take(2, &parse(&empty).unwrap(), S), "no PDU");
        assert_eq!(expired(&mut all, 3 * S), [(1, 7)]);
    }

    #[test]
    fn watch_frozen_keeps_the_deadline_and_reports_every_packet() {
        let mut all = Watches::default();
        all.give(1, order(), 0);
        assert!(take(&mut all, 2, 100, S));
        let frozen = Order {
            seq: 8,
            expect: None,
            timeout: None,
            ..order()
        };
        all.give(1, frozen, 2 * S);
        assert!(!take(&mut all, 2, 100, 3 * S));
        assert_eq!(expired(&mut all, 5 * S - 1), []);
        assert_eq!(
            expired(&mut all, 5 * S),
            [(1, 8)],
            "stale seq 7 is never heard of"
        );
    }

    #[test]
    fn watch_replaced_with_a_new_timeout_counts_from_now_and_keeps_its_count() {
        let mut all = Watches::default();
        all.give(1, order(), 0);
        assert!(take(&mut all, 2, 100, S));
        all.give(1, Order { seq: 9, ..order() }, 2 * S);
        assert_eq!(expired(&mut all, 5 * S), [(1, 9)]);
        all.give(1, order(), 6 * S);
        assert!(take(&mut all, 2, 100, 7 * S));
        let count = OrderCount { order: 1, count: 2 };
        assert_eq!(all.counts(), [count]);
    }

    #[test]
    fn watch_given_without_any_deadline_waits_for_the_first_expected_advert() {
        let mut all = Watches::default();
        let without = Order {
            timeout: None,
            ..order()
        };
        all.give(1, without, 0);
        assert_eq!(all.next_deadline(), None);
        assert!(take(&mut all, 2, 100, S));
        assert_eq!(expired(&mut all, 5 * S), [(1, 7)]);
    }

    #[test]
    fn watch_that_is_moved_no_longer_heeds_the_former_interface() {
        let mut all = Watches::default();
        all.give(1, order(), 0);
        let moved = Order {
            ifindex: 3,
            ..order()
        };
        all.give(1, moved, 0);
        assert!(!take(&mut all, 2, 100, S));
        assert!(take(&mut all, 3, 100, S));
    }

    #[test]
    fn two_watches_of_one_router_report_what_one_of_them_does_not_expect() {
        let mut all = Watches::default();
        all.give(1, order(), 0);
        let all_seeing = Order {
            expect: None,
            ..order()
        };
        all.give(2, all_seeing, 0);
        assert!(!take(&mut all, 2, 100, S));
        assert_eq!(expired(&mut all, 3 * S), [(2, 7)], "the first was re-armed");
    }

    #[test]
    fn two_watches_that_hear_other_groups_leave_each_other_alone() {
        let mut all = Watches::default();
        let hearing = |destination: [u8; 4]| Order {
            hears: Some(Hears {
                destination: destination.into(),
                sources: Vec::new(),
            }),
            ..order()
        };
        all.give(1, hearing([224, 0, 0, 18]), 0);
        all.give(2, hearing([233, 4, 5, 6]), 0);
        assert!(take(&mut all, 2, 100, S), "nobody has to be told");
        assert!(!take(&mut all, 2, 0, S), "not the advert it expects");
        assert_eq!(expired(&mut all, 3 * S), [(2, 7)], "the first was re-armed");
    }

    #[test]
    fn watch_that_hears_peers_leaves_what_others_send_to_be_reported() {
        let hearing = |peer: [u8; 4]| Order {
            hears: Some(Hears {
                destination: [224, 0, 0, 18].into(),
                sources: vec![[10, 0, 0, 9].into(), peer.into()],
            }),
            ..order()
        };
        let mut all = Watches::default();
        all.give(1, hearing([10, 0, 0, 1]), 0);
        assert!(take(&mut all, 2, 100, S));
        all.give(1, hearing([10, 0, 0, 2]), 0);
        assert!(!take(&mut all, 2, 100, S));
    }

    #[test]
    fn end_is_final_and_idempotent() {
        let mut all = Watches::default();
        all.give(1, order(), 0);
        all.give(2, order(), 0);
        all.end(1);
        all.end(1);
        all.end_of(2);
        assert_eq!(expired(&mut all, 9 * S), []);
    }
}
