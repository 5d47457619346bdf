//! The thread of the engine: waits for packets, calls and deadlines.

use super::turn::{Engine, Entrust, Posted, Withdraw};
use crate::error::Error;
use crate::protocol::{Call, Event, OrderCount};
use crate::queue::Queue;
use crate::sink::Sink;
use crate::sys::clock::now;
use crate::sys::epoll::{Epoll, Ready64};
use crate::sys::signal::{self, Executor, Fatal, Signal};
use crate::sys::timer::Timer;
use crate::sys::wake::Wake;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::{Builder, JoinHandle};

const WAKE: u64 = u64::MAX;
const TIMER: u64 = u64::MAX - 1;
const SIGNAL: u64 = u64::MAX - 2;

/// Most calls obeyed before packets and deadlines get their turn.
const BATCH: usize = 64;

/// A wait that ends later than this, µs, after something was due is told of: operators ask why a
/// node was deaf.
const TOLD: u64 = 1_000_000;

/// The running thread. Dropping it ends every transmission as if its lease had lapsed, then joins.
pub struct EngineThread {
    calls: Option<Sender<Message>>,
    wake: Arc<Wake>,
    thread: Option<JoinHandle<()>>,
}

enum Message {
    Call(Posted),
    Counters(u32, Vec<OrderCount>),
}

impl EngineThread {
    /// Starts it.
    pub fn spawn(queue: Queue, will: Will) -> Result<Self, Error> {
        let wake = Arc::new(Wake::new().map_err(Error::system("make an event descriptor"))?);
        let epoll = Epoll::new().map_err(Error::system("make an epoll descriptor"))?;
        let timer = Timer::new().map_err(Error::system("make a timer"))?;
        epoll
            .add(&*wake, libc::EPOLLIN, WAKE)
            .and_then(|()| epoll.add(&timer, libc::EPOLLIN, TIMER))
            .and_then(|()| match signal::wake() {
                Some(signals) => epoll.add(signals, libc::EPOLLIN, SIGNAL),
                None => Ok(()),
            })
            .map_err(Error::system("set up epoll"))?;
        let (sender, receiver) = channel();
        let mut body = Body {
            engine: Engine::new(queue.clone(), will.withdraw, will.entrust),
            withdrawn: will.withdrawn,
            bridges: will.bridges,
            queue,
            epoll,
            timer,
            armed: None,
            expired: false,
            wake: wake.clone(),
            calls: receiver,
        };
        let thread = Builder::new()
            .name("holdfast-engine".into())
            .spawn(move || {
                crate::threads::enter(Some(crate::protocol::ThreadRole::Vrrp), true);
                body.run();
            })
            .map_err(Error::system("start the engine thread"))?;
        Ok(Self {
            calls: Some(sender),
            wake,
            thread: Some(thread),
        })
    }

    /// Queues a call; it is answered through the queue of [`EngineThread::spawn`].
    pub fn submit(&self, id: u32, call: Call) -> Result<(), Error> {
        let at = now();
        self.post(Message::Call(Posted { id, call, at }))
    }

    /// Asks for the counters, to be answered together with those of the probes.
    pub fn count(&self, id: u32, probes: Vec<OrderCount>) -> Result<(), Error> {
        self.post(Message::Counters(id, probes))
    }

    fn post(&self, message: Message) -> Result<(), Error> {
        let gone = || Error::Gone { thread: "engine" };
        let calls = self.calls.as_ref().ok_or_else(gone)?;
        calls.send(message).map_err(|_| gone())?;
        self.wake.signal();
        Ok(())
    }
}

impl Drop for EngineThread {
    fn drop(&mut self) {
        self.calls = None;
        self.wake.signal();
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
    wake: Arc<Wake>,
    calls: Receiver<Message>,
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
        let waited = self.epoll.wait(ready, -1);
        let now = now();
        let unseen = due.map_or(0, |due| now.saturating_sub(due));
        if unseen > TOLD {
            self.queue.event(Event::Unseen { time: unseen });
        }
        for one in ready.iter() {
            match one.token {
                WAKE => self.wake.clear(),
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
            match self.calls.try_recv() {
                Ok(Message::Call(posted)) => {
                    let later = posted.at > now;
                    self.engine.obey(posted, &self.epoll, now);
                    if later {
                        break;
                    }
                }
                Ok(Message::Counters(id, probes)) => self.engine.count(id, probes),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
        self.wake.signal();
        true
    }
}
