//! Speaking in the place of a daemon that is about to be followed by another one: its adverts go on,
//! what it holds stays, and the successor takes one virtual router after the other. Knows no clock,
//! socket or kernel.

use super::message::{Heading, Router};
use super::will::Will;

/// How many intervals an order that cannot be spoken for stays as it is: its backup waits for more
/// than three (RFC 9568 §6.1).
const SILENT: u64 = 2;

/// What is spoken for.
#[derive(Debug)]
pub struct Bridge {
    spoken: Vec<Spoken>,
    /// The daemon left on purpose.
    pub planned: bool,
    /// When patience ends.
    until: u64,
    /// A successor has asked.
    pub met: bool,
}

#[derive(Debug)]
struct Spoken {
    will: Will,
    next: u64,
    until: u64,
}

impl Bridge {
    /// Begins at `now`; everything is due at once, since the last advert of the daemon may be an interval
    /// ago.
    pub fn begin(wills: Vec<Will>, planned: bool, within: u64, now: u64) -> Self {
        let until = now.saturating_add(within);
        let spoken = wills.into_iter().map(|will| {
            let Heading { interval, .. } = will.heading;
            let silent = now.saturating_add(SILENT * interval);
            Spoken {
                next: now,
                until: if will.adverts.is_empty() {
                    until.min(silent)
                } else {
                    until
                },
                will,
            }
        });
        Self {
            spoken: spoken.collect(),
            planned,
            until,
            met: false,
        }
    }

    /// What is to be sent at `now`.
    pub fn due(&mut self, now: u64) -> Vec<&Will> {
        let mut due = Vec::new();
        for spoken in &mut self.spoken {
            if spoken.next > now {
                continue;
            }
            let Heading { interval, .. } = spoken.will.heading;
            let next = spoken.next.saturating_add(interval.max(1_000));
            spoken.next = if next > now {
                next
            } else {
                now.saturating_add(interval.max(1_000))
            };
            due.push(&spoken.will);
        }
        due
    }

    /// What nobody has taken in time.
    pub fn over(&mut self, now: u64) -> Vec<Will> {
        self.extract(|spoken| spoken.until <= now)
    }

    /// That of a virtual router, which is spoken for no more: somebody else does, or nobody shall.
    pub fn take(&mut self, router: Router) -> Option<Will> {
        self.extract(|spoken| spoken.will.heading.router() == router)
            .pop()
    }

    /// What is spoken for.
    pub fn routers(&self) -> impl Iterator<Item = Router> + '_ {
        self.spoken
            .iter()
            .map(|spoken| spoken.will.heading.router())
    }

    /// Whether there is nothing left to do: all is taken, or patience has ended with nobody to take
    /// anything.
    pub fn is_done(&self, now: u64) -> bool {
        self.spoken.is_empty() && (self.met || self.until <= now)
    }

    /// When something is due.
    pub fn deadline(&self) -> u64 {
        let moments = self
            .spoken
            .iter()
            .map(|spoken| spoken.next.min(spoken.until));
        moments.min().unwrap_or(self.until)
    }

    fn extract(&mut self, which: impl Fn(&Spoken) -> bool) -> Vec<Will> {
        let mut taken = Vec::new();
        let mut kept = Vec::with_capacity(self.spoken.len());
        for spoken in self.spoken.drain(..) {
            if which(&spoken) {
                taken.push(spoken.will);
            } else {
                kept.push(spoken);
            }
        }
        self.spoken = kept;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::Ip;
    use super::*;

    const S: u64 = 1_000_000;
    const SOURCE: Ip = Ip::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const ROUTER: Router = Router {
        ifindex: 2,
        vrid: 51,
        ipv6: false,
    };

    fn will(vrid: u8, speaks: bool) -> Will {
        let heading = Heading {
            order: u32::from(vrid),
            ifindex: 2,
            vrid,
            source: SOURCE,
            keep: S,
            interval: S,
        };
        Will::of(
            heading,
            if speaks {
                vec![(SOURCE, vec![1])]
            } else {
                Vec::new()
            },
        )
    }

    #[test]
    fn speaks_at_once_and_every_interval_until_patience_ends() {
        let mut bridge = Bridge::begin(vec![will(51, true)], false, 10 * S, 5);
        assert_eq!(bridge.due(5).len(), 1);
        assert_eq!(bridge.deadline(), 5 + S);
        assert!(bridge.due(5 + S - 1).is_empty());
        assert_eq!(bridge.due(5 + S).len(), 1);
        assert!(bridge.over(5 + 10 * S - 1).is_empty());
        assert_eq!(bridge.over(5 + 10 * S).len(), 1);
        assert!(bridge.is_done(5 + 10 * S));
    }

    #[test]
    fn pause_is_not_followed_by_a_burst() {
        let mut bridge = Bridge::begin(vec![will(51, true)], false, 100 * S, 0);
        assert_eq!(bridge.due(50 * S + 7).len(), 1);
        assert_eq!(bridge.deadline(), 51 * S + 7);
    }

    #[test]
    fn what_cannot_be_spoken_for_stays_for_less_than_a_backup_waits() {
        let mut bridge = Bridge::begin(vec![will(51, false)], true, 100 * S, 0);
        assert!(bridge.over(2 * S - 1).is_empty());
        assert_eq!(bridge.over(2 * S).len(), 1);
    }

    #[test]
    fn what_is_taken_is_spoken_for_no_more() {
        let mut bridge = Bridge::begin(vec![will(51, true), will(52, true)], true, 10 * S, 0);
        assert!(bridge.take(ROUTER).is_some());
        assert!(bridge.take(ROUTER).is_none());
        assert_eq!(bridge.due(0).len(), 1);
        assert!(!bridge.is_done(0));
    }

    #[test]
    fn nothing_to_speak_for_waits_for_a_successor_all_the_same() {
        let mut bridge = Bridge::begin(Vec::new(), true, 10 * S, 0);
        assert!(!bridge.is_done(0));
        assert_eq!(bridge.deadline(), 10 * S);
        bridge.met = true;
        assert!(bridge.is_done(0));
    }
}
