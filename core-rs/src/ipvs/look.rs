//! Whether the IPVS table is still what TypeScript knows: the kernel does not tell of its changes, so somebody has
//! to look. What is kept of the table is a number.

use crate::protocol::{Destination, Service, ServiceTable};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

/// Looking may take this part of the time: the next look waits for so many times the last one's length.
const SHARE: u32 = 30;

/// With more destinations a change of our own is not followed by a dump for TypeScript: that costs it more than
/// it is worth.
const SMALL: usize = 512;

/// What was seen of a table, whatever the order of its parts.
#[derive(Debug, Default)]
pub struct Image {
    sum: u64,
    destinations: usize,
    /// Time it took so far.
    pub spent: Duration,
}

impl Image {
    /// Adds a service.
    pub fn enter(&mut self, service: &Service, destinations: &[Destination]) {
        self.sum = self.sum.wrapping_add(number_of(service));
        for destination in destinations {
            let number = number_of(&(&service.id, destination));
            self.sum = self.sum.wrapping_add(number);
        }
        self.destinations += destinations.len();
    }
}

fn number_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// When to look, and what to compare with.
#[derive(Debug, Default)]
pub struct Look {
    interval: Option<Duration>,
    due: Option<Instant>,
    /// What TypeScript knows; None: an operation of ours came after its last dump.
    known: Option<u64>,
    /// The table differs, which is not told yet.
    differs: bool,
}

impl Look {
    /// Looks at this interval from now on; zero: no more.
    pub fn every(&mut self, interval: Duration) {
        self.interval = (!interval.is_zero()).then_some(interval);
        self.due = self.interval.map(|interval| Instant::now() + interval);
    }

    /// Time until the next look; None: there is none.
    pub fn wait(&self) -> Option<Duration> {
        self.due
            .map(|due| due.saturating_duration_since(Instant::now()))
    }

    /// Whether a look is due, which from then on is under way.
    pub fn begins(&mut self) -> bool {
        let begins = self.wait().is_some_and(|wait| wait.is_zero());
        if begins {
            self.due = None;
        }
        begins
    }

    /// A look has ended, or failed.
    pub fn ended(&mut self, spent: Duration) {
        self.due = self
            .interval
            .map(|interval| Instant::now() + interval.max(spent * SHARE));
    }

    /// Takes what a look has seen.
    pub fn seen(&mut self, image: &Image) {
        self.differs |= match self.known {
            Some(known) => known != image.sum,
            None => image.destinations <= SMALL,
        };
        self.known = Some(image.sum);
        self.ended(image.spent);
    }

    /// A dump goes to TypeScript.
    pub fn told(&mut self, tables: &[ServiceTable]) {
        let mut image = Image::default();
        for table in tables {
            image.enter(&table.service, &table.destinations);
        }
        self.known = Some(image.sum);
        self.differs = false;
    }

    /// An operation of ours may have changed the table.
    pub fn changed_here(&mut self) {
        self.known = None;
    }

    /// Whether somebody else has changed the table, once.
    pub fn take_difference(&mut self) -> bool {
        std::mem::take(&mut self.differs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(sum: u64, destinations: usize) -> Image {
        Image {
            sum,
            destinations,
            spent: Duration::ZERO,
        }
    }

    #[test]
    fn look_tells_once_of_what_differs_from_the_last_dump() {
        let mut look = Look::default();
        look.told(&[]);
        look.seen(&image(0, 0));
        assert!(!look.take_difference());
        look.seen(&image(7, 1));
        assert!(look.take_difference());
        look.seen(&image(7, 1));
        assert!(!look.take_difference());
    }

    #[test]
    fn look_after_a_change_of_ours_has_it_dumped_unless_the_table_is_large() {
        let mut look = Look::default();
        for (destinations, differs) in [(1, true), (SMALL + 1, false)] {
            look.told(&[]);
            look.changed_here();
            look.seen(&image(9, destinations));
            assert_eq!(look.take_difference(), differs);
            look.seen(&image(8, destinations));
            assert!(look.take_difference(), "later changes are told");
        }
    }

    #[test]
    fn look_waits_longer_when_looking_is_long() {
        let mut look = Look::default();
        assert_eq!(look.wait(), None);
        look.every(Duration::from_secs(1));
        look.ended(Duration::from_secs(1));
        assert!(look.wait() > Some(Duration::from_secs(25)));
        look.every(Duration::ZERO);
        assert_eq!(look.wait(), None);
        assert!(!look.begins());
    }
}
