//! What the engine does when it is awake: takes packets, obeys calls, carries out what is due.

use super::UNSEEN;
use super::packet::{Outgoing, Pattern, parse, vrid_of};
use super::transmit::{self, Due, Standing, Transmissions};
use super::watch::{self, Watches};
use crate::error::Error;
use crate::guardian::Testament;
use crate::protocol::{Address, AddressOp, Call, CallResult, Event, OrderCount, VIRTUAL_ROUTER};
use crate::queue::Queue;
use crate::record::PacketHead;
use crate::sink::Sink;
use crate::socket::vrrp::VrrpSocket;
use crate::sys::epoll::Epoll;
use std::collections::BTreeMap;
use std::io;

/// Most datagrams taken from one socket before orders get their turn; all that waits is taken before
/// anything expires that could depend on it.
const BATCH: usize = 64;

/// Shortest interval and lease, µs: below this the engine would do nothing else.
const SHORTEST: u64 = 1_000;

/// Deletes addresses whose order lapsed; the kernel thread does it.
pub type Withdraw = Box<dyn Fn(Vec<AddressOp>) + Send>;

/// Tells the guardian what an order leaves behind; nothing when it leaves nothing.
pub type Entrust = Box<dyn Fn(u32, Option<Testament>) + Send>;

/// Sockets and standing orders.
pub struct Engine {
    queue: Queue,
    withdraw: Withdraw,
    entrust: Entrust,
    sockets: BTreeMap<u32, VrrpSocket>,
    transmissions: Transmissions,
    watches: Watches,
    /// Orders whose lapse may not have been heard of yet, each with the number of that event.
    lapsed: BTreeMap<u32, u64>,
    /// Calls to be answered when all that has arrived is heard.
    settling: Vec<u32>,
    /// Interfaces that are to be heard out; kept to allocate nothing.
    ears: Vec<u32>,
    buffer: Vec<u8>,
}

/// A call as it came.
pub struct Posted {
    /// To answer with.
    pub id: u32,
    /// What to do.
    pub call: Call,
    /// When it was queued: what it rests on was known then.
    pub at: u64,
}

impl Engine {
    /// An engine without sockets and orders.
    pub fn new(queue: Queue, withdraw: Withdraw, entrust: Entrust) -> Self {
        Self {
            queue,
            withdraw,
            entrust,
            sockets: BTreeMap::new(),
            transmissions: Transmissions::default(),
            watches: Watches::default(),
            lapsed: BTreeMap::new(),
            settling: Vec::new(),
            ears: Vec::new(),
            buffer: vec![0; 65_536],
        }
    }

    /// Before this nothing is due.
    pub fn next_deadline(&self) -> Option<u64> {
        let deadlines = [
            self.transmissions.next_deadline(),
            self.watches.next_deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// Whether a lease may end by `now`: then every call that waits is to be obeyed first.
    pub fn may_lapse(&self, now: u64) -> bool {
        self.transmissions.may_lapse(now)
    }

    /// Takes datagrams that wait on the socket of `ifindex`, not so many that orders would be late.
    pub fn receive(&mut self, ifindex: u32, now: u64) {
        self.take(ifindex, BATCH, now);
    }

    /// Takes all datagrams that have arrived on the socket of `ifindex` by `now`: as many as its
    /// buffer can hold, so that a flood does not keep this going.
    fn hear_out(&mut self, ifindex: u32, now: u64) {
        let most = self.sockets.get(&ifindex).map_or(0, VrrpSocket::capacity);
        self.take(ifindex, most, now);
    }

    fn take(&mut self, ifindex: u32, most: usize, now: u64) {
        let Some(socket) = self.sockets.get(&ifindex) else {
            return;
        };
        for _ in 0..most {
            let Some(length) = socket.receive(&mut self.buffer) else {
                return;
            };
            let datagram = self.buffer.get(..length).unwrap_or_default();
            let Some(packet) = parse(datagram) else {
                continue;
            };
            if !self.watches.take(ifindex, &packet, now) {
                if let Some(vrid) = vrid_of(&packet) {
                    self.transmissions.contest(ifindex, vrid);
                }
                let head = PacketHead {
                    ifindex,
                    source: packet.get_source(),
                    destination: packet.get_destination(),
                    ttl: packet.get_ttl(),
                    protocol: packet.get_next_level_protocol().0,
                };
                self.queue.packet(&head, now, datagram);
            }
        }
    }

    /// Obeys one call and answers it.
    pub fn obey(&mut self, Posted { id, call, at }: Posted, epoll: &Epoll, now: u64) {
        if matches!(call, Call::Settle) {
            self.settling.push(id);
            return;
        }
        let result = match self.try_obey(call, at, epoll, now) {
            Ok(()) => CallResult::Done,
            Err(error) => error.result(),
        };
        self.queue.reply(id, result);
    }

    /// Answers with the counters of all orders; those of the probes come from elsewhere.
    pub fn count(&self, id: u32, probes: Vec<OrderCount>) {
        let result = CallResult::Counters {
            transmissions: self.transmissions.counts(),
            watches: self.watches.counts(),
            probes,
            dropped_packets: self.queue.dropped(),
        };
        self.queue.reply(id, result);
    }

    /// Carries out what is due, in order: what was asked for before whoever holds the lease fell
    /// silent, then what a peer said in time, then what nobody said.
    pub fn advance(&mut self, now: u64) {
        let mut ears = std::mem::take(&mut self.ears);
        // Nobody speaks after a time unseen without having listened.
        let unseen = now.saturating_sub(UNSEEN);
        self.transmissions
            .overdue(unseen, |ifindex| ears.push(ifindex));
        self.hear_all(&mut ears, now);
        self.carry_out(now);
        self.watches.overdue(now, |ifindex| ears.push(ifindex));
        if !self.settling.is_empty() {
            ears.extend(self.sockets.keys());
        }
        self.hear_all(&mut ears, now);
        self.ears = ears;
        let queue = &self.queue;
        self.watches
            .advance(now, |order, seq| queue.event(Event::Expired { order, seq }));
        for id in self.settling.drain(..) {
            queue.reply(id, CallResult::Done);
        }
    }

    fn hear_all(&mut self, ears: &mut Vec<u32>, now: u64) {
        ears.sort_unstable();
        ears.dedup();
        for ifindex in ears.drain(..) {
            self.hear_out(ifindex, now);
        }
    }

    fn carry_out(&mut self, now: u64) {
        let Self {
            queue,
            withdraw,
            entrust,
            sockets,
            lapsed,
            ..
        } = self;
        self.transmissions.advance(now, |number, due, standing| {
            let socket = sockets.get(&standing.order.ifindex);
            match due {
                Due::Send => {
                    let sent = send(socket, &standing.order.packets);
                    report(queue, number, standing, &sent);
                    sent.is_ok()
                }
                Due::Lapse | Due::SilentLapse => {
                    let sent = match due {
                        Due::SilentLapse => Ok(()),
                        _ => send(socket, &standing.order.farewell),
                    };
                    // First the word, then the deed: whoever hears of the vanished addresses knows why.
                    queue.event(Event::Lapsed { order: number });
                    lapsed.insert(number, queue.told().urgent);
                    withdraw(deletions(&standing.order.withdraw));
                    entrust(number, None);
                    sent.is_ok()
                }
            }
        });
    }

    /// Whether an order lapsed and whoever asked for something at `posted` could not know it. What
    /// it asked for then must not stand.
    fn is_ignorant(&mut self, order: u32, posted: u64) -> bool {
        if self.transmissions.had_lapsed(order, posted) {
            return true;
        }
        let Some(event) = self.lapsed.get(&order) else {
            return false;
        };
        let told = self.queue.told();
        if told.told < *event || posted < told.at {
            return true;
        }
        self.lapsed.remove(&order);
        false
    }

    /// Ends every transmission as if its lease had lapsed: the last will of an engine that goes.
    pub fn lapse(&mut self, now: u64) {
        self.transmissions.expire(now);
        self.advance(now);
    }

    fn try_obey(&mut self, call: Call, posted: u64, epoll: &Epoll, now: u64) -> Result<(), Error> {
        match call {
            Call::Listen {
                ifindex,
                ifname,
                groups,
                receive_buffer,
            } => {
                let socket = self.listen(ifindex, &ifname, epoll)?;
                if let Some(bytes) = receive_buffer {
                    socket.set_receive_buffer(bytes)?;
                }
                socket.set_groups(&groups)
            }
            Call::Unlisten { ifindex } => {
                for order in self.transmissions.end_of(ifindex) {
                    (self.entrust)(order, None);
                }
                self.watches.end_of(ifindex);
                self.sockets.remove(&ifindex);
                Ok(())
            }
            Call::Transmit {
                order,
                ifindex,
                packets,
                interval,
                immediately,
                lease,
                farewell,
                withdraw,
                keep,
            } => {
                self.socket(ifindex)?;
                if self.is_ignorant(order, posted) {
                    return Err(Error::Lapsed { order });
                }
                at_least("interval", interval)?;
                at_least("lease", lease)?;
                let transmission = transmit::Order {
                    ifindex,
                    packets: Outgoing::read_all(&packets)?,
                    interval,
                    immediately,
                    lease,
                    farewell: Outgoing::read_all(&farewell)?,
                    withdraw,
                };
                (self.entrust)(order, testament(&transmission, keep));
                self.transmissions.give(order, transmission, now);
                Ok(())
            }
            Call::Cease { order, farewell } => {
                let ended = self.transmissions.cease(order);
                (self.entrust)(order, None);
                match ended {
                    Some(ended) if farewell => self.send(ended.ifindex, &ended.farewell),
                    _ => Ok(()),
                }
            }
            Call::Renew => {
                self.transmissions.renew(posted);
                Ok(())
            }
            Call::Send { ifindex, packets } => self.send(ifindex, &Outgoing::read_all(&packets)?),
            Call::Watch {
                order,
                seq,
                ifindex,
                vrid,
                expect,
                hears,
                timeout,
                rearm,
            } => {
                self.socket(ifindex)?;
                let watch = watch::Order {
                    seq,
                    ifindex,
                    vrid,
                    expect: expect.as_ref().map(Pattern::read).transpose()?,
                    hears,
                    timeout,
                    rearm,
                };
                self.watches.give(order, watch, now);
                Ok(())
            }
            Call::Unwatch { order } => {
                self.watches.end(order);
                Ok(())
            }
            other => Err(Error::Malformed(format!(
                "the engine has no part in {other:?}"
            ))),
        }
    }

    /// The socket of an interface, opened when need be, and anew when the interface has another
    /// name by now.
    fn listen(
        &mut self,
        ifindex: u32,
        ifname: &str,
        epoll: &Epoll,
    ) -> Result<&mut VrrpSocket, Error> {
        let same = |socket: &VrrpSocket| socket.ifname() == ifname;
        if !self.sockets.get(&ifindex).is_some_and(same) {
            let socket = VrrpSocket::open(ifindex, ifname)?;
            epoll
                .add(&socket, libc::EPOLLIN, u64::from(ifindex))
                .map_err(Error::socket("wait for packets", ifname))?;
            self.sockets.insert(ifindex, socket);
        }
        let socket = self.sockets.get_mut(&ifindex);
        socket.ok_or(Error::NotListening { ifindex })
    }

    fn socket(&self, ifindex: u32) -> Result<&VrrpSocket, Error> {
        let socket = self.sockets.get(&ifindex);
        socket.ok_or(Error::NotListening { ifindex })
    }

    fn send(&self, ifindex: u32, packets: &[Outgoing]) -> Result<(), Error> {
        let socket = self.socket(ifindex)?;
        send(Some(socket), packets).map_err(Error::socket("send a datagram", socket.ifname()))
    }
}

/// Sends every packet, whether or not one before it failed; the first failure is the result.
fn send(socket: Option<&VrrpSocket>, packets: &[Outgoing]) -> io::Result<()> {
    let socket = socket.ok_or_else(|| io::Error::from_raw_os_error(libc::ENODEV))?;
    let mut result = Ok(());
    for packet in packets {
        result = result.and(socket.send(packet));
    }
    result
}

/// Reports a failure that follows a success, and a success that follows a failure.
fn report(queue: &Queue, order: u32, standing: &mut Standing, sent: &io::Result<()>) {
    match sent {
        Err(error) if !standing.failing => {
            let errno = error.raw_os_error().unwrap_or(0);
            queue.event(Event::SendFailed { order, errno });
        }
        Ok(()) if standing.failing => queue.event(Event::SendResumed { order }),
        _ => {}
    }
    standing.failing = sent.is_err();
}

/// What the guardian does for an order in its place, unless nobody cares for that.
fn testament(order: &transmit::Order, keep: u64) -> Option<Testament> {
    let first = parse(order.packets.first()?.bytes())?;
    let datagram = |packet: &Outgoing| (packet.destination.into(), packet.bytes().to_vec());
    (keep > 0).then_some(Testament {
        ifindex: order.ifindex,
        vrid: vrid_of(&first)?,
        source: first.get_source().into(),
        keep,
        farewells: order.farewell.iter().map(datagram).collect(),
        withdraw: order.withdraw.clone(),
    })
}

/// Deletions of what is ours, unless it has become somebody else's.
fn deletions(addresses: &[Address]) -> Vec<AddressOp> {
    let delete = |address: &Address| AddressOp::Delete {
        address: Address {
            protocol: Some(VIRTUAL_ROUTER),
            ..address.clone()
        },
    };
    addresses.iter().map(delete).collect()
}

fn at_least(field: &'static str, value: u64) -> Result<(), Error> {
    if value >= SHORTEST {
        return Ok(());
    }
    Err(Error::Range {
        field,
        value,
        limit: "at least 1000 µs",
    })
}
