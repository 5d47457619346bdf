//! What the engine does when it is awake: takes packets, carries out what is due. Calls are obeyed in
//! `obey.rs`.

use super::UNSEEN;
use super::bequest::{Entrust, Take, Withdraw, deletions, kept};
use super::lag::Meter;
use super::ledger::Ledgers;
use super::sockets::{CHANNELS, Place, Sockets, place_of};
use super::takeover::Takeovers;
use super::transmit::{Due, Transmissions};
use super::watch::{Noted, Taken, Watches};
use crate::guardian::Entrusted;
use crate::protocol::{Awaited, CallResult, Event};
use crate::queue::Queue;
use crate::record::PacketHead;
use crate::sink::Sink;
use crate::socket::vrrp::VrrpSocket;
use crate::sys::clock;
use std::collections::BTreeMap;
use std::io;

/// Most datagrams taken from one socket before orders get their turn; all that waits is taken before
/// anything expires that could depend on it.
const BATCH: usize = 64;

/// Sockets and standing orders.
pub struct Engine {
    pub(super) queue: Queue,
    withdraw: Withdraw,
    pub(super) entrust: Entrust,
    pub(super) take: Take,
    pub(super) sockets: Sockets,
    pub(super) transmissions: Transmissions,
    pub(super) watches: Watches,
    pub(super) takeovers: Takeovers,
    pub(super) ledgers: Ledgers,
    /// How late it was.
    pub(super) lag: Meter,
    /// Orders whose lapse may not have been heard of yet, each with the number of that event.
    pub(super) lapsed: BTreeMap<u32, u64>,
    /// Calls to be answered when all that has arrived is heard.
    pub(super) settling: Vec<u32>,
    /// Interfaces that are to be heard out; kept to allocate nothing.
    ears: Vec<u32>,
    /// What is due; kept to allocate nothing.
    due: Vec<Due>,
    /// Watches that have expired; kept as well.
    pub(super) expired: Vec<Awaited>,
    /// Where and of which order each packet leaves, and which of its packets; kept as well.
    outbox: Vec<(Place, u32, usize)>,
    buffer: Vec<u8>,
}

impl Engine {
    /// An engine without sockets and orders.
    pub fn new(queue: Queue, withdraw: Withdraw, entrust: Entrust, take: Take) -> Self {
        Self {
            queue,
            withdraw,
            entrust,
            take,
            sockets: Sockets::default(),
            transmissions: Transmissions::default(),
            watches: Watches::default(),
            takeovers: Takeovers::default(),
            ledgers: Ledgers::default(),
            lag: Meter::default(),
            lapsed: BTreeMap::new(),
            settling: Vec::new(),
            ears: Vec::new(),
            due: Vec::new(),
            expired: Vec::new(),
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
            let most = self.sockets.get(place).map_or(0, VrrpSocket::capacity);
            self.take(place, most, now);
        }
    }

    fn take(&mut self, place: Place, most: usize, now: u64) {
        let Self {
            queue,
            sockets,
            transmissions,
            watches,
            takeovers,
            ledgers,
            buffer,
            ..
        } = self;
        let Some(socket) = sockets.get(place) else {
            return;
        };
        let (ifindex, channel) = place;
        let wall = clock::wall();
        for _ in 0..most {
            let Some(packet) = socket.receive(buffer) else {
                return;
            };
            let noted = |number, noted| match noted {
                Noted::Contested => transmissions.contest(number),
                // What was prepared without knowing of it may be wrong.
                Noted::Told => takeovers.told(number, queue.packets().0 + 1),
            };
            let taken = watches.take(ifindex, &packet, ledgers, (now, wall), noted);
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
            ears.extend(self.sockets.interfaces());
        }
        self.hear_all(&mut ears, now);
        self.ears = ears;
        self.expire(now);
        for id in self.settling.drain(..) {
            self.queue.reply(id, CallResult::Done);
        }
    }

    fn hear_all(&mut self, ears: &mut Vec<u32>, now: u64) {
        ears.sort_unstable();
        ears.dedup();
        for ifindex in ears.drain(..) {
            self.hear_out(ifindex, now);
        }
    }

    pub(super) fn carry_out(&mut self, now: u64) {
        let mut due = std::mem::take(&mut self.due);
        let wall = clock::wall();
        self.transmissions
            .advance(now, wall, &mut self.ledgers, &mut due);
        self.send_due(&due);
        for one in due.drain(..) {
            let (number, order, silent) = match one {
                Due::Send(_) => continue,
                Due::Reseal(number) => {
                    self.reseal(number, wall);
                    continue;
                }
                Due::Lapse(number, order) => (number, order, false),
                Due::SilentLapse(number, order) => (number, order, true),
            };
            if !silent {
                // Nobody is left to be told that it failed.
                let _ = self.sockets.send_all(order.ifindex, &order.farewell);
            }
            // First the word, then the deed: whoever hears of the vanished addresses knows why.
            self.queue.event(Event::Lapsed { order: number });
            self.lapsed.insert(number, self.queue.told().urgent);
            (self.withdraw)(deletions(&order.withdraw));
            (self.entrust)(number, Entrusted::Nothing);
        }
        self.due = due;
    }

    /// Gives a new farewell to whoever keeps one for the time after this process.
    fn reseal(&mut self, number: u32, wall: u64) {
        let will = self.transmissions.will(number, &mut self.ledgers, wall);
        if let Some((_, farewell)) = will {
            (self.entrust)(number, Entrusted::Resealed(kept(&farewell)));
        }
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
            match sockets.get(*place) {
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

    /// Ends every transmission as if its lease had lapsed: the last will of an engine that goes.
    pub fn lapse(&mut self, now: u64) {
        self.takeovers.forget();
        self.transmissions.expire(now);
        self.advance(now);
    }
}
