//! The loop of the probe thread: orders, their deadlines, their sockets.

use super::attempt::Attempt;
use super::context::{Context, Tools};
use crate::asked::Asked;
use crate::error::Error;
use crate::mailbox::{Mailbox, Post, Taken, mailbox};
use crate::protocol::{CallResult, Event, OrderCount, Outcome, Probe, ProbeCall, ProbeOp};
use crate::schedule::Schedule;
use crate::sink::Sink;
use crate::sys::clock::now;
use crate::sys::epoll::{Epoll, Ready64};
use crate::sys::timer::Timer;
use std::collections::BTreeMap;
use std::io;
use std::thread::JoinHandle;

/// Tokens of the epoll instance; lower ones are numbers of orders.
const WAKE: u64 = u64::MAX;
const TIMER: u64 = u64::MAX - 1;

/// Answers of one look at the epoll instance.
const READY: usize = 64;

/// A deadline that is looked at later than this, µs, was not watched: shorter is an ordinary busy
/// moment.
const UNSEEN: u64 = 100_000;

/// Moments within this time, µs, share one look at the clock: waking for each of thousands a second costs more than
/// the probes themselves.
const GRAIN: u64 = 2_000;

/// 2⁶⁴ ÷ the golden ratio, odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Room for one read.
const BUFFER_BYTES: usize = 64 << 10;

/// The running thread. Dropped, it drops the probes under way and ends.
#[derive(Debug)]
pub struct ProbeThread {
    calls: Option<Post<Asked<ProbeCall>>>,
    thread: Option<JoinHandle<()>>,
}

impl ProbeThread {
    /// Starts the thread. Replies and events are left in `sink`.
    pub fn spawn<S: Sink>(sink: S) -> Result<Self, Error> {
        let (post, calls) = mailbox()?;
        let mut worker = Worker::new(sink, calls).map_err(Error::system("watch for probes"))?;
        let thread = std::thread::Builder::new()
            .name("probe".into())
            .spawn(move || {
                crate::threads::enter(Some(crate::protocol::ThreadRole::Checker), true);
                worker.run();
            })
            .map_err(Error::system("start the probe thread"))?;
        Ok(Self {
            calls: Some(post),
            thread: Some(thread),
        })
    }

    /// Queues a call; with a number it is answered.
    pub fn submit(&self, id: Option<u32>, call: ProbeCall) {
        self.ask(Asked::Said(id, call));
    }

    /// Queues a call, see [`ProbeThread::submit`].
    pub fn ask(&self, asked: Asked<ProbeCall>) {
        if let Some(calls) = &self.calls {
            calls.put(asked);
        }
    }
}

impl Drop for ProbeThread {
    fn drop(&mut self) {
        self.calls = None;
        if let Some(thread) = self.thread.take() {
            // A panic was reported when it happened.
            let _ = thread.join();
        }
    }
}

/// A standing order.
struct Order {
    seq: u32,
    /// Outcomes that were as expected, since an order had this number first.
    count: u64,
    probe: Box<Probe>,
    /// µs between starts; 0: once.
    interval: u64,
    /// Most that a start comes later than its moment, µs.
    jitter: u64,
    expect: Option<Outcome>,
    /// The moment of the attempt that is under way, or comes next, µs.
    moment: u64,
    attempt: Option<Attempt>,
    /// This thread did not run for a while during the attempt: its failure proves nothing.
    disturbed: bool,
    /// The attempt is made in place of one that was disturbed.
    again: bool,
}

impl Order {
    /// When the attempt of its moment starts. Not drawn but mixed of number and moment, so that orders of one moment
    /// fall apart, and those of two moments apart otherwise.
    fn start(&self, number: u32) -> u64 {
        if self.jitter == 0 {
            return self.moment;
        }
        let mixed = mix(self.moment ^ u64::from(number).rotate_left(32));
        let share = u128::from(mixed) * u128::from(self.jitter);
        self.moment
            .saturating_add(u64::try_from(share >> 64).unwrap_or_default())
    }
}

/// Every bit of the result depends on every bit of the number (SplitMix64, Steele et al. 2014).
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(GOLDEN);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

struct Worker<S> {
    sink: S,
    calls: Mailbox<Asked<ProbeCall>>,
    epoll: Epoll,
    timer: Timer,
    /// What the timer is set to.
    armed: Option<u64>,
    /// When an idle order starts, when an attempt under way expires.
    schedule: Schedule,
    orders: BTreeMap<u32, Order>,
    buffer: Vec<u8>,
    tools: Tools,
}

impl<S: Sink> Worker<S> {
    fn new(sink: S, calls: Mailbox<Asked<ProbeCall>>) -> io::Result<Self> {
        let (epoll, timer) = (Epoll::new()?, Timer::new()?);
        epoll.add(&calls, libc::EPOLLIN, WAKE)?;
        epoll.add(&timer, libc::EPOLLIN, TIMER)?;
        Ok(Self {
            sink,
            calls,
            epoll,
            timer,
            armed: None,
            schedule: Schedule::default(),
            orders: BTreeMap::new(),
            buffer: vec![0; BUFFER_BYTES],
            tools: Tools::default(),
        })
    }

    fn run(&mut self) {
        let mut ready = Ready64::default();
        loop {
            // What is due is so by now; what has come by now is heard first.
            let time = now();
            if self.hear(&mut ready).is_err() {
                return;
            }
            loop {
                match self.calls.take() {
                    Taken::Message(asked) => {
                        let sink = self.sink.clone();
                        asked.answer(&sink, |call| Ok(self.obey(call)));
                    }
                    Taken::Closed => return,
                    Taken::Nothing => break,
                }
            }
            while let Some((at, order)) = self.schedule.take_due(time) {
                self.due(order, at, time);
            }
            if self.arm().is_err() || self.epoll.wait(&mut ready, -1).is_err() {
                return;
            }
            self.disturb(now());
            // Taken again by the next round, with whatever else has come.
        }
    }

    /// Goes on with every attempt something has come for, a bounded number of times: the rest has its
    /// turn after what is due.
    fn hear(&mut self, ready: &mut Ready64) -> io::Result<()> {
        for _ in 0..=self.orders.len() / READY {
            self.epoll.wait(ready, 0)?;
            for one in ready.iter() {
                match one.token {
                    WAKE => self.calls.clear(),
                    TIMER => {
                        self.timer.clear();
                        self.armed = None;
                    }
                    order => self.proceed(u32::try_from(order).unwrap_or_default()),
                }
            }
            if ready.iter().count() < READY {
                break;
            }
        }
        Ok(())
    }

    /// Remembers for every attempt under way that this thread woke later than it wanted to.
    fn disturb(&mut self, time: u64) {
        let late = |armed: u64| time.saturating_sub(armed) > UNSEEN;
        if self.armed.is_some_and(late) {
            for order in self.orders.values_mut() {
                order.disturbed |= order.attempt.is_some();
            }
        }
    }

    fn arm(&mut self) -> io::Result<()> {
        let next = self.schedule.next().map(|at| at.next_multiple_of(GRAIN));
        if self.armed != next {
            self.timer.set(next)?;
            self.armed = next;
        }
        Ok(())
    }

    fn obey(&mut self, call: ProbeCall) -> CallResult {
        match call {
            ProbeCall::Probes { ops } => {
                for op in ops {
                    self.order(op);
                }
                CallResult::Done
            }
            ProbeCall::ProbeCounters => {
                let count = |(&order, each): (&u32, &Order)| OrderCount {
                    order,
                    count: each.count,
                };
                CallResult::ProbeCounters {
                    probes: self.orders.iter().map(count).collect(),
                }
            }
        }
    }

    fn order(&mut self, op: ProbeOp) {
        match op {
            ProbeOp::Probe {
                order,
                seq,
                probe,
                delay,
                interval,
                jitter,
                expect,
            } => {
                let moment = now().saturating_add(delay);
                let count = self.orders.get(&order).map_or(0, |before| before.count);
                let new = Order {
                    seq,
                    count,
                    probe,
                    interval,
                    jitter: jitter.unwrap_or_default(),
                    expect,
                    moment,
                    attempt: None,
                    disturbed: false,
                    again: false,
                };
                // The attempt under way of the order before ends with it.
                let at = new.start(order);
                self.orders.insert(order, new);
                self.schedule.set(order, Some(at));
            }
            ProbeOp::Unprobe { order } => {
                self.orders.remove(&order);
                self.schedule.set(order, None);
            }
        }
    }

    /// The deadline of an order has come: it starts, or what is under way is late.
    fn due(&mut self, number: u32, at: u64, time: u64) {
        let Some(order) = self.orders.get_mut(&number) else {
            return;
        };
        if let Some(mut attempt) = order.attempt.take() {
            let unseen = time.saturating_sub(at);
            if unseen > UNSEEN && !order.again {
                // Neither may the server have run, nor what it sent have come through.
                order.disturbed = true;
                attempt.grant(unseen.min(order.probe.timeout), time);
            }
            let mut context = Context {
                epoll: &self.epoll,
                token: number.into(),
                now: time,
                buffer: &mut self.buffer,
                tools: &mut self.tools,
            };
            let result = attempt.expire(&order.probe, &mut context);
            return self.go_on(number, result, time);
        }
        let context = Context {
            epoll: &self.epoll,
            token: number.into(),
            now: time,
            buffer: &mut self.buffer,
            tools: &mut self.tools,
        };
        let begun = Attempt::begin(&order.probe, &context);
        self.go_on(number, begun, time);
    }

    /// The socket of an order is ready.
    fn proceed(&mut self, number: u32) {
        let Some(order) = self.orders.get_mut(&number) else {
            return;
        };
        let Some(attempt) = order.attempt.take() else {
            return;
        };
        let time = now();
        let mut context = Context {
            epoll: &self.epoll,
            token: number.into(),
            now: time,
            buffer: &mut self.buffer,
            tools: &mut self.tools,
        };
        let proceeded = attempt.proceed(&order.probe, &mut context);
        self.go_on(number, proceeded, time);
    }

    fn go_on(&mut self, number: u32, result: Result<Attempt, Outcome>, time: u64) {
        match (result, self.orders.get_mut(&number)) {
            (Ok(attempt), Some(order)) => {
                self.schedule.set(number, Some(attempt.deadline()));
                order.attempt = Some(attempt);
            }
            (Err(outcome), _) => self.finish(number, outcome, time),
            (Ok(_), None) => {}
        }
    }

    /// Counts or reports the outcome, and sets the time of the next start.
    fn finish(&mut self, number: u32, outcome: Outcome, time: u64) {
        let Some(order) = self.orders.get_mut(&number) else {
            return;
        };
        let proves_nothing = order.disturbed && !order.again;
        order.disturbed = false;
        order.again = proves_nothing && matches!(outcome, Outcome::Failed { .. });
        if order.again {
            // In a turn of its own.
            return self.schedule.set(number, Some(time + 1));
        }
        // Late by more than an interval: at once, but after everybody else had a turn.
        order.moment = order.moment.saturating_add(order.interval).max(time + 1);
        self.schedule
            .set(number, (order.interval > 0).then_some(order.start(number)));
        if order.expect.as_ref() == Some(&outcome) {
            order.count += 1;
        } else {
            self.sink.event(Event::Outcome {
                order: number,
                seq: order.seq,
                outcome,
            });
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "thread_test.rs"]
mod tests;
