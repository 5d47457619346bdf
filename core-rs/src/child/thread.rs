//! The loop of the child thread: children, their time limits, their ends.

use super::fifos::Fifos;
use super::ground::Ground;
use super::guard::{Refusal, locate, walk};
use crate::asked::Asked;
use crate::error::Error;
use crate::mailbox::{Mailbox, Post, Taken, mailbox};
use crate::protocol::{Account, CallResult, ChildCall, ChildExit, Event};
use crate::schedule::Schedule;
use crate::sink::Sink;
use crate::socket::notify::notify;
use crate::sys::clock::now;
use crate::sys::epoll::{Epoll, Ready64};
use crate::sys::process::{self, Exit, Process};
use crate::sys::timer::Timer;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
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
    calls: Option<Post<Asked<ChildCall>>>,
    thread: Option<JoinHandle<()>>,
}

impl ChildThread {
    /// Starts the thread. Replies and events are left in `sink`.
    pub fn spawn<S: Sink>(sink: S) -> Result<Self, Error> {
        let (post, calls) = mailbox()?;
        let mut worker = Worker::new(sink, calls)?;
        let thread = std::thread::Builder::new()
            .name("child".into())
            .spawn(move || {
                crate::threads::enter(None, false);
                worker.run();
            })
            .map_err(Error::system("start the child thread"))?;
        Ok(Self {
            calls: Some(post),
            thread: Some(thread),
        })
    }

    /// Queues a call; with a number it is answered.
    pub fn submit(&self, id: Option<u32>, call: ChildCall) {
        self.ask(Asked::Said(id, call));
    }

    /// Queues a call, see [`ChildThread::submit`].
    pub fn ask(&self, asked: Asked<ChildCall>) {
        if let Some(calls) = &self.calls {
            calls.put(asked);
        }
    }
}

impl Drop for ChildThread {
    fn drop(&mut self) {
        self.calls = None;
        if let Some(thread) = self.thread.take() {
            // A panic was reported when it happened.
            let _ = thread.join();
        }
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
    calls: Mailbox<Asked<ChildCall>>,
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
    fn new(sink: S, calls: Mailbox<Asked<ChildCall>>) -> Result<Self, Error> {
        let watch = || -> io::Result<(Epoll, Timer)> {
            let (epoll, timer) = (Epoll::new()?, Timer::new()?);
            epoll.add(&calls, libc::EPOLLIN, WAKE)?;
            epoll.add(&timer, libc::EPOLLIN, TIMER)?;
            Ok((epoll, timer))
        };
        let (epoll, timer) = watch().map_err(Error::system("watch for children"))?;
        Ok(Self {
            sink,
            calls,
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
                match self.calls.take() {
                    Taken::Message(asked) => {
                        let sink = self.sink.clone();
                        asked.answer(&sink, |call| self.obey(call).map(|()| CallResult::Done));
                    }
                    Taken::Closed => return self.leave(),
                    Taken::Nothing => break,
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
                    WAKE => self.calls.clear(),
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

    fn obey(&mut self, call: ChildCall) -> Result<(), Error> {
        match call {
            ChildCall::Children {
                without,
                with,
                open_files,
            } => {
                self.ground.settle(&without, &with, open_files);
                Ok(())
            }
            ChildCall::Judge { program, account } => {
                self.judged(&program, account.as_ref()).map(drop)
            }
            ChildCall::Spawn {
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
            ChildCall::EndChild { child } => {
                self.end(child, now());
                Ok(())
            }
            ChildCall::OpenFifo { path, account } => self.fifos.open(path, account.as_ref()),
            ChildCall::WriteFifo { path, text } => {
                if let Some(event) = self.fifos.write(&path, text.as_bytes()) {
                    self.sink.event(event);
                }
                Ok(())
            }
            ChildCall::CloseFifo { path } => {
                self.fifos.close(&path);
                Ok(())
            }
            ChildCall::Notify { socket, text } => {
                notify(&socket, &text).map_err(|source| Error::Notify { socket, source })
            }
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
