//! Standing orders to watch: what is verified, and deadlines that expected adverts move. Knows no
//! clock and no socket; allocates only when an order is given.

use super::UNSEEN;
use super::ledger::Ledgers;
use super::received::{Pattern, Received};
use super::transmit::sooner;
use super::verify::{Judged, Verifier};
use crate::protocol::WatchCount;
use crate::wire::{Channel, DropCount, Hears, Judgement, Tag};
use std::collections::BTreeMap;

/// A watch as it is ordered. Times are µs.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Returned when it expires.
    pub seq: u32,
    /// Interface on which adverts arrive.
    pub ifindex: u32,
    /// Which of them it is about.
    pub tags: Vec<Tag>,
    /// How they are verified; absent: all are right.
    pub verify: Option<Verifier>,
    /// What re-arms the deadline; nothing when absent.
    pub expect: Option<Pattern>,
    /// What is for it of what has its tag; everything when absent.
    pub hears: Option<Hears>,
    /// New deadline from now; absent keeps the one that is replaced.
    pub timeout: Option<u64>,
    /// What an expected advert sets the deadline to, from its arrival; absent: there is none.
    pub rearm: Option<u64>,
}

impl Order {
    fn is_for(&self, packet: &Received<'_>) -> bool {
        self.hears.as_ref().is_none_or(|hears| {
            packet.destination == hears.destination
                && (hears.sources.is_empty() || hears.sources.contains(&packet.source))
        })
    }
}

#[derive(Debug)]
struct Standing {
    order: Order,
    /// Absent until the first expected advert when it was given without a deadline.
    deadline: Option<u64>,
    /// Time nobody listened was granted in this silence.
    granted: bool,
    /// Verdicts told of: the first of each is.
    told: u32,
    /// Before this no lesser advert is told of.
    lesser_at: u64,
}

/// What is remembered of an order. Never forgotten: a number stands for one virtual router.
#[derive(Debug, Default)]
struct Tally {
    expected: u64,
    lesser: u64,
    resigned: u64,
    dropped: [u64; Judgement::COUNT],
}

/// Interface, socket and offset at which tags are looked for, with their size.
type Place = (u32, Channel, u16, u8);

/// Every watch, and the counters of those that have ended.
#[derive(Debug, Default)]
pub struct Watches {
    standing: BTreeMap<u32, Standing>,
    /// By place, then by the value found there, for finding those a packet is for.
    index: BTreeMap<Place, BTreeMap<u32, Vec<u32>>>,
    tallies: BTreeMap<u32, Tally>,
    /// Values nobody watches that were told of: the first of each is, by interface and socket.
    strangers: BTreeMap<(u32, Channel), [u128; 2]>,
    earliest: Option<u64>,
}

/// A packet that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was expected, or is one of many: it is counted.
    Quiet,
    /// Somebody has to be told.
    Tell(Judgement),
}

/// What becomes of a packet for one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// Somebody else speaks for the virtual router.
    Contested,
    /// Whoever decides is told of it.
    Told,
}

impl Watches {
    /// Gives an order.
    pub fn give(&mut self, number: u32, order: Order, now: u64) {
        let lesser_at = self.standing.get(&number).map_or(0, |one| one.lesser_at);
        let kept = self.end(number);
        let deadline = match (order.rearm, order.timeout) {
            (None, _) => None,
            (_, Some(timeout)) => Some(now.saturating_add(timeout)),
            (_, None) => kept,
        };
        if let Some(deadline) = deadline {
            self.earliest = sooner(self.earliest, deadline);
        }
        for tag in &order.tags {
            let values = self.index.entry(place(order.ifindex, tag)).or_default();
            values.entry(tag.value).or_default().push(number);
        }
        let standing = Standing {
            order,
            deadline,
            granted: false,
            told: 0,
            lesser_at,
        };
        self.standing.insert(number, standing);
        self.tallies.entry(number).or_default();
    }

    /// Ends an order; its deadline comes back.
    pub fn end(&mut self, number: u32) -> Option<u64> {
        let Standing {
            order, deadline, ..
        } = self.standing.remove(&number)?;
        forget(&mut self.index, &order, number);
        deadline
    }

    /// Whether an order waits for an advert, with this number.
    pub fn awaits(&self, number: u32, seq: u32) -> bool {
        let standing = self.standing.get(&number);
        standing.is_some_and(|one| one.order.seq == seq && one.order.rearm.is_some())
    }

    /// Ends every order of an interface.
    pub fn end_of(&mut self, ifindex: u32) {
        self.standing
            .retain(|_, standing| standing.order.ifindex != ifindex);
        self.index.retain(|(of, ..), _| *of != ifindex);
        self.strangers.retain(|(of, _), _| *of != ifindex);
    }

    /// Every watch is over.
    pub fn forget(&mut self) {
        self.standing.clear();
        self.index.clear();
        self.earliest = None;
    }

    /// What nobody watches on an interface is told of anew.
    pub fn forget_strangers(&mut self, ifindex: u32) {
        self.strangers.retain(|(of, _), _| *of != ifindex);
    }

    /// Takes a packet that arrived `now`; `wall` is the time of day as seals have it. What is admitted
    /// and was not expected, and what is told of, goes to `noted`, with the number of its order.
    pub fn take(
        &mut self,
        ifindex: u32,
        packet: &Received<'_>,
        ledgers: &mut Ledgers,
        (now, wall): (u64, u64),
        mut noted: impl FnMut(u32, Noted),
    ) -> Taken {
        let Self {
            standing,
            index,
            tallies,
            strangers,
            earliest,
        } = self;
        let channel = packet.channel;
        let places = (ifindex, channel, 0, 0)..=(ifindex, channel, u16::MAX, u8::MAX);
        let (mut taken, mut found) = (Taken::Quiet, false);
        for ((.., at, size), values) in index.range(places) {
            let value = packet.value_at(*at, *size);
            let Some(numbers) = value.and_then(|value| values.get(&value)) else {
                continue;
            };
            let is_for = |standing: &BTreeMap<u32, Standing>, number| {
                let one = standing.get(number);
                one.is_some_and(|one| one.order.is_for(packet))
            };
            // What is for none of several is judged by the first, which says why.
            let somebody = numbers.iter().any(|number| is_for(standing, number));
            for number in numbers.iter().take(if somebody { usize::MAX } else { 1 }) {
                found = true;
                if somebody && !is_for(standing, number) {
                    continue;
                }
                let Some((one, tally)) = standing.get_mut(number).zip(tallies.get_mut(number))
                else {
                    continue;
                };
                let judged = match &one.order.verify {
                    Some(verify) => verify.judge(packet, ledgers.of(*number), wall),
                    None => Judged {
                        judgement: Judgement::Admitted,
                        body: packet.payload,
                    },
                };
                let expected = somebody && one.expects(packet, &judged);
                if let Some(judgement) = one.weigh((packet, expected), &judged, tally, now) {
                    taken = Taken::Tell(judgement);
                    noted(*number, Noted::Told);
                }
                if let Some(deadline) = one.deadline {
                    *earliest = sooner(*earliest, deadline);
                }
                if judged.judgement == Judgement::Admitted && !expected {
                    noted(*number, Noted::Contested);
                }
            }
        }
        if found {
            return taken;
        }
        let value = packet.value_at(STRANGE_AT, 1).unwrap_or(0);
        let told = strangers.entry((ifindex, channel)).or_default();
        let half = usize::try_from(value / 128).unwrap_or(0);
        let bit = 1u128 << (value % 128);
        match told.get_mut(half) {
            Some(bits) if *bits & bit == 0 => {
                *bits |= bit;
                Taken::Tell(Judgement::Unjudged)
            }
            _ => Taken::Quiet,
        }
    }

    /// Before this nothing expires. It may be early: expected adverts have moved deadlines on.
    pub fn next_deadline(&self) -> Option<u64> {
        self.earliest
    }

    /// Names the interface of every watch whose deadline is reached: what waits there is to be taken
    /// before [`Watches::advance`].
    pub fn overdue(&self, now: u64, mut found: impl FnMut(u32)) {
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return;
        }
        let over = |one: &&Standing| one.deadline.is_some_and(|deadline| deadline <= now);
        let late = self.standing.values().filter(over);
        late.for_each(|one| found(one.order.ifindex));
    }

    /// Hands out number and `seq` of every watch whose deadline is reached. From then on they have none
    /// and expect nothing: what is admitted is told of.
    ///
    /// Silence counts only while somebody listens: a deadline that passed unseen, because this thread
    /// or the whole machine stood still and perhaps its peers with it, moves on once by as much, at
    /// most by `rearm`.
    pub fn advance(&mut self, now: u64, mut expired: impl FnMut(u32, u32)) {
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return;
        }
        let Self {
            standing, earliest, ..
        } = self;
        *earliest = None;
        for (number, one) in standing.iter_mut() {
            let Some(deadline) = one.deadline else {
                continue;
            };
            let unseen = now.saturating_sub(deadline);
            let rearm = one.order.rearm.unwrap_or(0);
            if unseen > UNSEEN && !one.granted && rearm > 0 {
                one.granted = true;
                one.deadline = Some(now.saturating_add(unseen.min(rearm)));
            }
            match one.deadline {
                Some(deadline) if deadline > now => *earliest = sooner(*earliest, deadline),
                _ => {
                    one.deadline = None;
                    one.order.expect = None;
                    one.order.rearm = None;
                    expired(*number, one.order.seq);
                }
            }
        }
    }

    /// What each order saw without a word.
    pub fn counts(&self) -> Vec<WatchCount> {
        let count = |(order, tally): (&u32, &Tally)| WatchCount {
            order: *order,
            count: tally.expected,
            lesser: tally.lesser,
            resigned: tally.resigned,
            dropped: tally.drops(),
        };
        self.tallies.iter().map(count).collect()
    }
}

/// Where the byte stands by which strangers are told apart: the VRID of an advert.
const STRANGE_AT: u16 = 1;

fn place(ifindex: u32, tag: &Tag) -> Place {
    (ifindex, tag.channel, tag.at, tag.size)
}

/// Takes an order out of the index, and the places nobody looks at any more.
fn forget(index: &mut BTreeMap<Place, BTreeMap<u32, Vec<u32>>>, order: &Order, number: u32) {
    for tag in &order.tags {
        let place = place(order.ifindex, tag);
        let Some(values) = index.get_mut(&place) else {
            continue;
        };
        if let Some(numbers) = values.get_mut(&tag.value) {
            numbers.retain(|other| *other != number);
            if numbers.is_empty() {
                values.remove(&tag.value);
            }
        }
        if values.is_empty() {
            index.remove(&place);
        }
    }
}

impl Tally {
    fn drops(&self) -> Vec<DropCount> {
        Judgement::ALL
            .into_iter()
            .zip(self.dropped)
            .filter(|(_, count)| *count > 0)
            .map(|(judgement, count)| DropCount { judgement, count })
            .collect()
    }
}

impl Standing {
    fn expects(&self, packet: &Received<'_>, judged: &Judged<'_>) -> bool {
        let expect = self.order.expect.as_ref();
        expect.is_some_and(|pattern| pattern.matches(packet, judged.body))
    }

    /// Counts a packet, or says with which judgement it is to be told of.
    fn weigh(
        &mut self,
        (packet, expected): (&Received<'_>, bool),
        judged: &Judged<'_>,
        tally: &mut Tally,
        now: u64,
    ) -> Option<Judgement> {
        let Judged { judgement, body } = *judged;
        if judgement != Judgement::Admitted {
            let bit = 1 << judgement as u32;
            if self.told & bit == 0 {
                self.told |= bit;
                return Some(judgement);
            }
            if let Some(count) = tally.dropped.get_mut(judgement as usize) {
                *count += 1;
            }
            return None;
        }
        if expected {
            if let Some(rearm) = self.order.rearm {
                self.deadline = Some(now.saturating_add(rearm));
            }
            self.granted = false;
            tally.expected += 1;
            return None;
        }
        let verify = self.order.verify.as_ref();
        let every = verify.and_then(|verify| verify.is_lesser(packet, body));
        if let Some(every) = every {
            if now < self.lesser_at {
                tally.lesser += 1;
                tally.resigned += u64::from(body.get(2) == Some(&0));
                return None;
            }
            self.lesser_at = now.saturating_add(every);
        }
        Some(judgement)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "watch_test.rs"]
mod tests;
