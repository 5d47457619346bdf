//! The thread that tells the guardian: whoever has a will never waits for it.

use super::compose::{Testament, tell};
use super::handle::{GuardianHandle, Told};
use super::heir::{Predecessor, ask};
use super::message::{Deed, LONGEST, Message, Router};
use super::names::{predecessors, prefix};
use super::start::{Voice, start};
use super::ward::{Absent, Ward, Whose};
use crate::error::Error;
use crate::mailbox::{Mailbox, Post, Taken, mailbox};
use crate::netlink::socket::Conversation;
use crate::protocol::{CallResult, Event, GuardianCall, HeldRouter};
use crate::queue::Queue;
use crate::sink::Sink;
use crate::sys::epoll::{Epoll, Ready64};
use crate::sys::process::{kill, reap};
use neli::consts::socket::NlFamily;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

const WAKE: u64 = 0;
const ENDED: u64 = 1;

/// The running thread. Dropped, it says goodbye to the guardian and waits for its end.
pub struct GuardianThread {
    handle: GuardianHandle,
    thread: Option<JoinHandle<()>>,
}

impl GuardianThread {
    /// Starts the thread; the guardian itself comes with [`GuardianCall::Guard`].
    pub fn spawn(queue: Queue) -> Result<Self, Error> {
        let (post, told) = mailbox()?;
        let bridges = Arc::<AtomicBool>::default();
        let epoll = Epoll::new().map_err(Error::system("make an epoll descriptor"))?;
        epoll
            .add(&told, libc::EPOLLIN, WAKE)
            .map_err(Error::system("set up epoll"))?;
        let mut body = Body {
            queue,
            epoll,
            post: post.clone(),
            told,
            bridges: bridges.clone(),
            ward: None,
            absent: None,
            predecessors: Vec::new(),
            bridging: 0,
            left: false,
            wills: BTreeMap::new(),
            estate: BTreeMap::new(),
            kernel: None,
        };
        let thread = Builder::new()
            .name("holdfast-wills".into())
            .spawn(move || body.run())
            .map_err(Error::system("start the thread of the wills"))?;
        Ok(Self {
            handle: GuardianHandle { bridges, post },
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
        self.handle.post.put(Told::Goodbye);
        if let Some(thread) = self.thread.take() {
            // It has nothing to say, and a panic was printed.
            let _ = thread.join();
        }
    }
}

struct Body {
    queue: Queue,
    epoll: Epoll,
    /// For whoever waits on behalf of this thread.
    post: Post<Told>,
    told: Mailbox<Told>,
    bridges: Arc<AtomicBool>,
    ward: Option<Ward>,
    /// Kept while one that was started again is young.
    absent: Option<Absent>,
    /// Guardians that hold something for this process.
    predecessors: Vec<Predecessor>,
    /// How long the guardian speaks in this process's place, µs.
    bridging: u64,
    /// This process ends for another one to take its place: the guardian goes on.
    left: bool,
    /// As last told, for a guardian that is started again.
    wills: BTreeMap<u32, Testament>,
    estate: BTreeMap<u32, Deed>,
    /// Opened with the first will.
    kernel: Option<Conversation>,
}

impl Body {
    fn run(&mut self) {
        let mut ready = Ready64::default();
        loop {
            // It may end without a word by a signal.
            let _ = self.epoll.wait(&mut ready, self.wait());
            let mut ended = false;
            for one in ready.iter() {
                match one.token {
                    WAKE => self.told.clear(),
                    _ => ended = true,
                }
            }
            if ended {
                self.replace();
            }
            self.start_again();
            loop {
                match self.told.take() {
                    Taken::Message(Told::Goodbye) | Taken::Closed => return self.leave(),
                    Taken::Message(told) => self.take(told),
                    Taken::Nothing => break,
                }
            }
        }
    }

    fn take(&mut self, told: Told) {
        match told {
            Told::Call(asked) => match asked.read() {
                (id, Ok(call)) => self.obey(id, call),
                (id, Err(error)) => reply(&self.queue, id, Err(error)),
            },
            Told::Will(order, testament) => {
                if self.wills.get(&order) != Some(&*testament) {
                    self.tell(order, &testament);
                    self.wills.insert(order, *testament);
                }
                self.take_over(order);
            }
            Told::Resealed(order, farewells) => {
                if let Some(testament) = self.wills.get_mut(&order) {
                    testament.farewells.clone_from(&farewells);
                    for (destination, bytes) in farewells {
                        self.send(&Message::Resealed {
                            order,
                            destination,
                            bytes,
                        });
                    }
                }
            }
            Told::Estate(number, Some(deed)) => {
                self.tell_estate(number, &deed);
                self.estate.insert(number, deed);
            }
            Told::Estate(number, None) => {
                if self.estate.remove(&number).is_some() {
                    self.send(&Message::Settled { number });
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
            Told::Inherited(id, predecessors) => self.inherit(id, predecessors),
            Told::Leave(within) => {
                self.left = self.ward.is_some();
                self.send(&Message::Leaving { within });
            }
            Told::Goodbye => {}
        }
    }

    fn obey(&mut self, id: Option<u32>, call: GuardianCall) {
        match call {
            GuardianCall::Guard {
                name,
                console,
                file,
            } => {
                let voice = Voice { console, file };
                let guarded = self.guard(Whose { name, voice });
                let guarded = guarded.map(|()| CallResult::Done);
                reply(&self.queue, id, guarded);
            }
            GuardianCall::Inherit { name } => self.ask_predecessors(id, &name),
            GuardianCall::Renounce { routers, wait } => {
                let routers: Vec<_> = routers.into_iter().map(Router::from).collect();
                self.renounce(id, &routers, wait);
            }
            GuardianCall::Bridge { within } => {
                self.bridges.store(within > 0, Ordering::Release);
                self.bridging = within;
                self.send(&Message::Bridging { within });
                reply(&self.queue, id, Ok(CallResult::Done));
            }
        }
    }

    fn ask_predecessors(&self, id: Option<u32>, name: &str) {
        let predecessors = predecessors(name);
        let post = self.post.clone();
        if predecessors.is_empty() {
            post.put(Told::Inherited(id, Vec::new()));
            return;
        }
        let wait = move || {
            post.put(Told::Inherited(id, ask(predecessors)));
        };
        // Without the thread nobody is waited for, and the caller hears nothing: it has its limits.
        let _ = Builder::new().name("holdfast-heir".into()).spawn(wait);
    }

    fn inherit(&mut self, id: Option<u32>, predecessors: Vec<Predecessor>) {
        let held = predecessors.iter().flat_map(|one| &one.held);
        let inherited = CallResult::Inherited {
            lives: !predecessors.is_empty(),
            planned: predecessors.iter().all(|one| one.planned),
            routers: held.copied().map(HeldRouter::from).collect(),
        };
        reply(&self.queue, id, Ok(inherited));
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

    fn renounce(&mut self, id: Option<u32>, routers: &[Router], wait: bool) {
        for one in &mut self.predecessors {
            one.renounce(routers);
        }
        let (kept, left): (Vec<_>, Vec<_>) = std::mem::take(&mut self.predecessors)
            .into_iter()
            .partition(|one| !one.held.is_empty());
        self.predecessors = kept;
        if !wait {
            return reply(&self.queue, id, Ok(CallResult::Done));
        }
        let queue = self.queue.clone();
        let end = move || {
            left.into_iter().for_each(Predecessor::await_end);
            reply(&queue, id, Ok(CallResult::Done));
        };
        // Without the thread nobody is waited for, and the caller hears nothing: it has its limits.
        let _ = Builder::new().name("holdfast-heir".into()).spawn(end);
    }

    fn guard(&mut self, whose: Whose) -> Result<(), Error> {
        let own = format!("{}{}", prefix(&whose.name), std::process::id());
        let running = start(&own, &whose.voice)?;
        self.epoll
            .add(&running.process.handle, libc::EPOLLIN, ENDED)
            .map_err(Error::system("watch the guardian"))?;
        self.ward = Some(Ward {
            whose,
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
        for (number, deed) in &self.estate {
            self.tell_estate(*number, deed);
        }
        Ok(())
    }

    /// One that is too long for a message is left to the next run, which looks for what is left.
    fn tell_estate(&self, number: u32, deed: &Deed) {
        let deed = deed.clone();
        let message = Message::Estate { number, deed };
        if message.encode().len() <= LONGEST {
            self.send(&message);
        }
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

    /// A guardian has ended before its daemon: another one takes its place, at once unless that one was
    /// young.
    fn replace(&mut self) {
        let Some(ward) = self.ward.take() else { return };
        let _ = self.epoll.remove(&ward.running.process.handle);
        let _ = reap(&ward.running.process);
        let grown = ward.is_grown();
        if grown {
            self.absent = None;
        }
        let replaced = grown && self.guard(ward.whose.clone()).is_ok();
        if !replaced {
            self.await_another(ward.whose);
        }
        self.queue.event(Event::GuardianEnded { replaced });
    }

    fn await_another(&mut self, whose: Whose) {
        self.absent = Some(Absent::after(self.absent.as_ref(), whose));
    }

    /// Starts another one when it is time, and says so only then: that there is none was said.
    fn start_again(&mut self) {
        let Some(absent) = &self.absent else { return };
        if self.ward.is_some() || Instant::now() < absent.at {
            return;
        }
        let whose = absent.whose.clone();
        match self.guard(whose.clone()) {
            Ok(()) => self.queue.event(Event::GuardianEnded { replaced: true }),
            Err(_) => self.await_another(whose),
        }
    }

    /// How long, ms, nothing is to be done unless something comes; -1: for ever.
    fn wait(&self) -> i32 {
        let absent = self.absent.as_ref().filter(|_| self.ward.is_none());
        absent.map_or(-1, Absent::wait)
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

fn reply(queue: &Queue, id: Option<u32>, result: Result<CallResult, Error>) {
    if let Some(id) = id {
        queue.reply(id, result.unwrap_or_else(|error| error.result()));
    }
}
