//! The thread that tells the guardian: whoever has a will never waits for it.

use super::compose::{Testament, tell};
use super::heir::{Predecessor, ask};
use super::message::{Message, Router};
use super::start::{Running, start};
use crate::error::Error;
use crate::netlink::socket::Conversation;
use crate::protocol::{CallResult, Event, HeldRouter};
use crate::queue::Queue;
use crate::sink::Sink;
use crate::sys::epoll::{Epoll, Ready64};
use crate::sys::process::{is_of_this_user_or_root, kill, reap};
use crate::sys::wake::Wake;
use neli::consts::socket::NlFamily;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

const WAKE: u64 = 0;
const ENDED: u64 = 1;

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
    bridges: Arc<AtomicBool>,
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
    /// What was asked of guardians before, and the number of the question.
    Inherited(u32, Vec<Predecessor>),
    Renounce {
        id: u32,
        routers: Vec<Router>,
        wait: bool,
    },
    Bridge(u64),
    Leave(u64),
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
            predecessors: Vec::new(),
            bridging: 0,
            left: false,
            wills: BTreeMap::new(),
            kernel: None,
        };
        let thread = Builder::new()
            .name("holdfast-wills".into())
            .spawn(move || body.run())
            .map_err(Error::system("start the thread of the wills"))?;
        Ok(Self {
            handle: GuardianHandle {
                bridges: Arc::default(),
                sender,
                wake,
            },
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
    /// Starts the guardian; answered then.
    pub fn guard(&self, id: u32, name: String, console: bool) {
        self.post(Told::Guard { id, name, console });
    }

    /// Asks the guardians of daemons with the same name that are no more what they hold for this one.
    /// Answered when those that hold nothing have ended.
    pub fn inherit(&self, id: u32, name: &str) {
        let predecessors = predecessors(name);
        let handle = self.clone();
        if predecessors.is_empty() {
            return handle.post(Told::Inherited(id, Vec::new()));
        }
        let wait = move || handle.post(Told::Inherited(id, ask(predecessors)));
        // Without the thread nobody is waited for, and the caller hears nothing: it has its limits.
        let _ = Builder::new().name("holdfast-heir".into()).spawn(wait);
    }

    /// What is held for this process, and left all the same; with `wait` answered when it is gone.
    pub fn renounce(&self, id: u32, routers: Vec<HeldRouter>, wait: bool) {
        let routers = routers.into_iter().map(Router::from).collect();
        self.post(Told::Renounce { id, routers, wait });
    }

    /// For so long, µs, the guardian speaks in the place of this process when it dies; 0: not at all.
    pub fn bridge(&self, within: u64) {
        self.bridges.store(within > 0, Ordering::Release);
        self.post(Told::Bridge(within));
    }

    /// Whether it would.
    pub fn bridges(&self) -> bool {
        self.bridges.load(Ordering::Acquire)
    }

    /// This process ends now, and another one takes its place within this time, µs.
    pub fn leave(&self, within: u64) {
        self.post(Told::Leave(within));
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
    /// Guardians that hold something for this process.
    predecessors: Vec<Predecessor>,
    /// How long the guardian speaks in this process's place, µs.
    bridging: u64,
    /// This process ends for another one to take its place: the guardian goes on.
    left: bool,
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
                self.take_over(order);
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
            Told::Inherited(id, predecessors) => self.inherit(id, predecessors),
            Told::Renounce { id, routers, wait } => self.renounce(id, &routers, wait),
            Told::Bridge(within) => {
                self.bridging = within;
                self.send(&Message::Bridging { within });
            }
            Told::Leave(within) => {
                self.left = self.ward.is_some();
                self.send(&Message::Leaving { within });
            }
            Told::Goodbye => {}
        }
    }

    fn inherit(&mut self, id: u32, predecessors: Vec<Predecessor>) {
        let held = predecessors.iter().flat_map(|one| &one.held);
        self.queue.reply(
            id,
            CallResult::Inherited {
                lives: !predecessors.is_empty(),
                planned: predecessors.iter().all(|one| one.planned),
                routers: held.copied().map(HeldRouter::from).collect(),
            },
        );
        self.predecessors = predecessors;
    }

    /// Its first advert is on its way: what was held for it is not any more.
    fn take_over(&mut self, order: u32) {
        let Some(Testament {
            ifindex,
            vrid,
            source,
            ..
        }) = self.wills.get(&order)
        else {
            return;
        };
        let router = Router {
            ifindex: *ifindex,
            vrid: *vrid,
            ipv6: source.is_ipv6(),
        };
        for one in &mut self.predecessors {
            one.taken(router);
        }
        self.predecessors.retain(|one| !one.held.is_empty());
    }

    fn renounce(&mut self, id: u32, routers: &[Router], wait: bool) {
        for one in &mut self.predecessors {
            one.renounce(routers);
        }
        let (kept, left): (Vec<_>, Vec<_>) = std::mem::take(&mut self.predecessors)
            .into_iter()
            .partition(|one| !one.held.is_empty());
        self.predecessors = kept;
        if !wait {
            return self.queue.reply(id, CallResult::Done);
        }
        let queue = self.queue.clone();
        let end = move || {
            left.into_iter().for_each(Predecessor::await_end);
            queue.reply(id, CallResult::Done);
        };
        // Without the thread nobody is waited for, and the caller hears nothing: it has its limits.
        let _ = Builder::new().name("holdfast-heir".into()).spawn(end);
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
        self.send(&Message::Bridging {
            within: self.bridging,
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
        if self.left {
            // The end of the socket tells it that this process is gone.
            return;
        }
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
