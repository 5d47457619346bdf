//! The thread of the engine: waits for packets, calls and deadlines.

use super::bequest::{Entrust, Take, Withdraw};
use super::obey::Posted;
use super::turn::Engine;
use crate::asked::Asked;
use crate::error::Error;
use crate::mailbox::{Mailbox, Post, Taken, mailbox};
use crate::protocol::{EngineCall, Event};
use crate::queue::Queue;
use crate::sink::Sink;
use crate::sys::clock::{now, slept};
use crate::sys::epoll::{Epoll, Ready64};
use crate::sys::signal::{self, Executor, Fatal, Signal};
use crate::sys::timer::Timer;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, JoinHandle};

const WAKE: u64 = u64::MAX;
const TIMER: u64 = u64::MAX - 1;
const SIGNAL: u64 = u64::MAX - 2;

/// Most calls obeyed before packets and deadlines get their turn.
const BATCH: usize = 64;

/// The running thread. Dropping it ends every transmission as if its lease had lapsed, then joins.
pub struct EngineThread {
    calls: Option<Post<Message>>,
    thread: Option<JoinHandle<()>>,
}

struct Message {
    asked: Asked<EngineCall>,
    /// When it was queued.
    at: u64,
}

impl EngineThread {
    /// Starts it.
    pub fn spawn(queue: Queue, will: Will) -> Result<Self, Error> {
        let (post, calls) = mailbox()?;
        let epoll = Epoll::new().map_err(Error::system("make an epoll descriptor"))?;
        let timer = Timer::new().map_err(Error::system("make a timer"))?;
        epoll
            .add(&calls, libc::EPOLLIN, WAKE)
            .and_then(|()| epoll.add(&timer, libc::EPOLLIN, TIMER))
            .and_then(|()| match signal::wake() {
                Some(signals) => epoll.add(signals, libc::EPOLLIN, SIGNAL),
                None => Ok(()),
            })
            .map_err(Error::system("set up epoll"))?;
        let mut body = Body {
            engine: Engine::new(queue.clone(), will.withdraw, will.entrust, will.take),
            withdrawn: will.withdrawn,
            bridges: will.bridges,
            queue,
            epoll,
            timer,
            armed: None,
            expired: false,
            calls,
        };
        let thread = Builder::new()
            .name("holdfast-engine".into())
            .spawn(move || {
                crate::threads::enter(Some(crate::protocol::ThreadRole::Vrrp), true);
                body.run();
            })
            .map_err(Error::system("start the engine thread"))?;
        Ok(Self {
            calls: Some(post),
            thread: Some(thread),
        })
    }

    /// Queues a call; it is answered through the queue of [`EngineThread::spawn`].
    pub fn submit(&self, id: u32, call: EngineCall) {
        self.ask(Asked::Said(Some(id), call));
    }

    /// Queues a call, see [`EngineThread::submit`].
    pub fn ask(&self, asked: Asked<EngineCall>) {
        let at = now();
        if let Some(calls) = &self.calls {
            calls.put(Message { asked, at });
        }
    }
}

impl Drop for EngineThread {
    fn drop(&mut self) {
        self.calls = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing to say, and a panic was printed.
            let _ = thread.join();
        }
    }
}

/// Who carries out what the engine cannot do by itself when an order lapses.
pub struct Will {
    /// Deletes addresses, sometime.
    pub withdraw: Withdraw,
    /// Waits until all that is asked for is deleted, but not for ever.
    pub withdrawn: Withdrawn,
    /// Adds and announces the addresses of a takeover.
    pub take: Take,
    /// Does the same when this process dies without a word.
    pub entrust: Entrust,
    /// Whether somebody speaks in this process's place when it dies, so that another one can take it.
    pub bridges: Box<dyn Fn() -> bool + Send>,
}

/// Returns when everything that was to be withdrawn is, or cannot be.
pub type Withdrawn = Box<dyn Fn() + Send>;

struct Body {
    engine: Engine,
    withdrawn: Withdrawn,
    bridges: Box<dyn Fn() -> bool + Send>,
    queue: Queue,
    epoll: Epoll,
    timer: Timer,
    /// When the timer will be readable, if it is set.
    armed: Option<u64>,
    /// It is readable until it is set again.
    expired: bool,
    calls: Mailbox<Message>,
}

impl Body {
    fn run(&mut self) {
        let _enlisted = signal::executor(Executor::Engine);
        let mut ready = Ready64::default();
        loop {
            match catch_unwind(AssertUnwindSafe(|| self.turn(&mut ready))) {
                Ok(true) => {}
                Ok(false) => return,
                // Whatever was half done must not stand: say farewell, then go on with an empty
                // table.
                Err(_) => self.engine.lapse(now()),
            }
        }
    }

    /// Waits, then does what there is to do; false when it shall end. Packets come before calls and
    /// deadlines, so that what has arrived in time counts as in time, also after this thread was
    /// held up. The wait may end without a word of what waits: by a signal, or by being continued
    /// after a stop.
    fn turn(&mut self, ready: &mut Ready64) -> bool {
        self.arm();
        let due = self.engine.next_deadline();
        self.queue.beat(due);
        let waited = self.epoll.wait(ready, -1);
        let now = now();
        if let Some(unseen) = self.engine.lag.woke(due, now, slept()) {
            self.queue.event(unseen);
        }
        for one in ready.iter() {
            match one.token {
                WAKE => self.calls.clear(),
                TIMER => self.expired = true,
                SIGNAL => self.heed(now),
                socket => self.engine.receive(socket, now),
            }
        }
        let open = waited.is_ok() && self.obey(now);
        if open {
            self.engine.advance(now)
        } else {
            self.engine.lapse(now)
        }
        open
    }

    fn heed(&mut self, now: u64) {
        for signal in signal::take() {
            match signal {
                Signal::Told(number) => self.queue.event(Event::Signal { number }),
                Signal::Fatal(fatal) => self.leave(fatal, now),
            }
        }
    }

    /// The process is about to end without another word of TypeScript: farewell and withdrawal come
    /// first.
    fn leave(&mut self, fatal: Fatal, now: u64) {
        // Nothing is said and done where the guardian does both, or neither for another process to come.
        if !(self.bridges)() {
            self.engine.lapse(now);
            (self.withdrawn)();
        }
        fatal.end();
    }

    /// Sets the timer when something is due before it. One that is early is left: it costs one
    /// empty turn, where setting it anew would cost a system call per packet.
    fn arm(&mut self) {
        let next = self.engine.next_deadline();
        let early = next.is_some_and(|next| self.armed.is_none_or(|armed| next < armed));
        if (early || self.expired) && self.timer.set(next).is_ok() {
            self.armed = next;
            self.expired = false;
        }
    }

    /// False when there will be no more calls. Before a lease ends all are obeyed that were there
    /// by then: a renewal may be among them.
    fn obey(&mut self, now: u64) -> bool {
        for obeyed in 0.. {
            if obeyed >= BATCH && !self.engine.may_lapse(now) {
                break;
            }
            match self.calls.take() {
                Taken::Message(Message { asked, at }) => {
                    self.read(asked, at, now);
                    if at > now {
                        break;
                    }
                }
                Taken::Nothing => return true,
                Taken::Closed => return false,
            }
        }
        self.calls.come_back();
        true
    }

    fn read(&mut self, asked: Asked<EngineCall>, at: u64, now: u64) {
        match asked.read() {
            (Some(id), Ok(call)) => self.engine.obey(Posted { id, call, at }, &self.epoll, now),
            (Some(id), Err(error)) => self.queue.reply(id, error.result()),
            // Nobody asks it without a number.
            (None, _) => {}
        }
    }
}
