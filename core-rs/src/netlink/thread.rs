//! The loop of the kernel thread: what the kernel tells first, then one call or one step of a long
//! one, again. What it is told is heard in `hear.rs`, what it is asked is done in `obey.rs`.

use super::estate::Bequeath;
use super::worker::{CLAIMS, Message, Worker};
use crate::asked::Asked;
use crate::engine::UNSEEN;
use crate::error::Error;
use crate::ipvs::job::Job;
use crate::mailbox::{Post, Taken, mailbox};
use crate::protocol::{AddressOp, Announcement, CallResult, Event, IpvsCall, KernelCall};
use crate::sink::Sink;
use crate::sys::clock;
use crate::sys::epoll::Ready64;
use crate::sys::signal::{self, Executor};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

/// How long it is waited for the engine where that has not done yet what was due.
const BEHIND: Duration = Duration::from_millis(2);

/// How long, ms, it takes until what could not be read is read again.
const RETRY: i32 = 100;

/// The running thread. Dropped, it executes what was submitted before and ends.
#[derive(Debug)]
pub struct KernelThread {
    handle: KernelHandle,
    thread: Option<JoinHandle<()>>,
}

/// Submits calls to the kernel thread. Usable from any thread, never blocks.
#[derive(Debug, Clone)]
pub struct KernelHandle(Post<Message>);

impl KernelThread {
    /// Opens the sockets and starts the thread. Replies and events are left in `sink`.
    pub fn spawn<S: Sink>(sink: S) -> Result<Self, Error> {
        Self::spawn_with(sink, Box::new(|_, _| {}))
    }

    /// The same where somebody undoes what is there when this process dies without a word.
    pub fn spawn_with<S: Sink>(sink: S, bequeath: Bequeath) -> Result<Self, Error> {
        let (post, messages) = mailbox()?;
        let mut worker = Worker::new(sink, messages, bequeath)?;
        let thread = std::thread::Builder::new()
            .name("kernel".into())
            .spawn(move || {
                crate::threads::enter(Some(crate::protocol::ThreadRole::Vrrp), false);
                worker.run();
            })
            .map_err(Error::system("start the kernel thread"))?;
        Ok(Self {
            handle: KernelHandle(post),
            thread: Some(thread),
        })
    }

    /// For submitting calls.
    pub fn handle(&self) -> KernelHandle {
        self.handle.clone()
    }
}

impl Drop for KernelThread {
    fn drop(&mut self) {
        self.handle.0.put(Message::Stop);
        if let Some(thread) = self.thread.take() {
            // It catches the panics of calls; another one was reported when it happened.
            let _ = thread.join();
        }
    }
}

impl KernelHandle {
    /// Queues a call; with a number it is answered. Calls are executed one after another, in the order
    /// of submission.
    pub fn submit(&self, id: Option<u32>, call: KernelCall) {
        self.ask(Asked::Said(id, call));
    }

    /// Queues a call, see [`KernelHandle::submit`].
    pub fn ask(&self, asked: Asked<KernelCall>) {
        self.0.put(Message::Call(asked));
    }

    /// Queues the addresses of a takeover, see [`KernelHandle::submit`]; what came of them is told.
    pub fn take_over(&self, ops: Vec<AddressOp>, places: Vec<Announcement>) {
        self.0.put(Message::TakeOver(ops, places));
    }

    /// Queues a call about IPVS: they are executed in their order, and when nothing else waits.
    pub fn ask_ipvs(&self, asked: Asked<IpvsCall>) {
        self.0.put(Message::Ipvs(asked));
    }

    /// Waits until every call submitted before is executed, but those about IPVS, at most for
    /// `limit`.
    pub fn settle(&self, limit: Duration) {
        let (done, settled) = channel();
        self.0.put(Message::Settle(done));
        // Late, or the thread has ended: there is nothing more to wait for.
        let _ = settled.recv_timeout(limit);
    }
}

impl<S: Sink> Worker<S> {
    fn run(&mut self) {
        let _enlisted = signal::executor(Executor::Kernel);
        let mut ready = Ready64::default();
        loop {
            self.hear_some();
            self.catch_up();
            self.look_for_carrier();
            self.receive();
            self.jobs.extend(self.ipvs.due().map(|job| (None, job)));
            match self.urgent.pop_front() {
                Some(Message::Call(asked)) => self.execute(asked),
                Some(Message::TakeOver(ops, places)) => self.take_over(ops, &places),
                // Fails when nobody waits any longer.
                Some(Message::Settle(done)) => drop(done.send(())),
                Some(Message::Ipvs(_) | Message::Stop) => {}
                None if self.announces() => {}
                None if !self.jobs.is_empty() => self.work(),
                None if self.closed => return,
                None => {
                    // What is late for want of a timer is sent with whatever comes next.
                    let _ = self.timer.set(self.announcer.next_at());
                    let wait = self.wait();
                    if self.epoll.wait(&mut ready, wait).is_err() {
                        return;
                    }
                    self.messages.clear();
                    if ready.iter().any(|one| one.token == CLAIMS) {
                        self.hear_claims();
                    }
                }
            }
        }
    }

    /// Hears who else claims what was announced; after what the engine has asked for until now, and
    /// without a word as long as it is not known what that is.
    fn hear_claims(&mut self) {
        let now = clock::now();
        let behind = self.sink.is_behind(now);
        self.receive();
        if behind {
            self.announcer.pass_over();
        } else if self.urgent.is_empty() {
            self.announcer.hear(&self.links, &self.sink, now);
        }
    }

    /// How long, ms, nothing is to be done unless something comes; -1: for ever.
    fn wait(&self) -> i32 {
        let look = self.ipvs.wait().map(|wait| {
            // Rounded up, so that it is due then.
            i32::try_from(wait.as_millis() + 1).unwrap_or(i32::MAX)
        });
        let retry = self.lost.then_some(RETRY);
        let beat = self.beats.wait(clock::now());
        [look, retry, beat]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(-1)
    }

    /// Puts what was submitted where it waits for its turn.
    fn receive(&mut self) {
        loop {
            match self.messages.take() {
                Taken::Message(Message::Ipvs(asked)) => {
                    let (id, call) = asked.read();
                    match call {
                        Ok(call) => self.jobs.push_back((id, Job::of(call))),
                        Err(error) => self.reply(id, Err(error)),
                    }
                }
                Taken::Message(Message::Stop) | Taken::Closed => {
                    self.closed = true;
                    return;
                }
                Taken::Message(urgent) => self.urgent.push_back(urgent),
                Taken::Nothing => return,
            }
        }
    }

    fn execute(&mut self, asked: Asked<KernelCall>) {
        let sink = self.sink.clone();
        asked.answer(&sink, |call| {
            let result = catch_unwind(AssertUnwindSafe(|| self.call(call)));
            result.unwrap_or_else(|panic| Err(panicked(&panic)))
        });
    }

    /// What cannot be announced is told when it fails; addresses are told of in any case.
    fn take_over(&mut self, ops: Vec<AddressOp>, places: &[Announcement]) {
        let added = catch_unwind(AssertUnwindSafe(|| self.apply_addresses(&ops)));
        let errnos = match added {
            Ok(Ok(errnos)) => errnos,
            Ok(Err(_)) | Err(_) => vec![libc::EIO; ops.len()],
        };
        let _ = catch_unwind(AssertUnwindSafe(|| self.announce(places)));
        if !ops.is_empty() {
            self.sink.event(Event::TakeoverApplied { ops, errnos });
        }
    }

    /// Sends announcements that are due; false when there are none.
    fn announces(&mut self) -> bool {
        let now = clock::now();
        let Some(at) = self.announcer.next_at().filter(|at| *at <= now) else {
            return false;
        };
        // What is late may be of an order that has lapsed meanwhile.
        if now > at.saturating_add(UNSEEN) && at > 0 && self.sink.is_behind(now) {
            std::thread::sleep(BEHIND);
            return true;
        }
        self.announcer.send_some(&self.links, &self.sink, now);
        true
    }

    /// Goes one step with the first job.
    fn work(&mut self) {
        let Some((id, mut job)) = self.jobs.pop_front() else {
            return;
        };
        let step = catch_unwind(AssertUnwindSafe(|| self.ipvs.step(&mut job, &self.sink)));
        match step.unwrap_or_else(|panic| Err(panicked(&panic))) {
            Ok(None) => self.jobs.push_front((id, job)),
            Ok(Some(result)) => self.reply(id, Ok(result)),
            Err(error) => {
                if matches!(job, Job::Look(..)) {
                    self.ipvs.look_failed();
                }
                self.reply(id, Err(error));
            }
        }
        if self.ipvs.take_difference() {
            self.sink.event(Event::IpvsChanged);
        }
    }

    fn reply(&self, id: Option<u32>, result: Result<CallResult, Error>) {
        if let Some(id) = id {
            let result = result.unwrap_or_else(|error| error.result());
            self.sink.reply(id, result);
        }
    }
}

fn panicked(panic: &Box<dyn Any + Send>) -> Error {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    Error::Panic(text.unwrap_or_default())
}
