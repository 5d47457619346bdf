//! Which order is to be looked at when.

use std::collections::{BTreeMap, BTreeSet};

/// At most one deadline per order.
#[derive(Debug, Default)]
pub struct Schedule {
    by_time: BTreeSet<(u64, u32)>,
    by_order: BTreeMap<u32, u64>,
}

impl Schedule {
    /// Sets the deadline of an order, in place of the one it had; None for never.
    pub fn set(&mut self, order: u32, at: Option<u64>) {
        let before = match at {
            Some(at) => self.by_order.insert(order, at),
            None => self.by_order.remove(&order),
        };
        if let Some(before) = before {
            self.by_time.remove(&(before, order));
        }
        if let Some(at) = at {
            self.by_time.insert((at, order));
        }
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<u64> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes the order whose deadline is the earliest and has come.
    pub fn take_due(&mut self, now: u64) -> Option<(u64, u32)> {
        let due = self.by_time.first().copied();
        let (at, order) = due.filter(|(at, _)| *at <= now)?;
        self.set(order, None);
        Some((at, order))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn schedule_takes_in_the_order_of_deadlines_and_each_once() {
        let mut schedule = Schedule::default();
        schedule.set(1, Some(30));
        schedule.set(2, Some(20));
        schedule.set(3, Some(20));
        schedule.set(1, Some(10));
        schedule.set(3, None);
        schedule.set(4, None);
        assert_eq!(schedule.next(), Some(10));
        assert_eq!(schedule.take_due(9), None);
        assert_eq!(schedule.take_due(100), Some((10, 1)));
        assert_eq!(schedule.take_due(100), Some((20, 2)));
        assert_eq!(schedule.take_due(100), None);
        assert_eq!(schedule.next(), None);
    }
}
