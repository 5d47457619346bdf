//! Takeovers that are prepared: what is to be done when the last of some watches has expired. What
//! that is was decided beforehand; here it is only kept, and dropped when it may not be right any
//! more. Knows no clock and no socket.

use crate::protocol::{AddressOp, Announcement, Awaited, EngineCall};
use std::collections::BTreeMap;

/// What is done then.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// Watches that have expired, as they were prepared for.
    pub watches: Vec<Awaited>,
    /// Transmissions that begin.
    pub calls: Vec<EngineCall>,
    /// Addresses that are added.
    pub ops: Vec<AddressOp>,
    /// What is announced.
    pub places: Vec<Announcement>,
}

#[derive(Debug)]
struct Prepared {
    /// Orders of watches that have expired.
    expired: Vec<u32>,
    deed: Deed,
}

/// Every takeover that is prepared.
#[derive(Debug, Default)]
pub struct Takeovers {
    /// By a number of its own.
    prepared: BTreeMap<u64, Prepared>,
    /// The one that each watch belongs to.
    of: BTreeMap<u32, u64>,
    given: u64,
    /// Number of the last packet that was told of for an order.
    told: BTreeMap<u32, u64>,
}

impl Takeovers {
    /// Prepares one in the place of whatever was prepared for any of its watches.
    pub fn give(&mut self, deed: Deed) {
        self.given += 1;
        for one in &deed.watches {
            self.withhold(one.order);
            self.of.insert(one.order, self.given);
        }
        let expired = Vec::new();
        self.prepared.insert(self.given, Prepared { expired, deed });
    }

    /// Somebody is told of a packet, with its number, for a watch: what is prepared was so without
    /// knowing of it.
    pub fn told(&mut self, order: u32, packet: u64) {
        self.withhold(order);
        self.told.insert(order, packet);
    }

    /// Whether all that was told of for an order is among the first `heard` packets.
    pub fn is_heard(&self, order: u32, heard: u64) -> bool {
        self.told.get(&order).is_none_or(|packet| *packet <= heard)
    }

    /// Nothing is done for a watch any more, nor for those it is prepared together with.
    pub fn withhold(&mut self, order: u32) {
        let Some(number) = self.of.get(&order) else {
            return;
        };
        if let Some(prepared) = self.prepared.remove(number) {
            for one in prepared.deed.watches {
                self.of.remove(&one.order);
            }
        }
    }

    /// A watch has expired: what is to be done now, if it was the last.
    pub fn expired(&mut self, order: u32, seq: u32) -> Option<Deed> {
        let prepared = self.prepared.get_mut(self.of.get(&order)?)?;
        let watches = &prepared.deed.watches;
        if !watches.contains(&Awaited { order, seq }) {
            self.withhold(order);
            return None;
        }
        prepared.expired.push(order);
        if prepared.expired.len() < watches.len() {
            return None;
        }
        let number = self.of.get(&order).copied()?;
        let deed = self.prepared.remove(&number)?.deed;
        for one in &deed.watches {
            self.of.remove(&one.order);
        }
        Some(deed)
    }

    /// Nothing is prepared any more.
    pub fn forget(&mut self) {
        self.prepared.clear();
        self.of.clear();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn deed(watches: &[(u32, u32)]) -> Deed {
        Deed {
            watches: watches
                .iter()
                .map(|(order, seq)| Awaited {
                    order: *order,
                    seq: *seq,
                })
                .collect(),
            calls: Vec::new(),
            ops: Vec::new(),
            places: Vec::new(),
        }
    }

    #[test]
    fn takeover_is_done_once_when_its_watch_expires_and_of_several_with_the_last() {
        let mut all = Takeovers::default();
        all.give(deed(&[(1, 7)]));
        all.give(deed(&[(2, 3), (3, 4)]));
        assert_eq!(all.expired(1, 7), Some(deed(&[(1, 7)])));
        assert_eq!(all.expired(1, 7), None);
        assert_eq!(all.expired(3, 4), None);
        assert_eq!(all.expired(2, 3), Some(deed(&[(2, 3), (3, 4)])));
        assert_eq!(all.expired(3, 4), None);
    }

    #[test]
    fn takeover_of_another_watch_is_none_and_is_dropped() {
        let mut all = Takeovers::default();
        all.give(deed(&[(1, 7)]));
        assert_eq!(all.expired(1, 8), None);
        assert_eq!(all.expired(1, 7), None, "whoever decides knows more");
    }

    #[test]
    fn takeover_withheld_for_one_of_several_is_withheld_for_all() {
        let mut all = Takeovers::default();
        all.give(deed(&[(1, 1), (2, 1)]));
        assert_eq!(all.expired(1, 1), None);
        all.withhold(2);
        all.withhold(9);
        assert_eq!(all.expired(2, 1), None);
        assert_eq!(all.expired(1, 1), None);
        assert!(all.prepared.is_empty() && all.of.is_empty());
    }

    #[test]
    fn takeover_for_which_something_is_told_is_dropped_until_that_is_heard() {
        let mut all = Takeovers::default();
        all.give(deed(&[(1, 1)]));
        assert!(all.is_heard(1, 0));
        all.told(1, 5);
        assert_eq!(all.expired(1, 1), None);
        assert!(!all.is_heard(1, 4));
        assert!(all.is_heard(1, 5));
        assert!(all.is_heard(2, 0));
    }

    #[test]
    fn takeover_replaced_in_part_leaves_nothing_of_the_former() {
        let mut all = Takeovers::default();
        all.give(deed(&[(1, 1), (2, 1)]));
        all.give(deed(&[(2, 5)]));
        assert_eq!(all.expired(1, 1), None);
        assert_eq!(all.expired(2, 5), Some(deed(&[(2, 5)])));
        all.give(deed(&[(4, 1)]));
        all.forget();
        assert_eq!(all.expired(4, 1), None);
    }
}
