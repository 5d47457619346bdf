//! Patterns looked for in bodies, in time linear in the body, and the memory bodies are kept in.

use super::failed::Failed;
use crate::protocol::{Failure, Pattern};
use regex::bytes::{Regex, RegexBuilder};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most bytes of a body that are kept.
pub const KEPT_LIMIT: usize = 1 << 20;

/// Most bytes kept of all bodies together.
const ALL_LIMIT: usize = 64 << 20;

/// Most memory a pattern may need, bytes.
const SIZE_LIMIT: usize = 1 << 20;

/// Most patterns that are remembered.
const REMEMBERED: usize = 1024;

/// Patterns, made ready.
#[derive(Default)]
pub struct Patterns {
    known: HashMap<String, Regex>,
    budget: Arc<AtomicUsize>,
}

impl Patterns {
    /// A body in which it will be looked for.
    pub fn search(&mut self, pattern: &Pattern) -> Result<Search, Failed> {
        let regex = match self.known.get(&pattern.text) {
            Some(regex) => regex.clone(),
            None => {
                let made = RegexBuilder::new(&pattern.text)
                    .unicode(false)
                    .size_limit(SIZE_LIMIT)
                    .dfa_size_limit(SIZE_LIMIT)
                    .build();
                let regex = made.map_err(|_| (Failure::Unusable, 0))?;
                if self.known.len() >= REMEMBERED {
                    self.known.clear();
                }
                self.known.insert(pattern.text.clone(), regex.clone());
                regex
            }
        };
        Ok(Search {
            regex,
            pattern: pattern.clone(),
            kept: Vec::new(),
            budget: self.budget.clone(),
        })
    }
}

/// The beginning of a body, and what is looked for in it.
pub struct Search {
    regex: Regex,
    pattern: Pattern,
    kept: Vec<u8>,
    budget: Arc<AtomicUsize>,
}

impl Search {
    /// Keeps the next bytes of the body, as far as they count. Fails when all bodies together are too
    /// much.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        let room = KEPT_LIMIT.saturating_sub(self.kept.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        let before = self.budget.fetch_add(taken.len(), Ordering::Relaxed);
        if before.saturating_add(taken.len()) > ALL_LIMIT {
            self.budget.fetch_sub(taken.len(), Ordering::Relaxed);
            return Err((Failure::Local, libc::ENOMEM));
        }
        self.kept.extend_from_slice(taken);
        Ok(())
    }

    /// Whether it is there.
    pub fn is_found(&self) -> bool {
        let found = |body: &[u8]| {
            let from = usize::try_from(self.pattern.from).unwrap_or(usize::MAX);
            let to = self
                .pattern
                .to
                .map_or(usize::MAX, |to| usize::try_from(to).unwrap_or(usize::MAX));
            from <= body.len()
                && self
                    .regex
                    .find_at(body, from)
                    .is_some_and(|found| found.start() <= to)
        };
        let without_end = || match self.kept.as_slice() {
            [line @ .., b'\n'] if self.pattern.before_last_line_feed => found(line),
            _ => false,
        };
        found(&self.kept) || without_end()
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        self.budget.fetch_sub(self.kept.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern {
            text: text.into(),
            before_last_line_feed: true,
            from: 0,
            to: None,
        }
    }

    fn found(pattern: &Pattern, body: &[u8]) -> bool {
        let mut search = Patterns::default().search(pattern).unwrap();
        search.push(body).unwrap();
        search.is_found()
    }

    #[test]
    fn is_found_of_a_pattern_looks_at_bytes_and_takes_the_last_line_feed_for_an_end() {
        assert!(found(&pattern("l+o"), b"he\xffllo"));
        assert!(found(&pattern("ok$"), b"ok\n"));
        assert!(!found(&pattern("ok$"), b"ok\nno\n"));
        let strict = Pattern {
            before_last_line_feed: false,
            ..pattern("ok$")
        };
        assert!(!found(&strict, b"ok\n"));
        assert!(found(&pattern(""), b""));
    }

    #[test]
    fn is_found_within_offsets_is_where_the_match_starts() {
        let within = |from, to| Pattern {
            from,
            to,
            ..pattern("b+")
        };
        let body = b"aabbbb";
        assert!(found(&within(0, Some(2)), body));
        assert!(!found(&within(0, Some(1)), body));
        assert!(found(&within(5, None), body));
        assert!(!found(&within(6, None), body));
        assert!(!found(&within(7, None), body));
    }

    #[test]
    fn search_keeps_no_more_than_its_limit_and_all_together_no_more_than_theirs() {
        let mut patterns = Patterns::default();
        let piece = vec![b'a'; KEPT_LIMIT];
        let mut all: Vec<Search> = Vec::new();
        for _ in 0..64 {
            let mut search = patterns.search(&pattern("b")).unwrap();
            search.push(&piece).unwrap();
            search.push(b"b").unwrap();
            assert!(!search.is_found());
            all.push(search);
        }
        let mut more = patterns.search(&pattern("b")).unwrap();
        assert_eq!(more.push(b"b"), Err((Failure::Local, libc::ENOMEM)));
        all.pop();
        more.push(b"b").unwrap();
        assert!(more.is_found());
    }

    #[test]
    fn search_of_what_is_no_pattern_or_needs_too_much_is_unusable() {
        for text in ["(", "a{1000}{1000}{1000}"] {
            let made = Patterns::default().search(&pattern(text));
            assert_eq!(made.err(), Some((Failure::Unusable, 0)), "{text}");
        }
    }
}
