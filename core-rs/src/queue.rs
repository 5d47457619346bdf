//! What waits to be drained by TypeScript, and when the doorbell is due.
//!
//! Urgent events overtake the rest: whoever has lost its mastership must not answer as a master what
//! was heard before.
//!
//! Replies and events are never dropped: there is at most one reply per call, and events come from
//! orders and from the kernel's tables. Packets come from the network, so their share is bounded.

use crate::engine::UNSEEN;
use crate::error::Error;
use crate::protocol::{CallResult, Event, QUIET, Reply};
use crate::record::{self, Kind, PacketHead};
use crate::sink::Sink;
use crate::sys::clock;
use serde::Serialize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Most bytes of packets that wait: some 16,000 adverts.
const PACKET_BYTES: usize = 1 << 20;

/// Most bytes of one drain, but for a record that is longer: what is drained cannot be overtaken
/// any more.
const DRAINED_BYTES: usize = 16 << 10;

/// Room that is kept when everything is drained.
const KEPT_BYTES: usize = 2 << 20;

/// The queue between all threads of the core and TypeScript. Nothing here waits for JavaScript, but
/// [`Queue::wait`], which is the doorbell thread's.
#[derive(Clone, Default)]
pub struct Queue(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// When the engine has something to do next; 0 before it was asked.
    pulse: AtomicU64,
}

#[derive(Default)]
struct State {
    /// Records; those before `start` are drained.
    records: Vec<u8>,
    start: usize,
    /// Records that overtake those that wait.
    urgent: Vec<u8>,
    told: Told,
    /// The last record drained continues in the next one.
    cut: bool,
    /// Bytes of packets among the records that wait; reset when all are drained.
    packet_bytes: usize,
    dropped: u64,
    /// Packets queued or dropped since the start, and how many of them were drained.
    packets: u64,
    heard: u64,
    /// Somebody has to ring: it went from empty to not empty.
    due: bool,
    /// The doorbell thread is on its way to JavaScript and back.
    ringing: bool,
    closed: bool,
}

/// How far urgent events have been told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// How many were queued since the start.
    pub urgent: u64,
    /// How many of them were drained.
    pub told: u64,
    /// When the last of these was, µs; 0 before the first.
    pub at: u64,
}

/// What the doorbell thread shall do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Ring, then wait again.
    Ring,
    /// End.
    Close,
}

impl Queue {
    /// Queues what follows the IP header of a received datagram, or counts it as dropped.
    pub fn packet(&self, head: &PacketHead, time: u64, payload: &[u8]) {
        let length = record::packet_len(payload.len());
        self.push(|state| {
            state.packets += 1;
            if state.packet_bytes + length > PACKET_BYTES {
                state.dropped += 1;
                return;
            }
            state.packet_bytes += length;
            record::push_packet(&mut state.records, head, time, payload);
        });
    }

    /// The engine has done what was due, and has something to do again at `next`.
    pub fn beat(&self, next: Option<u64>) {
        self.0
            .pulse
            .store(next.unwrap_or(u64::MAX), Ordering::Release);
    }

    /// How many packets were queued or dropped since the start, and how many of these are drained.
    pub fn packets(&self) -> (u64, u64) {
        let state = self.lock();
        (state.packets, state.heard)
    }

    /// Packets dropped since the start because nobody drained.
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    /// How far urgent events have been told.
    pub fn told(&self) -> Told {
        self.lock().told
    }

    /// Moves as many records as fit into `out`, urgent ones first; returns the bytes written, 0 when
    /// none is left.
    pub fn drain(&self, out: &mut [u8]) -> Result<usize, Error> {
        let mut state = self.lock();
        if !state.urgent.is_empty() && !state.cut {
            let (length, _) = copy(&state.urgent, out)?;
            state.urgent.drain(..length);
            if state.urgent.is_empty() {
                state.told.told = state.told.urgent;
                state.told.at = clock::now();
                state.due &= !state.records.is_empty();
            }
            return Ok(length);
        }
        let waiting = state.records.get(state.start..).unwrap_or_default();
        let (length, cut) = copy(waiting, out)?;
        state.cut = cut;
        state.start += length;
        if state.start == state.records.len() {
            state.records.clear();
            state.records.shrink_to(KEPT_BYTES);
            state.start = 0;
            state.packet_bytes = 0;
            state.heard = state.packets;
            state.due = false;
        }
        Ok(length)
    }

    /// Whether there is nothing to drain.
    pub fn is_empty(&self) -> bool {
        let state = self.lock();
        state.records.is_empty() && state.urgent.is_empty()
    }

    /// Waits until there is something to drain that was not rung for, or until [`Queue::close`].
    pub fn wait(&self) -> Wanted {
        let mut state = self.lock();
        state.ringing = false;
        loop {
            if state.closed {
                return Wanted::Close;
            }
            if state.due {
                state.due = false;
                state.ringing = true;
                return Wanted::Ring;
            }
            let waited = self.0.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets [`Queue::wait`] end; what is queued stays. True when the doorbell thread is ringing: it
    /// ends only when JavaScript has run, so the JavaScript thread must not wait for it.
    pub fn close(&self) -> bool {
        let mut state = self.lock();
        state.closed = true;
        self.0.changed.notify_all();
        state.ringing
    }

    fn json(&self, kind: Kind, value: &impl Serialize, urgent: bool) {
        let time = clock::now();
        // Our own types have no map with keys that are not strings: this cannot fail.
        let json = serde_json::to_vec(value).unwrap_or_default();
        self.push(|state| {
            state.told.urgent += u64::from(urgent);
            let records = if urgent {
                &mut state.urgent
            } else {
                &mut state.records
            };
            record::push_json(records, kind, time, &json);
        });
    }

    fn push(&self, write: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        let is_empty = |state: &State| state.records.is_empty() && state.urgent.is_empty();
        let was_empty = is_empty(&state);
        write(&mut state);
        if was_empty && !is_empty(&state) {
            state.due = true;
            drop(state);
            self.0.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under this lock panics half way.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Queue {
    fn reply(&self, id: u32, result: CallResult) {
        if id & QUIET != 0 && result == CallResult::Done {
            return;
        }
        self.json(Kind::Reply, &Reply { id, result }, false);
    }

    fn event(&self, event: Event) {
        self.json(Kind::Event, &event, event.is_urgent());
    }

    fn is_behind(&self, now: u64) -> bool {
        match self.0.pulse.load(Ordering::Acquire) {
            0 => false,
            next => now > next.saturating_add(UNSEEN),
        }
    }
}

/// Copies as many whole records as fit: their bytes, and whether the last continues in the next one.
/// An error when not even one fits.
fn copy(waiting: &[u8], out: &mut [u8]) -> Result<(usize, bool), Error> {
    let (mut length, mut cut) = (0, false);
    while let Some(rest) = waiting.get(length..) {
        let Some(next) = record::first_len(rest) else {
            break;
        };
        if length + next > out.len() || (length > 0 && length + next > DRAINED_BYTES) {
            break;
        }
        cut = record::continues(rest);
        length += next;
    }
    if let (Some(from), Some(to)) = (waiting.get(..length), out.get_mut(..length)) {
        to.copy_from_slice(from);
    }
    if length == 0 && !waiting.is_empty() {
        return Err(Error::Buffer {
            len: out.len(),
            need: record::LONGEST,
        });
    }
    Ok((length, cut))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
#[path = "queue_test.rs"]
mod tests;
