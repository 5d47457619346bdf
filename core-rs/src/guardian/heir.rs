//! Taking over from the guardian of a daemon that left or died: what it speaks for, and what of that
//! is taken or left.

use super::message::{RECORD, Record, Router};
use crate::protocol::HeldRouter;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// How long a guardian that speaks for a daemon to come is given to say so, when it has been asked.
/// One that withdraws says nothing until its end.
const END: Duration = Duration::from_secs(15);

/// How long one that is left with something is waited for when it does not write.
const WRITE: Duration = Duration::from_secs(2);

/// Most virtual routers of one guardian: two families and all numbers of many interfaces.
const MOST: usize = 1 << 16;

/// A guardian that speaks for what a daemon held before.
#[derive(Debug)]
pub struct Predecessor {
    stream: UnixStream,
    /// Not taken or left yet.
    pub held: Vec<Router>,
    /// The daemon left on purpose.
    pub planned: bool,
}

/// Asks guardians what they hold. Those that end instead, or say something else, are not among the
/// answers: they are waited for, but not for ever.
pub fn ask(streams: Vec<UnixStream>) -> Vec<Predecessor> {
    let end = Instant::now() + END;
    let asked = streams.into_iter().filter_map(|stream| {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return None;
        }
        ask_one(stream)
    });
    asked.collect()
}

fn ask_one(mut stream: UnixStream) -> Option<Predecessor> {
    let mut held = Vec::new();
    loop {
        let mut bytes = [0; RECORD];
        stream.read_exact(&mut bytes).ok()?;
        match Record::decode(bytes)? {
            Record::Held(router) if held.len() < MOST => held.push(router),
            Record::All { planned } => {
                stream.set_write_timeout(Some(WRITE)).ok()?;
                return Some(Predecessor {
                    stream,
                    held,
                    planned,
                });
            }
            _ => return None,
        }
    }
}

impl Predecessor {
    /// This process speaks for a virtual router by now, when it was held here.
    pub fn taken(&mut self, router: Router) {
        if let Some(at) = self.held.iter().position(|one| *one == router) {
            self.held.swap_remove(at);
            self.say(Record::Taken(router));
        }
    }

    /// Nobody will speak for these.
    pub fn renounce(&mut self, routers: &[Router]) {
        let (left, kept): (Vec<_>, Vec<_>) =
            self.held.iter().partition(|one| routers.contains(one));
        self.held = kept;
        for router in left {
            self.say(Record::Renounced(router));
        }
    }

    /// Waits until it has ended, but not for ever.
    pub fn await_end(mut self) {
        if self.stream.set_read_timeout(Some(END)).is_ok() {
            // It says nothing more: this ends with its end.
            let _ = self.stream.read(&mut [0]);
        }
    }

    /// One that has ended needs to know nothing.
    fn say(&mut self, record: Record) {
        let _ = self.stream.write_all(&record.encode());
    }
}

impl From<Router> for HeldRouter {
    fn from(router: Router) -> Self {
        let Router {
            ifindex,
            vrid,
            ipv6,
        } = router;
        Self {
            ifindex,
            vrid,
            ipv6,
        }
    }
}

impl From<HeldRouter> for Router {
    fn from(router: HeldRouter) -> Self {
        let HeldRouter {
            ifindex,
            vrid,
            ipv6,
        } = router;
        Self {
            ifindex,
            vrid,
            ipv6,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn router(vrid: u8) -> Router {
        Router {
            ifindex: 2,
            vrid,
            ipv6: false,
        }
    }

    #[test]
    fn guardian_that_speaks_is_told_what_is_taken_and_left() {
        let (mut guardian, heir) = UnixStream::pair().unwrap();
        for record in [
            Record::Held(router(51)),
            Record::Held(router(52)),
            Record::All { planned: true },
        ] {
            guardian.write_all(&record.encode()).unwrap();
        }
        let mut all = ask(vec![heir]);
        let mut one = all.pop().unwrap();
        assert!(one.planned);
        assert_eq!(one.held, [router(51), router(52)]);
        one.taken(router(51));
        one.taken(router(51));
        one.renounce(&[router(52), router(53)]);
        drop(one);
        let mut said = Vec::new();
        guardian.read_to_end(&mut said).unwrap();
        let records: Vec<_> = said
            .chunks_exact(RECORD)
            .map(|bytes| Record::decode(bytes.try_into().unwrap()).unwrap())
            .collect();
        assert_eq!(
            records,
            [Record::Taken(router(51)), Record::Renounced(router(52))]
        );
    }

    #[test]
    fn guardian_that_ends_or_is_none_holds_nothing() {
        let (ended, first) = UnixStream::pair().unwrap();
        drop(ended);
        let (mut odd, second) = UnixStream::pair().unwrap();
        odd.write_all(&[9; RECORD]).unwrap();
        assert!(ask(vec![first, second]).is_empty());
    }
}
