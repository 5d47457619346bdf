//! Numbers that never repeat, by order: what was sent last, and what was heard from whom.

use std::collections::BTreeMap;
use std::net::IpAddr;

/// Most senders whose last number is remembered per order. With unicast there are as many as peers;
/// on a group only whoever holds a key gets in.
const SENDERS: usize = 32;

/// How many adverts with a header are sent at most until the farewell that is kept for later is sealed anew.
const AHEAD: u32 = 64;

/// How far ahead of the clock a farewell that is kept for later is sealed at least, µs.
const AHEAD_OF_CLOCK: u64 = 1_000_000;

/// All ledgers. They outlive the orders: a number stands for one virtual router.
#[derive(Debug, Default)]
pub struct Ledgers(BTreeMap<u32, Ledger>);

impl Ledgers {
    /// The ledger of an order.
    pub fn of(&mut self, order: u32) -> &mut Ledger {
        self.0.entry(order).or_default()
    }
}

/// The numbers of one virtual router.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Authentication header. keepalived: one counter for both directions, so that whoever takes
    /// over goes on where the last one was.
    ah: u32,
    /// Last trailer sent.
    signed: u64,
    heard: Vec<(IpAddr, u64)>,
}

impl Ledger {
    /// The next sequence number of an authentication header. After the last it begins again: nothing
    /// else could, and the key of PASS and AH is no secret that would be worth more.
    pub fn next_ah(&mut self) -> u32 {
        self.ah = self.ah.checked_add(1).unwrap_or(1);
        self.ah
    }

    /// A sequence number for what is kept for later, beyond those of the adverts until then.
    pub fn ah_ahead(&self) -> u32 {
        self.ah.saturating_add(AHEAD)
    }

    /// Whether such a number is soon none after the last.
    pub fn overtakes_ah(&self, ahead: u64) -> bool {
        u64::from(self.ah.saturating_add(AHEAD / 8)) >= ahead
    }

    /// Takes a sequence number that was proved; false when it is none after the last.
    pub fn take_ah(&mut self, number: u32) -> bool {
        let fresh = number > self.ah;
        if fresh {
            self.ah = number;
        }
        fresh
    }

    /// The next number of a trailer: that of the clock, but more than the last.
    pub fn next_signed(&mut self, wall: u64) -> u64 {
        self.signed = wall.max(self.signed.saturating_add(1));
        self.signed
    }

    /// A number for a trailer that is kept for later, beyond those of the adverts until then: as much ahead of
    /// the clock as it may be behind it at last, for who compares it with a clock.
    pub fn signed_ahead(&self, wall: u64, interval: u64) -> u64 {
        let ahead = span(AHEAD_OF_CLOCK.max(interval / 2));
        self.signed.max(wall).saturating_add(ahead)
    }

    /// Whether such a number is soon none after the last.
    pub fn overtakes_signed(&self, ahead: u64) -> bool {
        self.signed.saturating_add(span(AHEAD_OF_CLOCK / 2)) >= ahead
    }

    /// Takes the number of a trailer that was proved; false when it is none after the sender's last.
    pub fn take_signed(&mut self, source: IpAddr, number: u64) -> bool {
        if let Some((_, last)) = self.heard.iter_mut().find(|(of, _)| *of == source) {
            let fresh = number > *last;
            if fresh {
                *last = number;
            }
            return fresh;
        }
        if self.heard.len() >= SENDERS {
            let oldest = self
                .heard
                .iter()
                .enumerate()
                .min_by_key(|(_, (_, last))| *last);
            if let Some((at, _)) = oldest {
                self.heard.swap_remove(at);
            }
        }
        self.heard.push((source, number));
        true
    }
}

/// A time, µs, in the units of trailers: seconds in the upper half.
fn span(time: u64) -> u64 {
    ((time / 1_000_000) << 32) | (((time % 1_000_000) << 32) / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn ledger_numbers_of_headers_go_on_from_what_was_heard() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.next_ah(), 1);
        assert!(ledger.take_ah(9));
        assert!(!ledger.take_ah(9));
        assert_eq!(ledger.next_ah(), 10);
        ledger.ah = u32::MAX;
        assert_eq!(ledger.next_ah(), 1);
    }

    #[test]
    fn ledger_numbers_of_trailers_follow_the_clock_and_never_go_back() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.next_signed(100), 100);
        assert_eq!(ledger.next_signed(50), 101);
        assert_eq!(ledger.next_signed(200), 200);
    }

    #[test]
    fn number_kept_for_later_is_beyond_what_is_sent_until_it_is_made_anew() {
        let mut ledger = Ledger::default();
        let ahead = u64::from(ledger.ah_ahead());
        while !ledger.overtakes_ah(ahead) {
            assert!(u64::from(ledger.next_ah()) < ahead);
        }
        assert!(u64::from(ledger.next_ah()) < ahead);
        assert!(ledger.take_ah(9_000), "somebody else was further");
        assert!(ledger.overtakes_ah(ahead));
        // Of long intervals it is made anew with each advert.
        for (interval, most) in [(10_000, 100), (1_000_000, 2), (40_000_000, 2)] {
            let mut ledger = Ledger::default();
            let ahead = ledger.signed_ahead(7 << 32, interval);
            let mut sent = 0;
            while !ledger.overtakes_signed(ahead) {
                let number = ledger.next_signed((7 << 32) + span(sent * interval));
                assert!(number < ahead || interval >= 1_000_000);
                sent += 1;
            }
            assert!((1..=most).contains(&sent), "{interval}: {sent}");
        }
    }

    #[test]
    fn ledger_remembers_the_last_number_of_each_sender() {
        let mut ledger = Ledger::default();
        let host = |last| IpAddr::V4(Ipv4Addr::new(10, 0, 0, last));
        assert!(ledger.take_signed(host(1), 5));
        assert!(!ledger.take_signed(host(1), 5));
        assert!(ledger.take_signed(host(2), 5));
        assert!(ledger.take_signed(host(1), 6));
        for last in 3..100 {
            assert!(ledger.take_signed(host(last), 1_000));
        }
        assert_eq!(ledger.heard.len(), SENDERS);
    }
}
