//! Which processes are those that are followed, and how many.
//!
//! What is executed is looked at only after [`PATIENCE`]: a process that has ended by then costs nothing, and whatever is started
//! ten thousand times a second is not what is followed.

use super::connector::Happening;
use crate::protocol::{ArgumentMatch, Event, ProcessPattern};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Bytes of a name that the kernel keeps (`TASK_COMM_LEN` without the end).
const NAME: usize = 15;

/// How long a program has to run before it is looked at, µs.
pub const PATIENCE: u64 = 20_000;

/// A process as `/proc` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// `/proc/PID/comm`.
    pub name: Vec<u8>,
    /// `/proc/PID/cmdline`, cut into words; read only when a pattern needs it.
    pub command: Vec<Vec<u8>>,
}

/// Everything that is followed.
#[derive(Debug, Default)]
pub struct Processes {
    patterns: Vec<ProcessPattern>,
    /// Patterns that each process matches, of those that match any.
    matching: BTreeMap<i32, Vec<usize>>,
    /// Processes to be looked at, in the order of their times.
    waiting: VecDeque<(u64, i32)>,
    /// The same; those that are here no more have ended.
    fresh: BTreeSet<i32>,
    counts: Vec<u32>,
    told: Vec<Option<u32>>,
}

impl Processes {
    /// Follows these, in place of those before.
    pub fn follow(&mut self, patterns: Vec<ProcessPattern>) {
        *self = Self {
            counts: vec![0; patterns.len()],
            told: vec![None; patterns.len()],
            patterns,
            ..Self::default()
        };
    }

    /// Nothing is followed.
    pub fn is_idle(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether names are not enough.
    pub fn wants_command(&self) -> bool {
        self.patterns.iter().any(by_command)
    }

    /// Takes all processes there are, in place of what was known.
    pub fn take_all(&mut self, all: impl IntoIterator<Item = (i32, Shown)>) {
        self.matching.clear();
        self.waiting.clear();
        self.fresh.clear();
        self.counts.iter_mut().for_each(|count| *count = 0);
        for (pid, shown) in all {
            self.show(pid, &shown);
        }
    }

    /// Takes something that happened.
    pub fn hear(&mut self, happening: Happening, now: u64) {
        match happening {
            Happening::Forked { parent, child } => {
                if self.fresh.contains(&parent) {
                    self.hear(Happening::Executed(child), now);
                } else if let Some(matched) = self.matching.get(&parent).cloned() {
                    self.set(child, matched);
                }
            }
            Happening::Executed(pid) => {
                if self.fresh.insert(pid) {
                    self.waiting.push_back((now.saturating_add(PATIENCE), pid));
                }
            }
            Happening::Renamed(pid, name) => {
                if self.wants_command() {
                    self.hear(Happening::Executed(pid), now);
                } else {
                    let command = Vec::new();
                    self.show(pid, &Shown { name, command });
                }
            }
            Happening::Exited(pid) => {
                self.fresh.remove(&pid);
                self.set(pid, Vec::new());
            }
        }
    }

    /// When one is to be looked at.
    pub fn next(&self) -> Option<u64> {
        self.waiting.front().map(|(at, _)| *at)
    }

    /// The next process that is to be looked at now and has not ended.
    pub fn take_due(&mut self, now: u64) -> Option<i32> {
        while let Some((at, pid)) = self.waiting.front().copied() {
            if at > now {
                return None;
            }
            self.waiting.pop_front();
            if self.fresh.remove(&pid) {
                return Some(pid);
            }
        }
        None
    }

    /// Takes what a process is; one that is not shown any more has ended.
    pub fn look(&mut self, pid: i32, shown: Option<&Shown>) {
        match shown {
            Some(shown) => self.show(pid, shown),
            None => self.set(pid, Vec::new()),
        }
    }

    /// The counts that changed since they were told.
    pub fn news(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        let all = self.patterns.iter().zip(&self.counts).zip(&mut self.told);
        for ((pattern, count), told) in all {
            if *told != Some(*count) {
                *told = Some(*count);
                let (name, count) = (pattern.name.clone(), *count);
                events.push(Event::ProcessCount { name, count });
            }
        }
        events
    }

    fn show(&mut self, pid: i32, shown: &Shown) {
        let matched = self.patterns.iter().enumerate();
        let matched = matched.filter(|(_, pattern)| matches(pattern, shown));
        let matched = matched.map(|(at, _)| at).collect();
        self.set(pid, matched);
    }

    fn set(&mut self, pid: i32, matched: Vec<usize>) {
        let after = matched.clone();
        let before = if matched.is_empty() {
            self.matching.remove(&pid)
        } else {
            self.matching.insert(pid, matched)
        };
        for at in before.unwrap_or_default() {
            if let Some(count) = self.counts.get_mut(at) {
                *count = count.saturating_sub(1);
            }
        }
        for at in after {
            if let Some(count) = self.counts.get_mut(at) {
                *count = count.saturating_add(1);
            }
        }
    }
}

fn by_command(pattern: &ProcessPattern) -> bool {
    pattern.full_command || pattern.arguments.is_some()
}

fn matches(pattern: &ProcessPattern, shown: &Shown) -> bool {
    let wanted = pattern.command.as_bytes();
    if !by_command(pattern) {
        return wanted.get(..NAME).unwrap_or(wanted) == shown.name;
    }
    let Some((program, given)) = shown.command.split_first() else {
        return false;
    };
    if program != wanted {
        return false;
    }
    let Some(arguments) = &pattern.arguments else {
        return true;
    };
    let same = |(given, wanted): (&Vec<u8>, &String)| given == wanted.as_bytes();
    match pattern.arguments_match {
        ArgumentMatch::Exact => {
            given.len() == arguments.len() && given.iter().zip(arguments).all(same)
        }
        ArgumentMatch::Partial => {
            given.len() >= arguments.len() && given.iter().zip(arguments).all(same)
        }
        ArgumentMatch::Initial => {
            let Some((last, first)) = arguments.split_last() else {
                return true;
            };
            let begun = given.get(first.len());
            begun.is_some_and(|given| given.starts_with(last.as_bytes()))
                && given.iter().zip(first).all(same)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn pattern(command: &str) -> ProcessPattern {
        ProcessPattern {
            name: "p".into(),
            command: command.into(),
            arguments: None,
            arguments_match: ArgumentMatch::Exact,
            full_command: false,
        }
    }

    fn with(arguments: &[&str], arguments_match: ArgumentMatch) -> ProcessPattern {
        let arguments = arguments.iter().map(|one| (*one).to_owned()).collect();
        ProcessPattern {
            arguments: Some(arguments),
            arguments_match,
            ..pattern("/bin/p")
        }
    }

    fn shown(name: &str, command: &[&str]) -> Shown {
        Shown {
            name: name.into(),
            command: command.iter().map(|one| one.as_bytes().to_vec()).collect(),
        }
    }

    #[test]
    fn match_by_name_is_of_what_the_kernel_keeps_of_it() {
        let p = shown("p", &["/bin/p", "-x"]);
        assert!(matches(&pattern("p"), &p));
        assert!(!matches(&pattern("/bin/p"), &p));
        let long = shown("a-name-longer-t", &[]);
        assert!(matches(&pattern("a-name-longer-than-15"), &long));
        let full = ProcessPattern {
            full_command: true,
            ..pattern("/bin/p")
        };
        assert!(matches(&full, &p));
        assert!(!matches(&full, &shown("p", &[])));
    }

    #[test]
    fn match_by_arguments_is_exact_of_the_first_or_with_the_last_begun() {
        use ArgumentMatch::{Exact, Initial, Partial};
        let p = shown("p", &["/bin/p", "-a", "bcd"]);
        for (arguments, how, expected) in [
            (&["-a", "bcd"][..], Exact, true),
            (&["-a"], Exact, false),
            (&[], Exact, false),
            (&["-a", "bc"], Exact, false),
            (&["-a"], Partial, true),
            (&[], Partial, true),
            (&["-a", "bc"], Partial, false),
            (&["-a", "bc"], Initial, true),
            (&["-a"], Initial, true),
            (&["-a", "bcd", "e"], Initial, false),
            (&["-b", "bc"], Initial, false),
        ] {
            let pattern = with(arguments, how);
            assert_eq!(matches(&pattern, &p), expected, "{arguments:?} {how:?}");
        }
    }

    fn count(processes: &mut Processes) -> Option<u32> {
        match processes.news().as_slice() {
            [Event::ProcessCount { count, .. }] => Some(*count),
            _ => None,
        }
    }

    #[test]
    fn counts_follow_forks_programs_names_and_ends() {
        let mut all = Processes::default();
        all.follow(vec![pattern("p")]);
        all.take_all([(1, shown("init", &[])), (2, shown("p", &[]))]);
        assert_eq!(count(&mut all), Some(1));
        let (parent, child) = (2, 3);
        all.hear(Happening::Forked { parent, child }, 0);
        assert_eq!(count(&mut all), Some(2));
        all.hear(Happening::Executed(3), 0);
        assert_eq!(
            (all.take_due(PATIENCE - 1), all.next()),
            (None, Some(PATIENCE))
        );
        assert_eq!(all.take_due(PATIENCE), Some(3));
        all.look(3, Some(&shown("other", &[])));
        assert_eq!(count(&mut all), Some(1));
        all.hear(Happening::Renamed(3, b"p".to_vec()), 0);
        assert_eq!(count(&mut all), Some(2));
        all.hear(Happening::Exited(2), 0);
        all.hear(Happening::Exited(3), 0);
        assert_eq!(count(&mut all), Some(0));
        all.hear(Happening::Exited(3), 0);
        assert_eq!(count(&mut all), None);
    }

    #[test]
    fn process_that_ends_at_once_is_never_looked_at() {
        let mut all = Processes::default();
        all.follow(vec![pattern("p")]);
        for pid in 1..1_000 {
            let now = u64::try_from(pid).unwrap() * 100;
            all.hear(Happening::Executed(pid), now);
            all.hear(Happening::Exited(pid), now + 50);
        }
        assert_eq!(all.take_due(u64::MAX), None);
        assert_eq!(all.next(), None);
    }
}
