//! Other daemons of this network namespace: each has a datagram socket with an abstract name, and says by it what it runs.
//! Only what root or this account says is told; what it means is TypeScript's.

use crate::protocol::Event;
use crate::sys::local::{LONGEST, LocalSocket, Received};
use crate::sys::{clock, process};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::os::fd::{AsFd, BorrowedFd};
use std::{fs, io};

/// What the names of sockets begin with.
const PREFIX: &str = "holdfast-routers.";

/// The sockets of the process's network namespace, whatever that of this thread is.
const SOCKETS: &str = "/proc/self/net/unix";

/// How often it is looked whether those who said something are still there, µs.
const LOOK: u64 = 2_000_000;

/// How soon one who has too much in store is tried again, and for how long, µs.
const AGAIN: u64 = 50_000;
const AT_MOST: u64 = 60_000_000;

/// How often refusals are told, µs.
const REFUSALS: u64 = 60_000_000;

/// Most other daemons.
const MOST: usize = 64;

/// Most datagrams of one turn.
const TURN: usize = 256;

/// The socket, and whom it knows.
#[derive(Debug)]
pub struct Locals {
    socket: LocalSocket,
    /// Absent until something is said.
    name: Option<String>,
    buffer: Box<[u8; LONGEST]>,
    /// Who said something.
    known: BTreeSet<String>,
    look_at: Option<u64>,
    /// What waits for whom.
    waiting: BTreeMap<String, Waiting>,
    again_at: Option<u64>,
    refused: u64,
    /// When refusals are told.
    refusals_at: Option<u64>,
    /// Until when the next refusals wait.
    quiet_until: u64,
}

#[derive(Debug)]
struct Waiting {
    texts: VecDeque<String>,
    until: u64,
}

impl Locals {
    /// Of the network namespace of this thread; nobody hears of it yet.
    pub fn open() -> io::Result<Self> {
        Ok(Self {
            socket: LocalSocket::open()?,
            name: None,
            buffer: Box::new([0; LONGEST]),
            known: BTreeSet::new(),
            look_at: None,
            waiting: BTreeMap::new(),
            again_at: None,
            refused: 0,
            refusals_at: None,
            quiet_until: 0,
        })
    }

    /// Says something to all others, or to one.
    pub fn say(&mut self, texts: &[String], to: Option<String>) -> io::Result<()> {
        let us = match &self.name {
            Some(name) => name.clone(),
            None => self.begin()?,
        };
        let to = to.map_or_else(others, |one| vec![one]);
        let until = clock::now() + AT_MOST;
        for name in to.into_iter().filter(|name| *name != us).take(MOST) {
            let texts = texts.iter().cloned();
            let waiting = self.waiting.entry(name).or_insert_with(|| Waiting {
                texts: VecDeque::new(),
                until,
            });
            waiting.texts.extend(texts);
            waiting.until = until;
        }
        self.send();
        Ok(())
    }

    /// The socket gets its name, by which it is found from then on.
    fn begin(&mut self) -> io::Result<String> {
        let name = format!("{PREFIX}{}.{}", std::process::id(), clock::now());
        self.socket.bind(name.as_bytes())?;
        self.name = Some(name.clone());
        Ok(name)
    }

    /// Takes what was said; how many datagrams that were.
    pub fn hear(&mut self, mut tell: impl FnMut(Event)) -> usize {
        if self.name.is_none() {
            return 0;
        }
        for count in 0..TURN {
            let received = match self.socket.receive(&mut self.buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return count,
            };
            match self.accept(&received) {
                Some((_, _, text)) if text.is_empty() => {}
                Some((name, pid, text)) => {
                    self.known.insert(name.clone());
                    tell(Event::LocalSaid { name, pid, text });
                }
                None => self.refused += 1,
            }
        }
        TURN
    }

    fn is_known(&self, name: &str) -> bool {
        self.known.contains(name)
    }

    /// What is believed: name, process and text.
    fn accept(&self, received: &Received) -> Option<(String, i32, String)> {
        let (pid, user) = received.from?;
        let trusted = [0, process::own_account().0].contains(&user);
        let name = String::from_utf8(received.name.clone()?).ok()?;
        let text = String::from_utf8(self.buffer.get(..received.length)?.to_vec()).ok()?;
        let fits = self.is_known(&name) || self.known.len() < MOST;
        let good = trusted && fits && !received.cut && name.starts_with(PREFIX);
        good.then_some((name, pid, text))
    }

    /// Does what is due: sends again, looks who is gone, tells of refusals.
    pub fn look(&mut self, mut tell: impl FnMut(Event)) {
        let now = clock::now();
        if self.again_at.is_some_and(|at| at <= now) {
            self.send();
        }
        if self.look_at.is_some_and(|at| at <= now) {
            self.look_at = None;
            for name in self.known.clone() {
                // Nothing, which is as good as a word to find out.
                let sent = self.socket.send(b"", name.as_bytes());
                if sent.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused) {
                    self.known.remove(&name);
                    tell(Event::LocalGone { name });
                }
            }
        }
        if !self.known.is_empty() {
            self.look_at.get_or_insert(now + LOOK);
        }
        if self.refused > 0 {
            let at = *self.refusals_at.get_or_insert(self.quiet_until.max(now));
            if at <= now {
                let count = std::mem::take(&mut self.refused);
                self.refusals_at = None;
                self.quiet_until = now + REFUSALS;
                tell(Event::LocalRefused { count });
            }
        }
    }

    /// When something is due.
    pub fn next(&self) -> Option<u64> {
        let times = [self.look_at, self.again_at, self.refusals_at];
        times.into_iter().flatten().min()
    }

    fn send(&mut self) {
        let now = clock::now();
        let socket = &self.socket;
        self.waiting.retain(|name, waiting| {
            while let Some(text) = waiting.texts.front() {
                match socket.send(text.as_bytes(), name.as_bytes()) {
                    Ok(()) => drop(waiting.texts.pop_front()),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        return now < waiting.until;
                    }
                    // It is gone, or cannot be said.
                    Err(_) => return false,
                }
            }
            false
        });
        self.again_at = (!self.waiting.is_empty()).then_some(now + AGAIN);
    }
}

impl AsFd for Locals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Names of all such sockets.
fn others() -> Vec<String> {
    let table = fs::read_to_string(SOCKETS).unwrap_or_default();
    let names = table.lines().filter_map(|line| {
        let name = line.split_whitespace().nth(7)?.strip_prefix('@')?;
        name.starts_with(PREFIX).then(|| name.to_owned())
    });
    names.collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    const LIMIT: Duration = Duration::from_secs(60);

    /// So many events of a kind; others are passed over.
    fn heard(locals: &mut Locals, count: usize, is_it: impl Fn(&Event) -> bool) -> Vec<Event> {
        let (start, mut found) = (Instant::now(), Vec::new());
        while found.len() < count {
            let mut events = Vec::new();
            locals.hear(|event| events.push(event));
            locals.look(|event| events.push(event));
            found.extend(events.into_iter().filter(&is_it));
            assert!(start.elapsed() < LIMIT, "{} of {count} came", found.len());
            std::thread::sleep(Duration::from_millis(5));
        }
        found
    }

    fn is_of(name: &str) -> impl Fn(&Event) -> bool {
        move |event| matches!(event, Event::LocalSaid { name: from, .. } if from == name)
    }

    /// Others of this machine may speak as well: only those of the test count.
    #[test]
    fn what_one_says_is_heard_by_the_others_and_its_end_too() {
        let mut first = Locals::open().unwrap();
        first.say(&["alone".into()], None).unwrap();
        let mut second = Locals::open().unwrap();
        second.say(&["one".into(), "Grüße".into()], None).unwrap();
        let name = second.name.clone().unwrap();
        let said = ["one", "Grüße"].map(|text| Event::LocalSaid {
            name: name.clone(),
            pid: i32::try_from(std::process::id()).unwrap(),
            text: text.into(),
        });
        assert_eq!(heard(&mut first, 2, is_of(&name)), said);
        let us = first.name.clone().unwrap();
        first.say(&["back".into()], Some(name.clone())).unwrap();
        let back = heard(&mut second, 1, is_of(&us));
        assert!(matches!(&back[0], Event::LocalSaid { text, .. } if text == "back"));
        drop(second);
        heard(&mut first, 1, |event| {
            *event == Event::LocalGone { name: name.clone() }
        });
    }

    #[test]
    fn who_has_too_much_in_store_hears_all_of_it_later() {
        let mut first = Locals::open().unwrap();
        first.say(&[], None).unwrap();
        let us = first.name.clone().unwrap();
        let mut second = Locals::open().unwrap();
        // More than `net.unix.max_dgram_qlen`.
        let texts: Vec<_> = (0..200).map(|number| number.to_string()).collect();
        second.say(&texts, Some(us)).unwrap();
        let name = second.name.clone().unwrap();
        let (start, mut found) = (Instant::now(), Vec::new());
        while found.len() < texts.len() {
            second.look(|_| {});
            first.hear(|event| match event {
                Event::LocalSaid {
                    name: from, text, ..
                } if from == name => found.push(text),
                _ => {}
            });
            assert!(start.elapsed() < LIMIT, "{} came", found.len());
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(found, texts);
    }

    #[test]
    fn what_nobody_can_have_said_is_counted_and_not_told() {
        let mut locals = Locals::open().unwrap();
        locals.say(&[], None).unwrap();
        let us = locals.name.clone().unwrap();
        let nameless = LocalSocket::open().unwrap();
        nameless.send(b"{}", us.as_bytes()).unwrap();
        let stranger = LocalSocket::open().unwrap();
        let name = format!("stranger.{}", clock::now());
        stranger.bind(name.as_bytes()).unwrap();
        stranger.send(b"{}", us.as_bytes()).unwrap();
        let spoiled = LocalSocket::open().unwrap();
        let name = format!("{PREFIX}spoiled.{}", clock::now());
        spoiled.bind(name.as_bytes()).unwrap();
        spoiled.send(b"\xff\xfe", us.as_bytes()).unwrap();
        spoiled
            .send(&vec![b' '; LONGEST + 1], us.as_bytes())
            .unwrap();
        let refused = heard(&mut locals, 1, |event| {
            matches!(event, Event::LocalRefused { .. })
        });
        assert_eq!(refused, [Event::LocalRefused { count: 4 }]);
    }

    #[test]
    fn accept_takes_what_root_and_this_account_say_only() {
        let mut locals = Locals::open().unwrap();
        let text = b"text";
        locals.buffer[..text.len()].copy_from_slice(text);
        let from = |user| Received {
            length: text.len(),
            cut: false,
            name: Some(format!("{PREFIX}7").into_bytes()),
            from: Some((7, user)),
        };
        let believed = Some((format!("{PREFIX}7"), 7, "text".to_owned()));
        assert_eq!(locals.accept(&from(0)), believed);
        let own = process::own_account().0;
        assert_eq!(locals.accept(&from(own)), believed);
        assert_eq!(locals.accept(&from(own + 65_534)), None);
        let nobody = Received {
            from: None,
            ..from(0)
        };
        assert_eq!(locals.accept(&nobody), None);
    }
}
