//! A guardian that runs, and how long it is waited for the next one when it ended too soon.

use super::start::{Running, Voice};
use std::time::{Duration, Instant};

/// A guardian that ends sooner than this after its start is started again later: something may be wrong
/// with it that starting does not mend.
const SHORT_LIFE: Duration = Duration::from_secs(1);

/// How long it is waited the first time, and at most; each time twice as long as before.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(60));

/// A guardian, and what it takes to start it again.
pub struct Ward {
    /// How it was started.
    pub whose: Whose,
    /// It.
    pub running: Running,
    /// When it was started.
    pub since: Instant,
}

/// How a guardian is started.
#[derive(Clone)]
pub struct Whose {
    /// Names the daemon.
    pub name: String,
    /// Where it says what it does.
    pub voice: Voice,
}

/// There is none because the last ones ended too soon.
pub struct Absent {
    /// How it is started.
    pub whose: Whose,
    /// When the next one is started.
    pub at: Instant,
    /// How long it is waited after that one.
    pub next: Duration,
}

impl Ward {
    /// Whether it has lived long enough for another one to be started at once.
    pub fn is_grown(&self) -> bool {
        self.since.elapsed() >= SHORT_LIFE
    }
}

impl Absent {
    /// The next one comes later, and the one after that later still.
    pub fn after(before: Option<&Self>, whose: Whose) -> Self {
        let (first, longest) = PATIENCE;
        let wait = before.map_or(first, |absent| absent.next);
        Self {
            whose,
            at: Instant::now() + wait,
            next: (wait * 2).min(longest),
        }
    }

    /// How long, ms, until then.
    pub fn wait(&self) -> i32 {
        let left = self.at.saturating_duration_since(Instant::now());
        // Rounded up, so that it is time then.
        i32::try_from(left.as_millis() + 1).unwrap_or(i32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_twice_the_one_before_up_to_a_limit() {
        let whose = Whose {
            name: "a".into(),
            voice: Voice {
                console: false,
                file: None,
            },
        };
        let mut absent = Absent::after(None, whose.clone());
        let (first, longest) = PATIENCE;
        let mut wait = first;
        for _ in 0..12 {
            assert!(absent.wait() <= wait.as_millis() as i32 + 1);
            assert!(absent.wait() > wait.as_millis() as i32 / 2);
            absent = Absent::after(Some(&absent), whose.clone());
            wait = (wait * 2).min(longest);
        }
        assert_eq!(absent.next, longest);
    }
}
