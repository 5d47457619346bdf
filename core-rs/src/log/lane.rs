//! One lane: a bounded queue and the thread that writes it out.

use super::output::{Output, Writer};
use crate::error::Error;
use crate::protocol::{CallResult, Event, LogLane};
use crate::queue::Queue;
use crate::sink::Sink;
use std::collections::VecDeque;
use std::mem::{size_of, take};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Most bytes of messages that wait: some 10,000 lines.
const WAITING_BYTES: usize = 1 << 20;

/// A lane and its thread, which ends by itself when the lane is closed and what is queued is written.
#[derive(Debug)]
pub struct Lane(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Something to write, or the end.
    more: Condvar,
    /// The thread has ended.
    done: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Item>,
    /// Of the messages that wait.
    bytes: usize,
    /// Messages that did not fit or could not be written, since that was told last.
    dropped: u64,
    closed: bool,
    ended: bool,
}

#[derive(Debug)]
enum Item {
    Message(Vec<u8>),
    /// The call to answer when everything before is done.
    Flush(u32),
}

impl Lane {
    /// Starts the thread, which opens the output first and answers call `id`.
    pub fn spawn(id: u32, which: LogLane, output: Output, queue: Queue) -> Result<Self, Error> {
        let shared = Arc::new(Shared::default());
        let worker = Worker {
            shared: shared.clone(),
            which,
            queue,
        };
        std::thread::Builder::new()
            .name("holdfast-log".into())
            .spawn(move || {
                crate::threads::enter(None, false);
                worker.run(id, output);
            })
            .map_err(Error::system("start a log thread"))?;
        Ok(Self(shared))
    }

    /// Queues a message, or counts it as dropped.
    pub fn write(&self, message: Vec<u8>) {
        let mut state = self.0.lock();
        let cost = message.len() + size_of::<Item>();
        if state.ended || state.bytes + cost > WAITING_BYTES {
            state.dropped += 1;
            return;
        }
        state.bytes += cost;
        state.waiting.push_back(Item::Message(message));
        self.0.more.notify_one();
    }

    /// Answers call `id` when everything before is written or lost.
    pub fn flush(&self, id: u32) {
        self.0.lock().waiting.push_back(Item::Flush(id));
        self.0.more.notify_one();
    }
}

impl Lane {
    /// Nothing more will come.
    pub fn close(&self) {
        self.0.lock().closed = true;
        self.0.more.notify_one();
    }

    /// Waits until everything is written, at most until `end`: whoever reads may never come, and the
    /// thread that waits for him ends with the process.
    pub fn wait(&self, end: Instant) {
        let left = |state: &mut State| !state.ended;
        let limit = end.saturating_duration_since(Instant::now());
        drop(self.0.done.wait_timeout_while(self.0.lock(), limit, left));
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under this lock panics half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Worker {
    shared: Arc<Shared>,
    which: LogLane,
    queue: Queue,
}

impl Worker {
    fn run(self, id: u32, output: Output) {
        match output.open() {
            Ok(writer) => {
                self.queue.reply(id, CallResult::Done);
                self.work(writer);
            }
            Err(error) => self.queue.reply(id, error.result()),
        }
        let mut state = self.shared.lock();
        state.ended = true;
        state.waiting.clear();
        self.shared.done.notify_all();
    }

    fn work(&self, mut writer: Writer) {
        while let Some(items) = self.next() {
            let (mut written, mut lost) = (0, 0);
            for item in items {
                match item {
                    Item::Message(message) => match writer.write(&message) {
                        Ok(()) => written += 1,
                        Err(_) => lost += 1,
                    },
                    Item::Flush(id) => self.queue.reply(id, CallResult::Done),
                }
            }
            self.account(written, lost);
        }
    }

    /// Everything that waits; none at the end.
    fn next(&self) -> Option<VecDeque<Item>> {
        let idle = |state: &mut State| state.waiting.is_empty() && !state.closed;
        let waited = self.shared.more.wait_while(self.shared.lock(), idle);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.bytes = 0;
        let items = take(&mut state.waiting);
        (!items.is_empty()).then_some(items)
    }

    /// Tells how many messages were dropped once none waits any more and some could be written.
    fn account(&self, written: u64, lost: u64) {
        let mut state = self.shared.lock();
        state.dropped += lost;
        if written == 0 || lost > 0 || state.dropped == 0 || !state.waiting.is_empty() {
            return;
        }
        let (lane, count) = (self.which, take(&mut state.dropped));
        drop(state);
        self.queue.event(Event::LogDropped { lane, count });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::time::Duration;

    /// Everything drained until `wanted` is there.
    fn until(queue: &Queue, wanted: &str) -> String {
        let (start, mut text, mut out) = (Instant::now(), String::new(), vec![0; 1 << 20]);
        while !text.contains(wanted) {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "{wanted}: {text}"
            );
            let length = queue.drain(&mut out).unwrap();
            text.push_str(&String::from_utf8_lossy(&out[..length]));
            std::thread::yield_now();
        }
        text
    }

    fn lane(writer: std::io::PipeWriter, queue: &Queue) -> Lane {
        let output = Output::Opened(Writer::File(std::os::fd::OwnedFd::from(writer).into()));
        let lane = Lane::spawn(1, LogLane::Console, output, queue.clone()).unwrap();
        until(queue, r#""result":"done""#);
        lane
    }

    #[test]
    fn lane_whose_reader_does_not_read_drops_and_says_how_many_when_it_reads_again() {
        let queue = Queue::default();
        let (mut reader, writer) = std::io::pipe().unwrap();
        let lane = lane(writer, &queue);
        let line = [b"x".repeat(999), b"\n".to_vec()].concat();
        let began = Instant::now();
        // More than the pipe (64 KiB), what is being written and what may wait (1 MiB each).
        for _ in 0..4_000 {
            lane.write(line.clone());
        }
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "it waits for the reader"
        );
        let counted = lane.0.lock().dropped;
        assert!(counted > 1_000 && counted < 4_000, "{counted} of 4000");

        let read = std::thread::spawn(move || {
            let mut all = Vec::new();
            reader.read_to_end(&mut all).unwrap();
            all.iter().filter(|byte| **byte == b'\n').count() as u64
        });
        let told = until(&queue, "log-dropped");
        assert!(told.contains(&format!("\"lane\":\"console\",\"count\":{counted}")));
        lane.write(b"once more\n".to_vec());
        lane.close();
        lane.wait(Instant::now() + Duration::from_secs(60));
        drop(lane);
        assert_eq!(read.join().unwrap(), 4_000 - counted + 1);
    }

    #[test]
    fn lane_that_nobody_reads_lets_the_end_wait_only_so_long() {
        let queue = Queue::default();
        let (_reader, writer) = std::io::pipe().unwrap();
        let lane = lane(writer, &queue);
        lane.write(b"x".repeat(1 << 19));
        let end = Instant::now() + Duration::from_millis(50);
        lane.close();
        lane.wait(end);
        assert!(Instant::now() >= end);
        assert!(!lane.0.lock().ended);
    }

    #[test]
    fn lane_without_a_reader_counts_and_flush_is_answered() {
        let queue = Queue::default();
        let (reader, writer) = std::io::pipe().unwrap();
        let lane = lane(writer, &queue);
        drop(reader);
        lane.write(b"lost\n".to_vec());
        lane.flush(7);
        until(&queue, r#"{"id":7,"result":"done"}"#);
        let start = Instant::now();
        while lane.0.lock().dropped == 0 {
            assert!(start.elapsed() < Duration::from_secs(60));
        }
    }
}
