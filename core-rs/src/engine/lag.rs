//! How late the engine is: what was due is compared with when it is looked at, and a machine that slept
//! is told from a thread that did not run.

use super::UNSEEN;
use crate::protocol::{Event, Lag};

/// What is later than this, µs, is told of at once: operators ask why a node was deaf.
const TOLD: u64 = 1_000_000;

/// What is later than this is told of as well, but not often.
const SOME: u64 = 100_000;

/// How often that is, µs.
const PACE: u64 = 60_000_000;

/// Measures from its first moment on.
#[derive(Debug, Default)]
pub struct Meter {
    lag: Lag,
    /// What `CLOCK_BOOTTIME` was ahead of `CLOCK_MONOTONIC`; absent at first.
    ahead: Option<u64>,
    /// Before this nothing is told of that is not long.
    next: u64,
    /// The longest of what was not told of since.
    untold: u64,
}

impl Meter {
    /// Notes a wake at `now`, when something was `due`; gives what is to be told of it. `ahead`: how much
    /// longer the machine has been up than its monotonic clock has run, which is how long it slept.
    pub fn woke(&mut self, due: Option<u64>, now: u64, ahead: u64) -> Option<Event> {
        let before = self.ahead.unwrap_or(ahead);
        let asleep = ahead.saturating_sub(before);
        // It never grows less: a reading that is, was held up.
        self.ahead = Some(before.max(ahead));
        self.lag.asleep += asleep;
        let late = due.map_or(0, |due| now.saturating_sub(due));
        self.lag.worst = self.lag.worst.max(late);
        if late > UNSEEN {
            self.lag.times += 1;
            self.lag.total += late;
        }
        // The monotonic clock stands still while the machine sleeps.
        let time = late.saturating_add(asleep);
        if time > TOLD {
            return Some(Event::Unseen { time, asleep });
        }
        if time > SOME {
            self.untold = self.untold.max(time);
        }
        if self.untold == 0 || now < self.next {
            return None;
        }
        self.next = now.saturating_add(PACE);
        let time = std::mem::take(&mut self.untold);
        Some(Event::Unseen { time, asleep: 0 })
    }

    /// What was measured.
    pub fn lag(&self) -> Lag {
        self.lag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: u64 = 1_000_000;

    fn time(event: Option<Event>) -> Option<(u64, u64)> {
        match event {
            Some(Event::Unseen { time, asleep }) => Some((time, asleep)),
            _ => None,
        }
    }

    #[test]
    fn what_is_late_is_counted_and_what_is_long_told_of() {
        let mut meter = Meter::default();
        assert_eq!(time(meter.woke(None, 5 * S, 7)), None);
        assert_eq!(time(meter.woke(Some(6 * S), 6 * S + 19_000, 7)), None);
        let late = meter.woke(Some(7 * S), 9 * S, 7);
        assert_eq!(time(late), Some((2 * S, 0)));
        let lag = meter.lag();
        assert_eq!((lag.worst, lag.times, lag.total), (2 * S, 1, 2 * S));
        assert_eq!(lag.asleep, 0);
    }

    #[test]
    fn what_is_shorter_is_told_of_once_a_minute_with_the_worst() {
        let mut meter = Meter::default();
        let some = |meter: &mut Meter, at: u64, late| time(meter.woke(Some(at), at + late, 0));
        assert_eq!(some(&mut meter, 100 * S, 200_000), Some((200_000, 0)));
        for second in 101..160 {
            let late = if second == 130 { 900_000 } else { 300_000 };
            assert_eq!(some(&mut meter, second * S, late), None, "{second}");
        }
        assert_eq!(some(&mut meter, 161 * S, 5), Some((900_000, 0)));
        assert_eq!(some(&mut meter, 300 * S, 5), None);
    }

    #[test]
    fn sleep_of_the_machine_is_told_of_though_nothing_was_late() {
        let mut meter = Meter::default();
        assert_eq!(time(meter.woke(None, S, 3 * S)), None);
        let slept = meter.woke(Some(2 * S), 2 * S, 63 * S);
        assert_eq!(time(slept), Some((60 * S, 60 * S)));
        assert_eq!(time(meter.woke(Some(3 * S), 3 * S, 63 * S)), None);
        assert_eq!(meter.lag().asleep, 60 * S);
    }
}
