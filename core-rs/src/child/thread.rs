//! The loop of the child thread: children, their time limits, their ends.

use super::fifos::Fifos;
use super::ground::Ground;
use super::guard::{Refusal, locate, walk};
use crate::error::Error;
use crate::protocol::{Account, Call, CallResult, ChildExit, Event};
use crate::schedule::Schedule;
use crate::sink::Sink;
use crate::socket::notify::notify;
use crate::sys::clock::now;
use crate::sys::epoll::{Epoll, Ready64};
use crate::sys::process::{self, Exit, Process};
use crate::sys::timer::Timer;
use crate::sys::wake::Wake;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;

/// Tokens of the epoll instance; lower ones are numbers of children.
const WAKE: u64 = u64::MAX;
const TIMER: u64 = u64::MAX - 1;

/// A limit that is looked at later than this, µs, was not watched: shorter is an ordinary busy
/// moment.
const UNSEEN: u64 = 100_000;

/// The running thread. Dropped, it ends: groups whose time is limited, and those already told to
/// end, are killed; the others are told to.
#[derive(Debug)]
pub struct ChildThread {
    handle: ChildHandle,
    thread: Option<JoinHandle<()>>,
}

/// Submits calls to the child thread. Usable from any thread, never blocks.
#[derive(Debug, Clone)]
pub struct ChildHandle {
    messages: Sender<Message>,
    wake: Arc<Wake>,
}

#[derive(Debug)]
enum Message {
    /// A call, with its number if somebody wants the reply.
    Call(Option<u32>, Call),
    /// The thread shall end.
    Stop,
}

impl ChildThread {
    /// Starts the thread. Replies and events are left in `sink`.
    pub fn spawn<S: Sink>(sink: S) -> Result<Self, Error> {
        let (messages, received) = channel();
        let wake = Wake::new().map_err(Error::system("make an event descriptor"))?;
        let wake = Arc::new(wake);
        let mut worker = Worker::new(sink, received, wake.clone())?;
        let thread = std::thread::Builder::new()
            .name("child".into())
            .spawn(move || {
                crate::threads::enter(None, false);
                worker.run();
            })
            .map_err(Error::system("start the child thread"))?;
        Ok(Self {
            handle: ChildHandle { messages, wake },
            thread: Some(thread),
        })
    }

    /// For submitting calls.
    pub fn handle(&self) -> ChildHandle {
        self.handle.clone()
    }

    /// Queues a call, see [`ChildHandle::submit`].
    pub fn submit(&self, id: Option<u32>, call: Call) {
        self.handle.submit(id, call);
    }
}

impl Drop for ChildThread {
    fn drop(&mut self) {
        self.handle.put(Message::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic was reported when it happened.
            let _ = thread.join();
        }
    }
}

impl ChildHandle {
    /// Queues a call.
    pub fn submit(&self, id: Option<u32>, call: Call) {
        self.put(Message::Call(id, call));
    }

    fn put(&self, message: Message) {
        // Fails only when the thread has ended: then the core is being closed.
        let _ = self.messages.send(message);
        self.wake.signal();
    }
}

/// A child, from its start until its number is given back.
struct Child {
    process: Process,
    /// Between the request to end and the end by force, µs.
    grace: u64,
    phase: Phase,
    /// Its end was reported.
    ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Runs; with `limit`, µs, not for longer, and not for longer still with `last`.
    Running { limit: Option<u64>, last: bool },
    /// Its group was told to end, and is killed when the grace is over.
    Ending,
    /// Its group was killed.
    Killed,
}

struct Worker<S> {
    sink: S,
    messages: Receiver<Message>,
    wake: Arc<Wake>,
    epoll: Epoll,
    timer: Timer,
    /// What the timer is set to.
    armed: Option<u64>,
    ground: Ground,
    /// When a child's time is over, or its grace.
    schedule: Schedule,
    children: BTreeMap<u32, Child>,
    fifos: Fifos,
}

impl<S: Sink> Worker<S> {
    fn new(sink: S, messages: Receiver<Message>, wake: Arc<Wake>) -> Result<Self, Error> {
        let watch = || -> io::Result<(Epoll, Timer)> {
            let (epoll, timer) = (Epoll::new()?, Timer::new()?);
            epoll.add(wake.as_ref(), libc::EPOLLIN, WAKE)?;
            epoll.add(&timer, libc::EPOLLIN, TIMER)?;
            Ok((epoll, timer))
        };
        let (epoll, timer) = watch().map_err(Error::system("watch for children"))?;
        Ok(Self {
            sink,
            messages,
            wake,
            epoll,
            timer,
            armed: None,
            ground: Ground::new()?,
            schedule: Schedule::default(),
            children: BTreeMap::new(),
            fifos: Fifos::default(),
        })
    }

    fn run(&mut self) {
        let mut ready = Ready64::default();
        loop {
            // Taken before listening: whoever ended before it is heard before it is judged.
            let time = now();
            if self.hear(&mut ready).is_err() {
                return self.leave();
            }
            // After the wake was cleared, so that none is left behind.
            loop {
                match self.messages.try_recv() {
                    Ok(Message::Call(id, call)) => self.obey(id, call),
                    Ok(Message::Stop) | Err(TryRecvError::Disconnected) => return self.leave(),
                    Err(TryRecvError::Empty) => break,
                }
            }
            while let Some((at, child)) = self.schedule.take_due(time) {
                self.due(child, at, time);
            }
            // What is ready is dealt with in the next round.
            if self.arm().is_err() || self.epoll.wait(&mut ready, -1).is_err() {
                return self.leave();
            }
        }
    }

    /// Everything that has happened, without waiting.
    fn hear(&mut self, ready: &mut Ready64) -> io::Result<()> {
        loop {
            self.epoll.wait(ready, 0)?;
            if ready.iter().next().is_none() {
                return Ok(());
            }
            for one in ready.iter() {
                match one.token {
                    WAKE => self.wake.clear(),
                    TIMER => {
                        self.timer.clear();
                        self.armed = None;
                    }
                    child => self.ended(u32::try_from(child).unwrap_or_default()),
                }
            }
        }
    }

    fn arm(&mut self) -> io::Result<()> {
        let next = self.schedule.next();
        if self.armed != next {
            self.timer.set(next)?;
            self.armed = next;
        }
        Ok(())
    }

    fn obey(&mut self, id: Option<u32>, call: Call) {
        let result = self.call(call);
        if let Some(id) = id {
            let result = result.map_or_else(|error| error.result(), |()| CallResult::Done);
            self.sink.reply(id, result);
        }
    }

    fn call(&mut self, call: Call) -> Result<(), Error> {
        match call {
            Call::Children {
                without,
                with,
                open_files,
            } => {
                self.ground.settle(&without, &with, open_files);
                Ok(())
            }
            Call::Judge { program, account } => self.judged(&program, account.as_ref()).map(drop),
            Call::Spawn {
                child,
                argv,
                account,
                guard,
                limit,
                grace,
            } => {
                let path = self.program(&argv, account.as_ref(), guard.as_deref())?;
                let process = self.begin(child, &path, &argv, account.as_ref());
                let process = process.map_err(|source| Error::child(&argv, source))?;
                self.schedule
                    .set(child, limit.map(|limit| now().saturating_add(limit)));
                let phase = Phase::Running { limit, last: false };
                let one = Child {
                    process,
                    grace,
                    phase,
                    ended: false,
                };
                self.children.insert(child, one);
                Ok(())
            }
            Call::EndChild { child } => {
                self.end(child, now());
                Ok(())
            }
            Call::OpenFifo { path, account } => self.fifos.open(path, account.as_ref()),
            Call::WriteFifo { path, text } => {
                if let Some(event) = self.fifos.write(&path, text.as_bytes()) {
                    self.sink.event(event);
                }
                Ok(())
            }
            Call::CloseFifo { path } => {
                self.fifos.close(&path);
                Ok(())
            }
            Call::Notify { socket, text } => {
                notify(&socket, &text).map_err(|source| Error::Notify { socket, source })
            }
            _ => Err(Error::Malformed(
                "this call is not for the child thread".to_owned(),
            )),
        }
    }

    /// The file to be executed: with a guard the one that was judged, and others it names.
    fn program(
        &self,
        argv: &[String],
        account: Option<&Account>,
        guard: Option<&[String]>,
    ) -> Result<PathBuf, Error> {
        let program = argv.first().map_or("", String::as_str);
        let Some(others) = guard else {
            let found = locate(program, self.ground.path(), account);
            return found.map_err(|source| Error::child(argv, source));
        };
        for other in others {
            // What is not there, or is no program, cannot be run either.
            if let Err(refused @ Error::Changeable { .. }) = self.judged(other, account) {
                return Err(refused);
            }
        }
        self.judged(program, account)
    }

    fn judged(&self, program: &str, account: Option<&Account>) -> Result<PathBuf, Error> {
        let found = locate(program, self.ground.path(), account).map_err(Refusal::from);
        found
            .and_then(|path| walk(&path, account))
            .map_err(|refusal| match refusal {
                Refusal::System(source) => Error::child(&[program.to_owned()], source),
                Refusal::Changeable(part) => Error::Changeable {
                    program: program.to_owned(),
                    part: part.display().to_string(),
                },
            })
    }

    fn begin(
        &self,
        child: u32,
        path: &Path,
        argv: &[String],
        account: Option<&Account>,
    ) -> io::Result<Process> {
        if self.children.contains_key(&child) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.ground.spare()?;
        let process = self.ground.start(path, argv, account)?;
        let watched = self.epoll.add(&process.handle, libc::EPOLLIN, child.into());
        if let Err(error) = watched {
            process::signal_group(process.pid, libc::SIGKILL);
            process::reap(&process)?;
            return Err(error);
        }
        Ok(process)
    }

    /// The leader of a group has ended.
    fn ended(&mut self, number: u32) {
        let Some(child) = self.children.get_mut(&number) else {
            return;
        };
        let Ok(Some(exit)) = process::exit_of(&child.process) else {
            return;
        };
        // It stays readable until it is reaped. Failure means that it is not watched.
        let _ = self.epoll.remove(&child.process.handle);
        child.ended = true;
        self.sink.event(Event::ChildEnded {
            child: number,
            exit: match exit {
                Exit::Code(code) => ChildExit::Exited { code },
                Exit::Signal(signal) => ChildExit::Signalled { signal },
            },
        });
        if child.phase != Phase::Ending {
            self.schedule.set(number, None);
            self.forget(number);
        }
    }

    /// The time of a child is over, or its grace.
    fn due(&mut self, number: u32, at: u64, time: u64) {
        let Some(child) = self.children.get_mut(&number) else {
            return;
        };
        match &mut child.phase {
            Phase::Running { limit, last } => {
                // Time this process did not see is granted once more: the child may not have seen
                // it either.
                let unseen = time.saturating_sub(at);
                if unseen > UNSEEN && !*last {
                    *last = true;
                    let more = unseen.min(limit.unwrap_or_default());
                    return self.schedule.set(number, Some(time.saturating_add(more)));
                }
                self.sink.event(Event::ChildLate { child: number });
                self.end(number, time);
            }
            Phase::Ending => {
                child.phase = Phase::Killed;
                process::signal_group(child.process.pid, libc::SIGKILL);
                if child.ended {
                    self.forget(number);
                }
            }
            Phase::Killed => {}
        }
    }

    /// Tells a group to end.
    fn end(&mut self, number: u32, time: u64) {
        let Some(child) = self.children.get_mut(&number) else {
            return;
        };
        let Phase::Running { .. } = child.phase else {
            return;
        };
        child.phase = Phase::Ending;
        process::signal_group(child.process.pid, libc::SIGTERM);
        self.schedule
            .set(number, Some(time.saturating_add(child.grace)));
    }

    /// Gives the number of a process that has ended back.
    fn forget(&mut self, number: u32) {
        if let Some(child) = self.children.remove(&number) {
            // It has ended, so this does not wait.
            let _ = process::reap(&child.process);
        }
    }

    /// Nobody is left to be told what becomes of the children.
    fn leave(&mut self) {
        for child in self.children.values() {
            let signal = match child.phase {
                Phase::Running { limit: None, .. } => libc::SIGTERM,
                Phase::Running { .. } | Phase::Ending | Phase::Killed => libc::SIGKILL,
            };
            process::signal_group(child.process.pid, signal);
        }
    }
}
