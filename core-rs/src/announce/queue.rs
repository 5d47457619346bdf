//! What is still to be announced and when: lanes, each with its own pause between two messages. It
//! knows no clock and no socket.

use crate::protocol::{Family, Lane, Pace};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;

/// How often a lane may be refused in a row before its messages are given up: with [`REST`] between
/// them a tenth of a second.
const REFUSALS: u32 = 100;

/// Time, µs, until a lane that the kernel refused is tried again.
const REST: u64 = 1_000;

/// Entries without meaning that a lane may hold beside twice those that have one.
const STALE: usize = 64;

/// An address and the interface on which it is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    /// Interface index.
    pub ifindex: u32,
    /// The address.
    pub address: IpAddr,
}

/// Messages that wait. Each address stands in it once: what is asked for again while it waits is
/// sent as often as the larger request says, so that it never holds more than there are addresses.
#[derive(Debug, Default)]
pub struct Queue {
    lanes: BTreeMap<Way, Waiting>,
    left: HashMap<Target, Left>,
    /// Number of the last entry.
    last: u64,
}

/// The lane of a message: ARP and neighbour advertisements are paced apart.
type Way = (Option<Lane>, Family);

#[derive(Debug, Clone, Copy)]
struct Left {
    way: Way,
    /// Messages to be sent, at least one.
    times: u32,
    /// Number of the entry that stands for it; others are stale.
    entry: u64,
}

#[derive(Debug, Default)]
struct Waiting {
    /// In rounds: who has more messages to send goes to the end.
    order: VecDeque<(Target, u64)>,
    /// Time between two messages, µs; 0: as fast as they go.
    interval: u64,
    /// When the next may leave.
    next_at: u64,
    /// Refusals since the last message that left.
    refusals: u32,
}

impl Queue {
    /// Adds `times` messages; `pace` says with whom it shares a pause.
    pub fn enter(&mut self, target: Target, times: u32, pace: Option<Pace>) {
        let way = (pace.map(|pace| pace.lane), family(target.address));
        let lane = self.lanes.entry(way).or_default();
        lane.interval = pace.map_or(0, |pace| pace.interval);
        if times == 0 {
            return;
        }
        match self.left.get_mut(&target) {
            Some(left) if left.way == way => left.times = left.times.max(times),
            _ => self.put(target, times, way),
        }
    }

    /// An address is not to be announced any more.
    pub fn forget(&mut self, target: Target) {
        self.left.remove(&target);
    }

    /// When the next message may leave; 0 for at once.
    pub fn next_at(&self) -> Option<u64> {
        self.lanes
            .values()
            .filter(|lane| !lane.order.is_empty())
            .map(|lane| lane.next_at)
            .min()
    }

    /// Takes what may leave, at most `most` messages, all of one lane: of those that are due the one
    /// that has waited longest.
    pub fn take_due(&mut self, now: u64, most: usize) -> Option<Due> {
        let due = |(_, lane): &(&Way, &mut Waiting)| !lane.order.is_empty() && lane.next_at <= now;
        let lanes = self.lanes.iter_mut().filter(due);
        let (way, lane) = lanes.min_by_key(|(_, lane)| lane.next_at)?;
        let most = if lane.interval == 0 { most } else { 1 };
        let mut targets = Vec::new();
        while targets.len() < most
            && let Some((target, entry)) = lane.order.pop_front()
        {
            let Some(left) = self
                .left
                .get_mut(&target)
                .filter(|left| left.entry == entry)
            else {
                continue;
            };
            targets.push(target);
            left.times -= 1;
            if left.times == 0 {
                self.left.remove(&target);
            } else {
                lane.order.push_back((target, entry));
            }
        }
        if !targets.is_empty() {
            lane.next_at = now + lane.interval;
        }
        Some(Due { way: *way, targets })
    }

    /// What was taken has left.
    pub fn sent(&mut self, due: &Due) {
        if let Some(lane) = self.lanes.get_mut(&due.way) {
            lane.refusals = 0;
        }
    }

    /// The kernel had no room for some of what was taken: that is sent later, unless it goes on for
    /// too long.
    pub fn refused(&mut self, due: &Due, refused: &[Target], now: u64) {
        let Some(lane) = self.lanes.get_mut(&due.way) else {
            return;
        };
        lane.next_at = now + REST.max(lane.interval);
        lane.refusals += 1;
        if lane.refusals > REFUSALS {
            lane.refusals = 0;
            return;
        }
        for target in refused {
            if let Some(left) = self.left.get_mut(target) {
                left.times += 1;
            } else {
                self.put(*target, 1, due.way);
            }
        }
    }

    fn put(&mut self, target: Target, times: u32, way: Way) {
        self.last += 1;
        let entry = self.last;
        let lane = self.lanes.entry(way).or_default();
        lane.order.push_back((target, entry));
        self.left.insert(target, Left { way, times, entry });
        // What was forgotten or superseded leaves its entry behind.
        if lane.order.len() > 2 * self.left.len() + STALE {
            let left = &self.left;
            let counts = |(target, entry): &(Target, u64)| {
                left.get(target).is_some_and(|left| left.entry == *entry)
            };
            lane.order.retain(counts);
        }
    }
}

/// What was taken to be sent.
#[derive(Debug)]
pub struct Due {
    way: Way,
    /// In the order in which they are to leave.
    pub targets: Vec<Target>,
}

fn family(address: IpAddr) -> Family {
    match address {
        IpAddr::V4(_) => Family::Inet,
        IpAddr::V6(_) => Family::Inet6,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn target(ifindex: u32, last: u8) -> Target {
        let address = IpAddr::from([192, 0, 2, last]);
        Target { ifindex, address }
    }

    fn pace(lane: Lane) -> Option<Pace> {
        let interval = 1_000;
        Some(Pace { interval, lane })
    }

    /// Last octets of what leaves, with the time.
    fn drained(queue: &mut Queue) -> Vec<(u64, u8)> {
        let mut left = Vec::new();
        let mut now = 0;
        while let Some(next) = queue.next_at() {
            now = now.max(next);
            let due = queue.take_due(now, 2).unwrap();
            queue.sent(&due);
            left.extend(due.targets.iter().map(|one| match one.address {
                IpAddr::V4(address) => (now, address.octets()[3]),
                IpAddr::V6(_) => (now, 0),
            }));
        }
        left
    }

    #[test]
    fn queue_without_pace_sends_in_rounds_at_once() {
        let mut queue = Queue::default();
        for last in 1..4 {
            queue.enter(target(7, last), 2, None);
        }
        let lasts: Vec<_> = drained(&mut queue);
        assert_eq!(lasts, [(0, 1), (0, 2), (0, 3), (0, 1), (0, 2), (0, 3)]);
    }

    #[test]
    fn queue_with_a_pace_leaves_the_interval_between_any_two_of_its_lane() {
        let mut queue = Queue::default();
        let shared = pace(Lane::Group { number: 0 });
        queue.enter(target(7, 1), 2, shared);
        queue.enter(target(8, 2), 1, shared);
        queue.enter(target(9, 3), 1, pace(Lane::Interface { ifindex: 9 }));
        assert_eq!(
            drained(&mut queue),
            [(0, 3), (0, 1), (1_000, 2), (2_000, 1)]
        );
        // The pause holds also after the lane was empty.
        queue.enter(target(7, 1), 1, shared);
        assert_eq!(queue.next_at(), Some(3_000));
    }

    #[test]
    fn enter_what_waits_already_does_not_add_up() {
        let mut queue = Queue::default();
        for _ in 0..1_000 {
            queue.enter(target(7, 1), 2, None);
        }
        queue.enter(target(7, 1), 3, None);
        assert_eq!(drained(&mut queue).len(), 3);
    }

    #[test]
    fn forget_what_waits_is_never_sent_and_may_be_asked_for_anew() {
        let mut queue = Queue::default();
        let shared = pace(Lane::Group { number: 0 });
        for _ in 0..10_000 {
            queue.enter(target(7, 1), 5, shared);
            queue.forget(target(7, 1));
        }
        assert_eq!(drained(&mut queue), []);
        queue.enter(target(7, 1), 5, shared);
        queue.forget(target(7, 1));
        queue.enter(target(7, 1), 1, shared);
        assert_eq!(drained(&mut queue), [(0, 1)]);
        assert!(
            queue
                .lanes
                .values()
                .all(|lane| lane.order.len() <= STALE + 1)
        );
    }

    #[test]
    fn refused_is_sent_later_but_not_for_ever() {
        let mut queue = Queue::default();
        queue.enter(target(7, 1), 1, None);
        queue.enter(target(7, 2), 1, None);
        let due = queue.take_due(0, 8).unwrap();
        queue.refused(&due, &[target(7, 2)], 0);
        assert_eq!(queue.next_at(), Some(REST));
        assert!(queue.take_due(REST - 1, 8).is_none());
        let mut now = 0;
        let mut tries = 0;
        while let Some(next) = queue.next_at() {
            now = now.max(next);
            let due = queue.take_due(now, 8).unwrap();
            assert_eq!(due.targets, [target(7, 2)]);
            queue.refused(&due, &due.targets, now);
            tries += 1;
        }
        assert_eq!(tries, REFUSALS);
    }
}
