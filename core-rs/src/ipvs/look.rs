//! What of the IPVS table TypeScript knows: the kernel does not tell of its changes, so somebody has to look, and
//! only what is different is told. What is kept of a service is a number.

use crate::protocol::{Destination, IpvsOp, Service, ServiceId};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

/// Looking may take this part of the time: the next look waits for so many times the last one's length.
const SHARE: u32 = 30;

/// With more destinations in all the services we have changed, a change of our own is not followed by a dump
/// for TypeScript: that costs it more than it is worth.
const SMALL: usize = 512;

/// What was seen of a table.
#[derive(Debug, Default)]
pub struct Image {
    services: HashMap<ServiceId, Seen>,
    /// Time it took so far.
    pub spent: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    number: u64,
    destinations: usize,
}

impl Image {
    /// Adds a service, and gives its number, whatever the order of its destinations.
    pub fn enter(&mut self, service: &Service, destinations: &[Destination]) -> u64 {
        let each = destinations.iter().map(number_of);
        let number = each.fold(number_of(service), u64::wrapping_add);
        let seen = Seen {
            number,
            destinations: destinations.len(),
        };
        self.services.insert(service.id.clone(), seen);
        number
    }
}

fn number_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What TypeScript knows of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// What has this number.
    Told(u64),
    /// An operation of ours came after it was told.
    Changed,
}

/// When to look, and what to compare with.
#[derive(Debug, Default)]
pub struct Look {
    interval: Option<Duration>,
    due: Option<Instant>,
    /// None until the table was told to its end.
    known: Option<HashMap<ServiceId, Known>>,
    /// The table differs, which is not told yet.
    differs: bool,
    /// That it differs was told, and not yet how.
    said: bool,
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
        self.ended(image.spent);
        let Some(known) = &mut self.known else {
            return;
        };
        let is_seen = |id: &ServiceId| image.services.contains_key(id);
        let mut differs = known
            .iter()
            .any(|(id, one)| *one != Known::Changed && !is_seen(id));
        let mut changed = Vec::new();
        for (id, seen) in &image.services {
            match known.get(id) {
                Some(Known::Told(number)) => differs |= *number != seen.number,
                Some(Known::Changed) => changed.push((id, seen)),
                None => differs = true,
            }
        }
        if changed
            .iter()
            .map(|(_, seen)| seen.destinations)
            .sum::<usize>()
            <= SMALL
        {
            differs |= !changed.is_empty();
        } else {
            for (id, seen) in changed {
                known.insert(id.clone(), Known::Told(seen.number));
            }
        }
        self.differs = differs && !self.said;
    }

    /// The table is told, with `afresh` all of it; whether that is to be all there is.
    pub fn begin(&mut self, afresh: bool) -> bool {
        if afresh {
            self.known = None;
        }
        self.known.is_none()
    }

    /// Whether a service is to be told.
    pub fn is_news(&self, id: &ServiceId, number: u64) -> bool {
        let known = self.known.as_ref().and_then(|known| known.get(id));
        known != Some(&Known::Told(number))
    }

    /// It was told to its end; those that have gone since the last time.
    pub fn told(&mut self, image: &Image) -> Vec<ServiceId> {
        let told = |(id, seen): (&ServiceId, &Seen)| (id.clone(), Known::Told(seen.number));
        let now: HashMap<_, _> = image.services.iter().map(told).collect();
        let before = self.known.take().unwrap_or_default();
        let gone = before.into_keys().filter(|id| !now.contains_key(id));
        let gone = gone.collect();
        self.known = Some(now);
        self.differs = false;
        self.said = false;
        gone
    }

    /// Operations of ours may have changed the table.
    pub fn changed_here(&mut self, ops: &[IpvsOp]) {
        let Some(known) = &mut self.known else {
            return;
        };
        for op in ops {
            match op {
                IpvsOp::Flush => known.values_mut().for_each(|one| *one = Known::Changed),
                IpvsOp::NewService { service } | IpvsOp::SetService { service } => {
                    known.insert(service.id.clone(), Known::Changed);
                }
                IpvsOp::DeleteService { id }
                | IpvsOp::NewDestination { id, .. }
                | IpvsOp::SetDestination { id, .. }
                | IpvsOp::DeleteDestination { id, .. } => {
                    known.insert(id.clone(), Known::Changed);
                }
            }
        }
    }

    /// Whether somebody else has changed the table, once until that is told.
    pub fn take_difference(&mut self) -> bool {
        let differs = std::mem::take(&mut self.differs);
        self.said |= differs;
        differs
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{id, service};
    use super::*;
    use crate::protocol::Forwarding;
    use std::net::Ipv4Addr;

    fn destinations(count: u16, weight: u32) -> Vec<Destination> {
        let one = |port| Destination {
            address: Ipv4Addr::LOCALHOST.into(),
            port,
            forwarding: Forwarding::Dr,
            weight,
            upper_threshold: 0,
            lower_threshold: 0,
        };
        (0..count).map(one).collect()
    }

    /// A table of services, each with so many destinations of such a weight.
    fn image(services: &[(u32, u16, u32)]) -> Image {
        let mut image = Image::default();
        for (mark, count, weight) in services {
            image.enter(&service(*mark), &destinations(*count, *weight));
        }
        image
    }

    #[test]
    fn look_tells_once_of_what_differs_from_what_was_told() {
        let mut look = Look::default();
        look.seen(&image(&[(1, 1, 1)]));
        assert!(!look.take_difference(), "nothing was told yet");
        look.told(&image(&[(1, 2, 1)]));
        look.seen(&image(&[(1, 2, 1)]));
        assert!(!look.take_difference());
        let others: [&[_]; 4] = [&[(1, 2, 7)], &[(1, 1, 1)], &[], &[(1, 2, 1), (2, 0, 1)]];
        for other in others {
            look.seen(&image(other));
            assert!(look.take_difference(), "{other:?}");
            look.seen(&image(other));
            assert!(!look.take_difference(), "{other:?} again");
            look.told(&image(&[(1, 2, 1)]));
        }
    }

    #[test]
    fn look_after_a_change_of_ours_has_it_dumped_unless_that_is_much() {
        let mut look = Look::default();
        let op = |mark| IpvsOp::SetService {
            service: service(mark),
        };
        for (count, differs) in [(1, true), (u16::MAX, false)] {
            look.told(&image(&[(1, 1, 1), (2, u16::MAX, 1)]));
            look.changed_here(&[op(1)]);
            look.seen(&image(&[(1, count, 2), (2, u16::MAX, 1)]));
            assert_eq!(look.take_difference(), differs);
            look.told(&image(&[(1, count, 2), (2, u16::MAX, 1)]));
            look.seen(&image(&[(1, count, 3), (2, u16::MAX, 1)]));
            assert!(look.take_difference(), "later changes are told");
        }
    }

    #[test]
    fn dump_is_of_what_differs_and_names_what_has_gone() {
        let mut look = Look::default();
        assert!(look.begin(false), "nothing was told before");
        let mut all = image(&[(1, 1, 1), (2, 1, 1), (3, 1, 1)]);
        let numbers = [1, 2, 3].map(|mark| all.enter(&service(mark), &destinations(1, 1)));
        assert!(look.told(&all).is_empty());
        look.changed_here(&[IpvsOp::DeleteService { id: id(2) }]);
        assert!(!look.begin(false));
        let [one, two, three] = numbers;
        assert!(!look.is_news(&id(1), one));
        assert!(look.is_news(&id(2), two), "it was changed here");
        assert!(look.is_news(&id(3), three.wrapping_add(1)));
        assert_eq!(look.told(&image(&[(1, 1, 1), (3, 1, 2)])), [id(2)]);
        assert!(look.begin(true));
        assert!(look.is_news(&id(1), one));
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
