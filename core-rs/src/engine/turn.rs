//! What the engine does when it is awake: takes packets, obeys calls, carries out what is due.

use super::UNSEEN;
use super::ledger::Ledgers;
use super::outgoing::Outgoing;
use super::received::Pattern;
use super::transmit::{self, Due, Transmissions};
use super::verify::Verifier;
use super::watch::{self, Taken, Watches};
use crate::error::Error;
use crate::guardian::{Entrusted, Testament};
use crate::protocol::{Address, AddressOp, CallResult, EngineCall, Event, VIRTUAL_ROUTER};
use crate::queue::Queue;
use crate::record::PacketHead;
use crate::sink::Sink;
use crate::socket::vrrp::VrrpSocket;
use crate::sys::clock;
use crate::sys::epoll::Epoll;
use crate::wire::Channel;
use std::collections::BTreeMap;
use std::io;

/// Most datagrams taken from one socket before orders get their turn; all that waits is taken before
/// anything expires that could depend on it.
const BATCH: usize = 64;

/// Shortest interval and lease, µs: below this the engine would do nothing else.
const SHORTEST: u64 = 1_000;

/// Deletes addresses whose order lapsed; the kernel thread does it.
pub type Withdraw = Box<dyn Fn(Vec<AddressOp>) + Send>;

/// Tells the guardian what an order leaves behind.
pub type Entrust = Box<dyn Fn(u32, Entrusted) + Send>;

/// Sockets and standing orders.
pub struct Engine {
    queue: Queue,
    withdraw: Withdraw,
    entrust: Entrust,
    /// By interface and channel.
    sockets: BTreeMap<Place, VrrpSocket>,
    transmissions: Transmissions,
    watches: Watches,
    ledgers: Ledgers,
    /// Orders whose lapse may not have been heard of yet, each with the number of that event.
    lapsed: BTreeMap<u32, u64>,
    /// Calls to be answered when all that has arrived is heard.
    settling: Vec<u32>,
    /// Interfaces that are to be heard out; kept to allocate nothing.
    ears: Vec<u32>,
    /// What is due; kept to allocate nothing.
    due: Vec<Due>,
    /// Where and of which order each packet leaves, and which of its packets; kept as well.
    outbox: Vec<(Place, u32, usize)>,
    buffer: Vec<u8>,
}

/// Interface and channel of a socket.
type Place = (u32, Channel);

/// All channels, by their numbers in [`token_of`].
const CHANNELS: [Channel; 3] = [Channel::Vrrp4, Channel::Ah4, Channel::Vrrp6];

/// What epoll says of a socket that has something.
fn token_of((ifindex, channel): Place) -> u64 {
    let number = CHANNELS.iter().position(|one| *one == channel).unwrap_or(0);
    (u64::try_from(number).unwrap_or(0) << 32) | u64::from(ifindex)
}

fn place_of(token: u64) -> Option<Place> {
    let channel = CHANNELS.get(usize::try_from(token >> 32).ok()?)?;
    Some((u32::try_from(token & 0xffff_ffff).ok()?, *channel))
}

/// A call as it came.
pub struct Posted {
    /// To answer with.
    pub id: u32,
    /// What to do.
    pub call: EngineCall,
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
            ledgers: Ledgers::default(),
            lapsed: BTreeMap::new(),
            settling: Vec::new(),
            ears: Vec::new(),
            due: Vec::new(),
            outbox: Vec::new(),
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

    /// Takes datagrams that wait on the socket with this token, not so many that orders would be
    /// late.
    pub fn receive(&mut self, token: u64, now: u64) {
        if let Some(place) = place_of(token) {
            self.take(place, BATCH, now);
        }
    }

    /// Takes all datagrams that have arrived on an interface by `now`: as many as its buffers can
    /// hold, so that a flood does not keep this going.
    fn hear_out(&mut self, ifindex: u32, now: u64) {
        for channel in CHANNELS {
            let place = (ifindex, channel);
            let most = self.sockets.get(&place).map_or(0, VrrpSocket::capacity);
            self.take(place, most, now);
        }
    }

    fn take(&mut self, place: Place, most: usize, now: u64) {
        let Self {
            queue,
            sockets,
            transmissions,
            watches,
            ledgers,
            buffer,
            ..
        } = self;
        let Some(socket) = sockets.get(&place) else {
            return;
        };
        let (ifindex, channel) = place;
        let wall = clock::wall();
        for _ in 0..most {
            let Some(packet) = socket.receive(buffer) else {
                return;
            };
            let contest = |number| transmissions.contest(number);
            let taken = watches.take(ifindex, &packet, ledgers, (now, wall), contest);
            if let Taken::Tell(judgement) = taken {
                let head = PacketHead {
                    ifindex,
                    source: packet.source,
                    destination: packet.destination,
                    ttl: packet.ttl,
                    protocol: channel.protocol(),
                    judgement,
                };
                queue.packet(&head, now, packet.payload);
            }
        }
    }

    /// Obeys one call and answers it.
    pub fn obey(&mut self, Posted { id, call, at }: Posted, epoll: &Epoll, now: u64) {
        let result = match call {
            EngineCall::Settle => return self.settling.push(id),
            EngineCall::Counters => self.counters(),
            call => match self.try_obey(call, at, epoll, now) {
                Ok(()) => CallResult::Done,
                Err(error) => error.result(),
            },
        };
        self.queue.reply(id, result);
    }

    fn counters(&self) -> CallResult {
        CallResult::Counters {
            transmissions: self.transmissions.counts(),
            watches: self.watches.counts(),
            dropped_packets: self.queue.dropped(),
        }
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
            ears.extend(self.sockets.keys().map(|(ifindex, _)| *ifindex));
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
        let mut due = std::mem::take(&mut self.due);
        let wall = clock::wall();
        self.transmissions
            .advance(now, wall, &mut self.ledgers, &mut due);
        self.send_due(&due);
        for one in due.drain(..) {
            let (number, order, silent) = match one {
                Due::Send(_) => continue,
                Due::Lapse(number, order) => (number, order, false),
                Due::SilentLapse(number, order) => (number, order, true),
            };
            if !silent {
                // Nobody is left to be told that it failed.
                let _ = self.send_all(order.ifindex, &order.farewell);
            }
            // First the word, then the deed: whoever hears of the vanished addresses knows why.
            self.queue.event(Event::Lapsed { order: number });
            self.lapsed.insert(number, self.queue.told().urgent);
            (self.withdraw)(deletions(&order.withdraw));
            (self.entrust)(number, Entrusted::Nothing);
        }
        self.due = due;
    }

    /// Sends what is due, what leaves by one socket in one call, and reports failures that follow a
    /// success, and successes that follow a failure.
    fn send_due(&mut self, due: &[Due]) {
        let Self {
            queue,
            sockets,
            transmissions,
            outbox,
            ..
        } = self;
        let sends = |one: &Due| match one {
            Due::Send(number) => Some(*number),
            _ => None,
        };
        outbox.clear();
        for number in due.iter().filter_map(sends) {
            let (ifindex, packets) = transmissions.packets(number).unwrap_or_default();
            let numbered = packets.iter().enumerate();
            outbox.extend(numbered.map(|(at, one)| ((ifindex, one.channel), number, at)));
        }
        outbox.sort_unstable();
        let mut failed: BTreeMap<u32, i32> = BTreeMap::new();
        for leaving in outbox.chunk_by(|(a, ..), (b, ..)| a == b) {
            let Some((place, ..)) = leaving.first() else {
                continue;
            };
            let mut numbers = leaving.iter().map(|(_, number, _)| *number);
            let mut note = |result: io::Result<()>| {
                if let (Some(number), Err(error)) = (numbers.next(), result) {
                    failed.insert(number, error.raw_os_error().unwrap_or(0));
                }
            };
            let packets = leaving.iter().filter_map(|(_, number, at)| {
                let (_, packets) = transmissions.packets(*number)?;
                packets.get(*at)
            });
            match sockets.get(place) {
                Some(socket) => socket.send(packets, note),
                None => packets.for_each(|_| note(Err(io::Error::from_raw_os_error(libc::ENODEV)))),
            }
        }
        for order in due.iter().filter_map(sends) {
            let errno = failed.get(&order).copied();
            if transmissions.sent(order, errno.is_none()) {
                queue.event(match errno {
                    Some(errno) => Event::SendFailed { order, errno },
                    None => Event::SendResumed { order },
                });
            }
        }
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

    fn try_obey(
        &mut self,
        call: EngineCall,
        posted: u64,
        epoll: &Epoll,
        now: u64,
    ) -> Result<(), Error> {
        match call {
            EngineCall::Listen {
                ifindex,
                ifname,
                channels,
                groups,
                receive_buffer,
            } => {
                self.watches.forget_strangers(ifindex);
                self.sockets
                    .retain(|(of, channel), _| *of != ifindex || channels.contains(channel));
                for channel in channels {
                    let socket = self.listen((ifindex, channel), &ifname, epoll)?;
                    if let Some(bytes) = receive_buffer {
                        socket.set_receive_buffer(bytes)?;
                    }
                    socket.set_groups(&groups)?;
                }
                Ok(())
            }
            EngineCall::Unlisten { ifindex } => {
                for order in self.transmissions.end_of(ifindex) {
                    (self.entrust)(order, Entrusted::Nothing);
                }
                self.watches.end_of(ifindex);
                self.sockets.retain(|(of, _), _| *of != ifindex);
                Ok(())
            }
            EngineCall::Transmit {
                order,
                ifindex,
                packets,
                interval,
                immediately,
                lease,
                patience,
                farewell,
                withdraw,
                keep,
            } => {
                let packets = Outgoing::compose_all(&packets, ifindex)?;
                for packet in &packets {
                    self.socket((ifindex, packet.channel))?;
                }
                if self.is_ignorant(order, posted) {
                    return Err(Error::Lapsed { order });
                }
                at_least("interval", interval)?;
                at_least("lease", lease)?;
                let transmission = transmit::Order {
                    ifindex,
                    packets,
                    interval,
                    immediately,
                    lease,
                    patience,
                    farewell: Outgoing::compose_all(&farewell, ifindex)?,
                    withdraw,
                };
                (self.entrust)(order, entrusted(&transmission, keep));
                self.transmissions.give(order, transmission, now);
                Ok(())
            }
            EngineCall::Cease {
                order,
                farewell,
                handover,
            } => {
                let wall = clock::wall();
                let ended = self.transmissions.cease(order, &mut self.ledgers, wall);
                let entrusted = match handover && ended.is_some() {
                    true => Entrusted::Handover { beaten: !farewell },
                    false => Entrusted::Nothing,
                };
                (self.entrust)(order, entrusted);
                match ended {
                    Some(ended) if farewell => self.send_all(ended.ifindex, &ended.farewell),
                    _ => Ok(()),
                }
            }
            EngineCall::Leave { within } => {
                self.transmissions.forget();
                self.watches.forget();
                (self.entrust)(0, Entrusted::Everything { within });
                Ok(())
            }
            EngineCall::Renew => {
                self.transmissions.renew(posted);
                Ok(())
            }
            EngineCall::Send {
                order,
                ifindex,
                packets,
            } => {
                let mut packets = Outgoing::compose_all(&packets, ifindex)?;
                self.listens(ifindex)?;
                self.transmissions
                    .stamp(order, &mut packets, &mut self.ledgers, clock::wall());
                self.send_all(ifindex, &packets)
            }
            EngineCall::Watch {
                order,
                seq,
                ifindex,
                tags,
                verify,
                expect,
                hears,
                timeout,
                rearm,
            } => {
                self.listens(ifindex)?;
                let watch = watch::Order {
                    seq,
                    ifindex,
                    tags,
                    verify: verify.as_deref().map(Verifier::read).transpose()?,
                    expect: expect.as_ref().map(Pattern::read).transpose()?,
                    hears,
                    timeout,
                    rearm,
                };
                self.watches.give(order, watch, now);
                Ok(())
            }
            EngineCall::Unwatch { order } => {
                self.watches.end(order);
                Ok(())
            }
            // Answered by whoever knows the number of the call.
            EngineCall::Settle | EngineCall::Counters => Ok(()),
        }
    }

    /// A socket, opened when need be, and anew when the interface has another name by now.
    fn listen(
        &mut self,
        place: Place,
        ifname: &str,
        epoll: &Epoll,
    ) -> Result<&mut VrrpSocket, Error> {
        let (ifindex, channel) = place;
        let same = |socket: &VrrpSocket| socket.ifname() == ifname;
        if !self.sockets.get(&place).is_some_and(same) {
            let socket = VrrpSocket::open(ifindex, ifname, channel)?;
            epoll
                .add(&socket, libc::EPOLLIN, token_of(place))
                .map_err(Error::socket("wait for packets", ifname))?;
            self.sockets.insert(place, socket);
        }
        let socket = self.sockets.get_mut(&place);
        socket.ok_or(Error::NotListening { ifindex })
    }

    fn listens(&self, ifindex: u32) -> Result<(), Error> {
        let some = self.sockets.keys().any(|(of, _)| *of == ifindex);
        some.then_some(()).ok_or(Error::NotListening { ifindex })
    }

    fn socket(&self, place: Place) -> Result<&VrrpSocket, Error> {
        let (ifindex, _) = place;
        let socket = self.sockets.get(&place);
        socket.ok_or(Error::NotListening { ifindex })
    }

    /// Sends every packet, whether or not one before it failed; the first failure is the result.
    fn send_all(&self, ifindex: u32, packets: &[Outgoing]) -> Result<(), Error> {
        let mut all = Ok(());
        for channel in CHANNELS {
            let own = || packets.iter().filter(|one| one.channel == channel);
            if own().next().is_none() {
                continue;
            }
            let socket = self.socket((ifindex, channel))?;
            let failed = Error::socket("send a datagram", socket.ifname());
            let mut first = Ok(());
            socket.send(own(), |result| {
                if first.is_ok() {
                    first = result;
                }
            });
            all = all.and(first.map_err(failed));
        }
        all
    }
}

/// What the guardian does for an order in its place, unless nobody cares for that.
fn entrusted(order: &transmit::Order, keep: u64) -> Entrusted {
    match testament(order, keep) {
        Some(testament) => Entrusted::Will(testament),
        None => Entrusted::Nothing,
    }
}

/// A seal would be stale by then, so whoever wants one gets neither adverts nor a farewell.
fn testament(order: &transmit::Order, keep: u64) -> Option<Testament> {
    let first = order.packets.first()?;
    let adverts = order.packets.iter().filter(|packet| !packet.is_sealed());
    let farewells = order.farewell.iter().filter(|packet| !packet.is_sealed());
    (keep > 0).then_some(Testament {
        ifindex: order.ifindex,
        vrid: first.vrid()?,
        source: first.source,
        keep,
        interval: order.interval,
        adverts: adverts.filter_map(Outgoing::by_guardian).collect(),
        farewells: farewells.filter_map(Outgoing::by_guardian).collect(),
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
