//! Log lanes: where messages go, each with a thread and a bounded queue of its own.
//!
//! A log is read by others, or lies on a disk: a full pipe, a stopped terminal, a hung disk and a
//! syslog daemon that does not keep up let a writer wait. Here only the lane's own thread waits. What
//! does not fit meanwhile is dropped and counted, and told when the lane has caught up.

mod lane;
mod output;

use crate::protocol::{CallResult, LogLane};
use crate::queue::Queue;
use crate::sink::Sink;
use lane::Lane;
use output::Output;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long an end waits for what is queued on all lanes.
const PATIENCE: Duration = Duration::from_secs(1);

/// Every lane that was opened. Usable from any thread, never blocks but in [`LogLanes::end`].
#[derive(Debug, Clone, Default)]
pub struct LogLanes(Arc<Mutex<BTreeMap<LogLane, Lane>>>);

impl LogLanes {
    /// Waits for what is queued, but not for long; nothing more is taken.
    pub fn end(&self) {
        let (lanes, end) = (std::mem::take(&mut *self.lock()), Instant::now() + PATIENCE);
        lanes.values().for_each(Lane::close);
        lanes.values().for_each(|lane| lane.wait(end));
    }

    /// Opens a lane, in place of one before; the answer comes when it is open or cannot be.
    pub fn open(&self, id: u32, which: LogLane, path: Option<String>, queue: &Queue) {
        let output = Output::of(which, path);
        match Lane::spawn(id, which, output, queue.clone()) {
            Ok(lane) => drop(self.lock().insert(which, lane)),
            Err(error) => queue.reply(id, error.result()),
        }
    }

    /// Queues one message, or counts it as dropped. Without the lane it goes nowhere.
    pub fn write(&self, which: LogLane, message: &[u8]) {
        if let Some(lane) = self.lock().get(&which) {
            lane.write(message.to_vec());
        }
    }

    /// Answers when every message queued on a lane before is written or lost.
    pub fn flush(&self, id: u32, which: LogLane, queue: &Queue) {
        match self.lock().get(&which) {
            Some(lane) => lane.flush(id),
            None => queue.reply(id, CallResult::Done),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<LogLane, Lane>> {
        // Nothing that is done under this lock panics half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
