//! The thread that tells the guardian: whoever has a will never waits for it.

use super::compose::{Testament, tell};
use super::message::Message;
use super::start::{Running, start};
use crate::error::Error;
use crate::netlink::socket::Conversation;
use crate::protocol::{CallResult, Event};
use crate::queue::Queue;
use crate::sink::Sink;
use crate::sys::epoll::{Epoll, Ready64};
use crate::sys::process::{is_of_this_user_or_root, kill, reap};
use crate::sys::wake::Wake;
use neli::consts::socket::NlFamily;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

const WAKE: u64 = 0;
const ENDED: u64 = 1;

/// How long a daemon that starts waits for the guardian of one that died before it: longer than it
/// keeps anything.
const PREDECESSOR: Duration = Duration::from_secs(15);

/// A guardian that ends sooner than this after its start is not started again: something is wrong
/// with it that starting does not mend.
const SHORT_LIFE: Duration = Duration::from_secs(1);

/// The running thread. Dropped, it says goodbye to the guardian and waits for its end.
pub struct GuardianThread {
    handle: GuardianHandle,
    thread: Option<JoinHandle<()>>,
}

/// Tells it.
#[derive(Clone)]
pub struct GuardianHandle {
    sender: Sender<Told>,
    wake: Arc<Wake>,
}

enum Told {
    /// Start one, and answer.
    Guard {
        id: u32,
        name: String,
        console: bool,
    },
    Will(u32, Box<Testament>),
    Revoke(u32),
    Carry {
        order: u32,
        beaten: bool,
    },
    Goodbye,
}

impl GuardianThread {
    /// Starts the thread; the guardian itself comes with [`GuardianHandle::guard`].
    pub fn spawn(queue: Queue) -> Result<Self, Error> {
        let wake = Arc::new(Wake::new().map_err(Error::system("make an event descriptor"))?);
        let (sender, receiver) = channel();
        let epoll = Epoll::new().map_err(Error::system("make an epoll descriptor"))?;
        epoll
            .add(&*wake, libc::EPOLLIN, WAKE)
            .map_err(Error::system("set up epoll"))?;
        let mut body = Body {
            queue,
            epoll,
            wake: wake.clone(),
            told: receiver,
            ward: None,
            wills: BTreeMap::new(),
            kernel: None,
        };
        let thread = Builder::new()
            .name("holdfast-wills".into())
            .spawn(move || body.run())
            .map_err(Error::system("start the thread of the wills"))?;
        Ok(Self {
            handle: GuardianHandle { sender, wake },
            thread: Some(thread),
        })
    }

    /// Whoever has wills.
    pub fn handle(&self) -> GuardianHandle {
        self.handle.clone()
    }
}

impl Drop for GuardianThread {
    fn drop(&mut self) {
        self.handle.post(Told::Goodbye);
        if let Some(thread) = self.thread.take() {
            // It has nothing to say, and a panic was printed.
            let _ = thread.join();
        }
    }
}

impl GuardianHandle {
    /// Starts the guardian when that of a daemon with the same name that died has ended; answered
    /// then.
    pub fn guard(&self, id: u32, name: String, console: bool) {
        let predecessors = predecessors(&name);
        let handle = self.clone();
        let guard = Told::Guard { id, name, console };
        if predecessors.is_empty() {
            return handle.post(guard);
        }
        let wait = move || {
            await_end(predecessors);
            handle.post(guard);
        };
        // Without the thread nobody is waited for, and the caller hears nothing: it has its limits.
        let _ = Builder::new().name("holdfast-heir".into()).spawn(wait);
    }

    /// This is to be done when the daemon dies, in place of what the order left before.
    pub fn will(&self, order: u32, testament: Testament) {
        self.post(Told::Will(order, Box::new(testament)));
    }

    /// The order leaves nothing behind.
    pub fn revoke(&self, order: u32) {
        self.post(Told::Revoke(order));
    }

    /// What the order's will withdraws goes now, while the successor announces itself: the farewell
    /// is sent, or this node was beaten.
    pub fn carry(&self, order: u32, beaten: bool) {
        self.post(Told::Carry { order, beaten });
    }

    fn post(&self, told: Told) {
        // Without the thread there is no guardian, which was told when it ended.
        if self.sender.send(told).is_ok() {
            self.wake.signal();
        }
    }
}

/// A guardian, and what it takes to start it again.
struct Ward {
    name: String,
    console: bool,
    running: Running,
    since: Instant,
}

struct Body {
    queue: Queue,
    epoll: Epoll,
    wake: Arc<Wake>,
    told: Receiver<Told>,
    ward: Option<Ward>,
    /// As last told, for a guardian that is started again.
    wills: BTreeMap<u32, Testament>,
    /// Opened with the first will.
    kernel: Option<Conversation>,
}

impl Body {
    fn run(&mut self) {
        let mut ready = Ready64::default();
        loop {
            // It may end without a word by a signal.
            let _ = self.epoll.wait(&mut ready, -1);
            let mut ended = false;
            for one in ready.iter() {
                match one.token {
                    WAKE => self.wake.clear(),
                    _ => ended = true,
                }
            }
            if ended {
                self.replace();
            }
            loop {
                match self.told.try_recv() {
                    Ok(Told::Goodbye) | Err(TryRecvError::Disconnected) => return self.leave(),
                    Ok(told) => self.take(told),
                    Err(TryRecvError::Empty) => break,
                }
            }
        }
    }

    fn take(&mut self, told: Told) {
        match told {
            Told::Guard { id, name, console } => match self.guard(name, console) {
                Ok(()) => self.queue.reply(id, CallResult::Done),
                Err(error) => self.queue.reply(id, error.result()),
            },
            Told::Will(order, testament) => {
                if self.wills.get(&order) != Some(&*testament) {
                    self.tell(order, &testament);
                    self.wills.insert(order, *testament);
                }
            }
            Told::Revoke(order) => {
                if self.wills.remove(&order).is_some() {
                    self.send(&Message::Revoked { order });
                }
            }
            Told::Carry { order, beaten } => {
                if self.wills.remove(&order).is_some() {
                    self.send(&Message::Carried { order, beaten });
                }
            }
            Told::Goodbye => {}
        }
    }

    fn guard(&mut self, name: String, console: bool) -> Result<(), Error> {
        let own = format!("{}{}", prefix(&name), std::process::id());
        let running = start(&own, console)?;
        self.epoll
            .add(&running.process.handle, libc::EPOLLIN, ENDED)
            .map_err(Error::system("watch the guardian"))?;
        self.ward = Some(Ward {
            name,
            console,
            running,
            since: Instant::now(),
        });
        let wills = std::mem::take(&mut self.wills);
        for (order, testament) in &wills {
            self.tell(*order, testament);
        }
        self.wills = wills;
        Ok(())
    }

    fn tell(&mut self, order: u32, testament: &Testament) {
        if self.ward.is_none() {
            return;
        }
        if self.kernel.is_none() {
            self.kernel = Conversation::open(NlFamily::Route).ok();
        }
        let told = self
            .kernel
            .as_mut()
            .map(|kernel| tell(order, testament, kernel));
        // Better an old will than half of one.
        if let Some(Ok(messages)) = told {
            messages.iter().for_each(|message| self.send(message));
        }
    }

    /// What cannot be sent is told anew to the next one: this one is ended, and its end is noticed.
    fn send(&self, message: &Message) {
        let Some(ward) = &self.ward else { return };
        let bytes = message.encode();
        let sent = ward
            .running
            .socket
            .send_with_flags(&bytes, libc::MSG_NOSIGNAL);
        if sent.is_err() {
            kill(&ward.running.process);
        }
    }

    /// A guardian has ended before its daemon: another one takes its place.
    fn replace(&mut self) {
        let Some(ward) = self.ward.take() else { return };
        let _ = self.epoll.remove(&ward.running.process.handle);
        let _ = reap(&ward.running.process);
        let may = ward.since.elapsed() >= SHORT_LIFE;
        let replaced = may && self.guard(ward.name, ward.console).is_ok();
        self.queue.event(Event::GuardianEnded { replaced });
    }

    fn leave(&mut self) {
        self.send(&Message::Goodbye);
        if let Some(ward) = self.ward.take() {
            drop(ward.running.socket);
            let _ = reap(&ward.running.process);
        }
    }
}

/// Guardians of one daemon and its predecessors listen on this and the daemon's number.
fn prefix(name: &str) -> String {
    format!("holdfast-guardian:{name}:")
}

/// Connections to the guardians of daemons of this name that died. Anybody on this host may listen
/// under such a name, so only those of this user or root are believed.
fn predecessors(name: &str) -> Vec<UnixStream> {
    let names = listening(&prefix(name)).unwrap_or_default();
    let connect = |name: String| {
        let address = SocketAddr::from_abstract_name(name.as_bytes())?;
        UnixStream::connect_addr(&address)
    };
    let streams = names.into_iter().map(connect).filter_map(Result::ok);
    streams.filter(is_of_this_user_or_root).collect()
}

/// Waits until they have done their work, but not for ever.
fn await_end(predecessors: Vec<UnixStream>) {
    let end = Instant::now() + PREDECESSOR;
    for mut stream in predecessors {
        let left = end.saturating_duration_since(Instant::now());
        if !left.is_zero() && stream.set_read_timeout(Some(left)).is_ok() {
            // It never writes: this ends with its end.
            let _ = stream.read(&mut [0]);
        }
    }
}

/// Names of abstract sockets that listen and begin with `prefix`.
fn listening(prefix: &str) -> io::Result<Vec<String>> {
    /// Listening sockets have the flag `__SO_ACCEPTCON`.
    const LISTENS: &str = "00010000";
    let table = BufReader::new(std::fs::File::open("/proc/net/unix")?);
    let mut names = Vec::new();
    for line in table.lines() {
        let line = line?;
        let flags = line.split_whitespace().nth(3);
        if let Some((_, name)) = line.split_once(" @") {
            if name.starts_with(prefix) && flags == Some(LISTENS) {
                names.push(name.to_owned());
            }
        }
    }
    Ok(names)
}
