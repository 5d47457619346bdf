//! Standing orders to transmit: what is due when. Knows no clock and no socket; allocates only when
//! an order is given, or a farewell sealed anew.

use super::UNSEEN;
use super::ledger::Ledgers;
use super::outgoing::{Outgoing, Stamp};
use crate::protocol::{Address, SendCount};
use std::collections::BTreeMap;

/// An order leaves with others that are due up to this part of its interval earlier: what is due
/// together costs one system call. Once together they stay so.
const EARLY: u64 = 20;

/// The same for long intervals, µs.
const EARLIEST: u64 = 5_000;

/// A transmission as it is ordered. Times are µs.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Interface whose socket is used.
    pub ifindex: u32,
    /// Sent every `interval`.
    pub packets: Vec<Outgoing>,
    /// Time between transmissions.
    pub interval: u64,
    /// Whether the first is due at once.
    pub immediately: bool,
    /// Time without renewal after which it lapses.
    pub lease: u64,
    /// Lateness of a transmission after which it lapses.
    pub patience: Option<u64>,
    /// Sent when it lapses or ceases with farewell.
    pub farewell: Vec<Outgoing>,
    /// Deleted when it lapses.
    pub withdraw: Vec<Address>,
    /// How long that may stay when this process dies; 0: nobody is told what is to be done then.
    pub keep: u64,
}

/// A standing order.
#[derive(Debug)]
pub struct Standing {
    /// What is ordered.
    pub order: Order,
    /// Whether the last transmission failed, and was reported.
    pub failing: bool,
    due_at: u64,
    lapses_at: u64,
    /// Somebody else has spoken for the virtual router since the last transmission.
    contested: bool,
    /// A transmission was put off once because of that.
    hushed: bool,
    /// It ends for being late.
    late: bool,
    /// Number within the seals of the farewell that others keep for it.
    ahead: u64,
}

impl Standing {
    fn deadline(&self) -> u64 {
        self.due_at.min(self.lapses_at)
    }

    /// Whether a transmission is so late by `now` that somebody else may have taken over.
    fn is_too_late(&self, now: u64) -> bool {
        let patience = self.order.patience;
        patience.is_some_and(|patience| self.due_at.saturating_add(patience) <= now)
    }

    /// How much earlier than due it leaves with others.
    fn early(&self) -> u64 {
        (self.order.interval / EARLY).min(EARLIEST)
    }
}

/// What has become due. Packets are stamped, ready to be sent.
#[derive(Debug)]
pub enum Due {
    /// Send the packets of the order.
    Send(u32),
    /// The lease of the order ended: send its farewell, delete the addresses, report.
    Lapse(u32, Box<Order>),
    /// The same without a farewell: it comes so late that another has taken over.
    SilentLapse(u32, Box<Order>),
    /// Who keeps a farewell for the order is to get a new one.
    Reseal(u32),
}

/// Every transmission, and what is remembered of those that have ended.
#[derive(Debug, Default)]
pub struct Transmissions {
    standing: BTreeMap<u32, Standing>,
    /// Never forgotten: a number stands for one virtual router, whose counter and identification go
    /// on.
    tallies: BTreeMap<u32, Tally>,
    earliest: Option<u64>,
    /// Before this no lease ends. It may be early.
    lapse: Option<u64>,
}

#[derive(Debug, Default)]
struct Tally {
    count: u64,
    /// The latest that one left, µs after it was due.
    late: u64,
    /// The last one used; 0 before the first.
    identification: u16,
}

impl Tally {
    /// The next identification: from 1, without 0, which the kernel would replace.
    fn next(&mut self) -> u16 {
        self.identification = self.identification.checked_add(1).unwrap_or(1);
        self.identification
    }
}

impl Transmissions {
    /// Gives an order. One that is replaced keeps its phase, unless the new one is due at once.
    pub fn give(&mut self, number: u32, order: Order, now: u64) {
        let replaced = self.standing.get(&number);
        let due_at = match replaced {
            _ if order.immediately => now,
            // A shorter interval must not wait for the end of the longer one.
            Some(replaced) => replaced.due_at.min(now.saturating_add(order.interval)),
            None => now.saturating_add(order.interval),
        };
        let standing = Standing {
            failing: replaced.is_some_and(|replaced| replaced.failing),
            due_at,
            lapses_at: now.saturating_add(order.lease),
            contested: replaced.is_some_and(|replaced| replaced.contested),
            hushed: false,
            late: false,
            ahead: 0,
            order,
        };
        self.earliest = sooner(self.earliest, standing.deadline());
        self.lapse = sooner(self.lapse, standing.lapses_at);
        self.standing.insert(number, standing);
        self.tallies.entry(number).or_default();
    }

    /// An order, and its farewell for whoever sends it when this process has died: sealed so that it is newer
    /// than all that is sent until it is asked for again.
    pub fn will(
        &mut self,
        number: u32,
        ledgers: &mut Ledgers,
        wall: u64,
    ) -> Option<(&Order, Vec<Outgoing>)> {
        let standing = self.standing.get_mut(&number)?;
        let tally = self.tallies.entry(number).or_default();
        let mut farewell = standing.order.farewell.clone();
        let when = (wall, standing.order.interval);
        let ahead = Outgoing::number_ahead(&farewell, ledgers.of(number), when);
        if let Some(number) = ahead {
            let stamp = Stamp {
                identification: tally.next(),
                number,
            };
            farewell.iter_mut().for_each(|one| one.stamp(stamp));
            standing.ahead = number;
        }
        Some((&standing.order, farewell))
    }

    /// Whether the lease of an order that stands had ended at `posted`. What its holder asked for
    /// then, it asked for without knowing that.
    pub fn had_lapsed(&self, number: u32, posted: u64) -> bool {
        let standing = self.standing.get(&number);
        standing.is_some_and(|standing| standing.lapses_at <= posted)
    }

    /// Somebody else speaks for the virtual router of an order.
    pub fn contest(&mut self, number: u32) {
        if let Some(standing) = self.standing.get_mut(&number) {
            standing.contested = true;
        }
    }

    /// Names the interface of every order that should have been looked at before `then`.
    pub fn overdue(&self, then: u64, mut found: impl FnMut(u32)) {
        if self.earliest.is_none_or(|earliest| earliest > then) {
            return;
        }
        let late = self.standing.values().filter(|one| one.deadline() <= then);
        late.for_each(|one| found(one.order.ifindex));
    }

    /// Whether the lease of an order may end by `now`.
    pub fn may_lapse(&self, now: u64) -> bool {
        self.lapse.is_some_and(|lapse| lapse <= now)
    }

    /// Ends an order; its farewell comes back stamped, ready to be sent.
    pub fn cease(&mut self, number: u32, ledgers: &mut Ledgers, wall: u64) -> Option<Order> {
        let mut order = self.standing.remove(&number)?.order;
        if let Some(tally) = self.tallies.get_mut(&number) {
            stamp(&mut order.farewell, tally, (ledgers, number, wall));
        }
        Some(order)
    }

    /// Stamps what is sent once in the name of an order.
    pub fn stamp(
        &mut self,
        number: u32,
        packets: &mut [Outgoing],
        ledgers: &mut Ledgers,
        wall: u64,
    ) {
        let tally = self.tallies.entry(number).or_default();
        stamp(packets, tally, (ledgers, number, wall));
    }

    /// Ends every order of an interface; returns their numbers.
    pub fn end_of(&mut self, ifindex: u32) -> Vec<u32> {
        let of = |standing: &Standing| standing.order.ifindex == ifindex;
        let ended = self.standing.iter().filter(|(_, standing)| of(standing));
        let ended = ended.map(|(number, _)| *number).collect();
        self.standing.retain(|_, standing| !of(standing));
        ended
    }

    /// Begins every lease anew that had not ended when this was asked for, at `posted`: a renewal
    /// that waited was in time, one that comes after the end changes nothing.
    pub fn renew(&mut self, posted: u64) {
        let valid = |standing: &&mut Standing| standing.lapses_at > posted;
        for standing in self.standing.values_mut().filter(valid) {
            let until = posted.saturating_add(standing.order.lease);
            standing.lapses_at = standing.lapses_at.max(until);
        }
    }

    /// Every order is over, without a word.
    pub fn forget(&mut self) {
        self.standing.clear();
        self.earliest = None;
        self.lapse = None;
    }

    /// Lets every lease end now.
    pub fn expire(&mut self, now: u64) {
        for standing in self.standing.values_mut() {
            standing.lapses_at = standing.lapses_at.min(now);
        }
        self.earliest = Some(0);
        self.lapse = Some(0);
    }

    /// Before this nothing is due. It may be early: orders that ended or were renewed have moved
    /// on.
    pub fn next_deadline(&self) -> Option<u64> {
        self.earliest
    }

    /// Puts everything that is due into `found`. A lapsed order gets no further transmission. A
    /// transmission that is late because this thread did not run waits once more, for an interval,
    /// when another has spoken meanwhile: whoever decides is to hear that first. `wall` is the time of
    /// day as seals have it.
    pub fn advance(&mut self, now: u64, wall: u64, ledgers: &mut Ledgers, found: &mut Vec<Due>) {
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return;
        }
        let Self {
            standing,
            tallies,
            earliest,
            lapse,
        } = self;
        let leads = standing.values().any(|one| one.due_at <= now);
        *earliest = None;
        *lapse = None;
        let unseen = |deadline: u64| deadline.saturating_add(UNSEEN) < now;
        let mut ended = Vec::new();
        for (number, standing) in standing.iter_mut() {
            let Some(tally) = tallies.get_mut(number) else {
                continue;
            };
            if standing.is_too_late(now) {
                standing.late = true;
                ended.push(*number);
                continue;
            }
            if standing.lapses_at <= now {
                let farewell = &mut standing.order.farewell;
                stamp(farewell, tally, (ledgers, *number, wall));
                ended.push(*number);
                continue;
            }
            let early = if leads { standing.early() } else { 0 };
            if standing.due_at <= now.saturating_add(early) {
                let hush = standing.contested && !standing.hushed && unseen(standing.due_at);
                let late = now.saturating_sub(standing.due_at);
                standing.due_at = next_due(standing.due_at, standing.order.interval, now);
                standing.contested = false;
                standing.hushed = hush;
                if !hush {
                    tally.late = tally.late.max(late);
                    let packets = &mut standing.order.packets;
                    stamp(packets, tally, (ledgers, *number, wall));
                    found.push(Due::Send(*number));
                    let (order, ledger) = (&standing.order, ledgers.of(*number));
                    if order.keep > 0
                        && Outgoing::is_overtaken(&order.farewell, ledger, standing.ahead)
                    {
                        found.push(Due::Reseal(*number));
                    }
                }
            }
            *earliest = sooner(*earliest, standing.deadline());
            *lapse = sooner(*lapse, standing.lapses_at);
        }
        for number in ended {
            let Some(standing) = standing.remove(&number) else {
                continue;
            };
            let silent = standing.late || (standing.contested && unseen(standing.lapses_at));
            let order = Box::new(standing.order);
            found.push(if silent {
                Due::SilentLapse(number, order)
            } else {
                Due::Lapse(number, order)
            });
        }
    }

    /// Interface and packets of an order.
    pub fn packets(&self, number: u32) -> Option<(u32, &[Outgoing])> {
        let order = &self.standing.get(&number)?.order;
        Some((order.ifindex, &order.packets))
    }

    /// Notes what came of a transmission; true when the one before came out otherwise.
    pub fn sent(&mut self, number: u32, worked: bool) -> bool {
        if let Some(tally) = self.tallies.get_mut(&number).filter(|_| worked) {
            tally.count += 1;
        }
        let Some(standing) = self.standing.get_mut(&number) else {
            return false;
        };
        let news = worked == standing.failing;
        standing.failing = !worked;
        news
    }

    /// How often each order was carried out, and how late at worst.
    pub fn counts(&self) -> Vec<SendCount> {
        let count = |(order, tally): (&u32, &Tally)| SendCount {
            order: *order,
            count: tally.count,
            late: tally.late,
        };
        self.tallies.iter().map(count).collect()
    }
}

/// The smaller of a moment and one that may be absent.
pub(super) fn sooner(a: Option<u64>, b: u64) -> Option<u64> {
    Some(a.map_or(b, |a| a.min(b)))
}

/// The next time on the grid of `due_at`, or of `now` when that is earlier; one interval from now
/// when that has passed as well, so that a pause is not followed by a burst.
fn next_due(due_at: u64, interval: u64, now: u64) -> u64 {
    let next = due_at.min(now).saturating_add(interval);
    if next > now {
        next
    } else {
        now.saturating_add(interval)
    }
}

/// One identification and number for all copies of a transmission, as they are the same packet to
/// several peers.
fn stamp(
    packets: &mut [Outgoing],
    tally: &mut Tally,
    (ledgers, number, wall): (&mut Ledgers, u32, u64),
) {
    let stamp = Stamp {
        identification: tally.next(),
        number: Outgoing::next_number(packets, ledgers.of(number), wall),
    };
    for packet in packets {
        packet.stamp(stamp);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "transmit_test.rs"]
mod tests;
