//! The loop of the tracker thread.

use super::connector::decode;
use super::files::Files;
use super::locals::Locals;
use super::proc_folder;
use super::processes::Processes;
use crate::asked::Asked;
use crate::error::Error;
use crate::mailbox::{Mailbox, Post, Taken, mailbox};
use crate::protocol::{CallResult, Event, ProcessPattern, TrackCall};
use crate::sink::Sink;
use crate::sys::clock::now;
use crate::sys::connector::{LONGEST, ProcessConnector};
use crate::sys::epoll::{Epoll, Ready64};
use crate::sys::timer::Timer;
use std::io;
use std::thread::JoinHandle;
use std::time::Duration;

/// How often what cannot be told is looked at, µs.
const LOOK: u64 = 1_000_000;

/// Bytes for what the kernel tells of some 4,000 processes.
const BUFFER: usize = 8 << 20;

/// How long it is waited after something was told of processes: what is told meanwhile costs no wake-up.
const GATHER: Duration = Duration::from_millis(10);

/// The running thread. Dropped, it ends.
#[derive(Debug)]
pub struct TrackThread {
    calls: Option<Post<Asked<TrackCall>>>,
    thread: Option<JoinHandle<()>>,
}

impl TrackThread {
    /// Starts the thread. Replies and events are left in `sink`.
    pub fn spawn<S: Sink>(sink: S) -> Result<Self, Error> {
        let (post, calls) = mailbox()?;
        let mut worker = Worker::new(sink, calls).map_err(Error::system("watch for trackers"))?;
        let thread = std::thread::Builder::new()
            .name("track".into())
            .spawn(move || worker.run())
            .map_err(Error::system("start the tracker thread"))?;
        Ok(Self {
            calls: Some(post),
            thread: Some(thread),
        })
    }

    /// Queues a call. Usable from any thread, never blocks.
    pub fn ask(&self, asked: Asked<TrackCall>) {
        if let Some(calls) = &self.calls {
            calls.put(asked);
        }
    }
}

impl Drop for TrackThread {
    fn drop(&mut self) {
        self.calls = None;
        if let Some(thread) = self.thread.take() {
            // A panic was reported when it happened.
            let _ = thread.join();
        }
    }
}

struct Worker<S> {
    sink: S,
    calls: Mailbox<Asked<TrackCall>>,
    epoll: Epoll,
    timer: Timer,
    /// Absent until files are followed.
    files: Option<Files>,
    processes: Processes,
    /// Opened before this thread can be in another network namespace.
    locals: Locals,
    /// Absent while no processes are followed, or the kernel does not tell of them.
    connector: Option<ProcessConnector>,
    /// When all is looked at that cannot be told.
    look_at: Option<u64>,
}

impl<S: Sink> Worker<S> {
    fn new(sink: S, calls: Mailbox<Asked<TrackCall>>) -> io::Result<Self> {
        let (epoll, timer) = (Epoll::new()?, Timer::new()?);
        epoll.add(&calls, libc::EPOLLIN, 0)?;
        epoll.add(&timer, libc::EPOLLIN, 0)?;
        let locals = Locals::open()?;
        epoll.add(&locals, libc::EPOLLIN, 0)?;
        Ok(Self {
            sink,
            calls,
            epoll,
            timer,
            files: None,
            processes: Processes::default(),
            locals,
            connector: None,
            look_at: None,
        })
    }

    fn run(&mut self) {
        let mut ready = Ready64::default();
        loop {
            self.calls.clear();
            self.timer.clear();
            loop {
                match self.calls.take() {
                    Taken::Message(asked) => {
                        let sink = self.sink.clone();
                        asked.answer(&sink, |call| self.call(call));
                    }
                    Taken::Closed => return,
                    Taken::Nothing => break,
                }
            }
            let heard = self.hear();
            self.look();
            if heard > 0 {
                // Whoever ends the thread waits that long.
                std::thread::sleep(GATHER);
            } else if self.wait(&mut ready).is_err() {
                return;
            }
        }
    }

    fn wait(&mut self, ready: &mut Ready64) -> io::Result<()> {
        let next = [self.look_at, self.processes.next(), self.locals.next()];
        self.timer.set(next.into_iter().flatten().min())?;
        self.epoll.wait(ready, -1)
    }

    fn call(&mut self, call: TrackCall) -> Result<CallResult, Error> {
        match call {
            TrackCall::FollowFiles { files } => {
                let act = "follow files";
                let mut followed = Files::new().map_err(Error::system(act))?;
                let events = followed.follow(files);
                self.epoll
                    .add(&followed, libc::EPOLLIN, 0)
                    .map_err(Error::system(act))?;
                self.files = Some(followed);
                self.tell(events);
                Ok(CallResult::Done)
            }
            TrackCall::FollowProcesses {
                patterns,
                receive_buffer,
                force,
            } => {
                let buffer = receive_buffer.map_or(BUFFER, |bytes| bytes as usize);
                // What is a default shall be had; what is written is to be asked for.
                let force = force || receive_buffer.is_none();
                self.follow(patterns, buffer, force)
                    .map_err(Error::system("be told of processes by the kernel"))?;
                Ok(CallResult::Done)
            }
            TrackCall::SayLocally { texts, to } => {
                self.locals
                    .say(&texts, to)
                    .map_err(Error::system("speak with other daemons of this host"))?;
                Ok(CallResult::Done)
            }
        }
    }

    /// Failure leaves the processes to be counted once a second.
    fn follow(
        &mut self,
        patterns: Vec<ProcessPattern>,
        buffer: usize,
        force: bool,
    ) -> io::Result<()> {
        self.connector = None;
        self.processes.follow(patterns);
        if self.processes.is_idle() {
            return Ok(());
        }
        let opened = ProcessConnector::open(buffer, force).and_then(|connector| {
            self.epoll.add(&connector, libc::EPOLLIN, 0)?;
            self.connector = Some(connector);
            Ok(())
        });
        // Only now: whatever begins meanwhile is told.
        self.count_all();
        opened
    }

    /// Takes what the kernel tells; how much that was.
    fn hear(&mut self) -> usize {
        if let Some(files) = &mut self.files {
            let events = files.hear();
            self.tell(events);
        }
        let mut count = self.locals.hear(|event| self.sink.event(event));
        let mut datagram = [0; LONGEST];
        loop {
            let Some(connector) = &self.connector else {
                return count;
            };
            match connector.receive(&mut datagram) {
                Ok(length) => {
                    count += 1;
                    let told = decode(datagram.get(..length).unwrap_or_default());
                    if let Some(happening) = told {
                        self.processes.hear(happening, now());
                    }
                }
                Err(error) if error.raw_os_error() == Some(libc::ENOBUFS) => self.count_all(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return count,
            }
        }
    }

    /// Looks at what is due.
    fn look(&mut self) {
        let time = now();
        self.locals.look(|event| self.sink.event(event));
        let wants_command = self.processes.wants_command();
        while let Some(pid) = self.processes.take_due(time) {
            self.processes
                .look(pid, proc_folder::shown(pid, wants_command).as_ref());
        }
        if self.look_at.is_some_and(|at| at <= time) {
            if let Some(files) = &mut self.files {
                let events = files.look();
                self.tell(events);
            }
            if self.connector.is_none() && !self.processes.is_idle() {
                self.count_all();
            }
            self.look_at = None;
        }
        let events = self.processes.news();
        self.tell(events);
        let blind = self.files.as_ref().is_some_and(Files::is_blind)
            || (self.connector.is_none() && !self.processes.is_idle());
        self.look_at = blind.then(|| self.look_at.unwrap_or(time + LOOK));
    }

    fn count_all(&mut self) {
        let wants_command = self.processes.wants_command();
        self.processes.take_all(proc_folder::all(wants_command));
    }

    fn tell(&self, events: Vec<Event>) {
        for event in events {
            self.sink.event(event);
        }
    }
}
