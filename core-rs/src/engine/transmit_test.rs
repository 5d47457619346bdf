use super::*;
use crate::wire::{Channel, Key, Seal, Template};
use std::net::Ipv4Addr;

const S: u64 = 1_000_000;

fn packets(first: &str) -> Vec<Outgoing> {
    let destination = Ipv4Addr::new(224, 0, 0, 18).into();
    let template = Template {
        channel: Channel::Vrrp4,
        source: Ipv4Addr::new(10, 0, 0, 1).into(),
        destinations: vec![destination, destination],
        ttl: 255,
        hex: format!("{first}0564"),
        checksum: None,
        seal: None,
    };
    Outgoing::compose_all(&[template], 2).unwrap()
}

fn order() -> Order {
    Order {
        ifindex: 2,
        packets: packets("aa"),
        interval: S,
        immediately: true,
        lease: 3 * S,
        patience: None,
        farewell: packets("00"),
        withdraw: Vec::new(),
        keep: 0,
    }
}

/// What became due, without its packets.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Seen {
    Send,
    Lapse,
    SilentLapse,
}

fn advance(all: &mut Transmissions, now: u64) -> Vec<Due> {
    let mut found = Vec::new();
    all.advance(now, 0, &mut Ledgers::default(), &mut found);
    found
}

/// Everything that happens until `end`, stepping from deadline to deadline: when, what,
/// identification.
fn run(all: &mut Transmissions, from: u64, end: u64) -> Vec<(u64, Seen, u8)> {
    let mut seen = Vec::new();
    let mut now = from;
    while now <= end {
        for due in advance(all, now) {
            let (what, sent) = match &due {
                Due::Send(number) => {
                    assert!(!all.sent(*number, true));
                    (Seen::Send, all.packets(*number).unwrap().1)
                }
                Due::Lapse(_, order) => (Seen::Lapse, order.farewell.as_slice()),
                Due::SilentLapse(_, order) => (Seen::SilentLapse, order.farewell.as_slice()),
                Due::Reseal(_) => continue,
            };
            let stamps: Vec<_> = sent.iter().map(|one| one.bytes().get(5)).collect();
            assert_eq!(
                stamps.first(),
                stamps.last(),
                "one identification for all copies"
            );
            seen.push((now, what, *stamps.first().unwrap().unwrap()));
        }
        match all.next_deadline() {
            Some(next) => now = next.max(now + 1),
            None => break,
        }
    }
    seen
}

#[test]
fn give_immediately_sends_at_once_and_then_every_interval() {
    let mut all = Transmissions::default();
    all.give(1, order(), 10 * S);
    let seen = run(&mut all, 10 * S, 12 * S);
    let at = |n: u64, id| (n * S, Seen::Send, id);
    assert_eq!(seen, [at(10, 1), at(11, 2), at(12, 3)]);
}

#[test]
fn give_not_immediately_sends_one_interval_from_now() {
    let mut all = Transmissions::default();
    let later = Order {
        immediately: false,
        ..order()
    };
    all.give(1, later, 0);
    assert_eq!(run(&mut all, 0, S), [(S, Seen::Send, 1)]);
}

#[test]
fn lease_not_renewed_lapses_with_farewell_and_ends() {
    let mut all = Transmissions::default();
    all.give(1, order(), 0);
    let seen = run(&mut all, 0, 100 * S);
    assert_eq!(seen.last(), Some(&(3 * S, Seen::Lapse, 4)));
    assert_eq!(
        seen.len(),
        4,
        "0, 1, 2 s; at 3 s the farewell instead of the advert"
    );
    assert_eq!(all.next_deadline(), None);
    assert_eq!(all.counts().first().unwrap().count, 3);
}

#[test]
fn lease_renewed_goes_on() {
    let mut all = Transmissions::default();
    all.give(1, order(), 0);
    run(&mut all, 0, 2 * S);
    all.renew(2 * S);
    let seen = run(&mut all, 2 * S, 4 * S);
    assert_eq!(seen, [(3 * S, Seen::Send, 4), (4 * S, Seen::Send, 5)]);
    assert_eq!(run(&mut all, 4 * S, 9 * S), [(5 * S, Seen::Lapse, 6)]);
}

#[test]
fn replacement_keeps_phase_count_and_identification() {
    let mut all = Transmissions::default();
    all.give(1, order(), 0);
    run(&mut all, 0, S);
    let other = Order {
        immediately: false,
        packets: packets("bb"),
        ..order()
    };
    all.give(1, other, S + S / 2);
    assert_eq!(run(&mut all, S + S / 2, 2 * S), [(2 * S, Seen::Send, 3)]);
    assert_eq!(all.counts().first().unwrap().count, 3);
}

#[test]
fn replacement_with_a_shorter_interval_is_due_within_it() {
    let mut all = Transmissions::default();
    let slow = Order {
        interval: 100 * S,
        lease: 1_000 * S,
        ..order()
    };
    all.give(1, slow, 0);
    run(&mut all, 0, 0);
    let quick = Order {
        immediately: false,
        ..order()
    };
    all.give(1, quick, 2 * S);
    assert_eq!(run(&mut all, 2 * S, 3 * S), [(3 * S, Seen::Send, 2)]);
}

#[test]
fn replacement_immediately_starts_a_new_phase() {
    let mut all = Transmissions::default();
    all.give(1, order(), 0);
    run(&mut all, 0, 0);
    all.give(1, order(), S / 2);
    let seen = run(&mut all, S / 2, 2 * S);
    assert_eq!(seen, [(S / 2, Seen::Send, 2), (S + S / 2, Seen::Send, 3)]);
}

#[test]
fn pause_is_not_followed_by_a_burst() {
    let mut all = Transmissions::default();
    let patient = Order {
        lease: 1_000 * S,
        ..order()
    };
    all.give(1, patient, 0);
    run(&mut all, 0, 0);
    let seen = run(&mut all, 50 * S + 7, 51 * S + 7);
    assert_eq!(
        seen,
        [(50 * S + 7, Seen::Send, 2), (51 * S + 7, Seen::Send, 3)]
    );
}

#[test]
fn lease_that_ended_unseen_while_another_spoke_lapses_without_a_farewell() {
    let mut all = Transmissions::default();
    all.give(1, order(), 0);
    run(&mut all, 0, 0);
    all.contest(9);
    let mut alone = Transmissions::default();
    alone.give(1, order(), 0);
    assert_eq!(run(&mut alone, 20 * S, 20 * S), [(20 * S, Seen::Lapse, 1)]);
    all.contest(1);
    assert_eq!(
        run(&mut all, 20 * S, 20 * S),
        [(20 * S, Seen::SilentLapse, 2)]
    );
    assert_eq!(all.next_deadline(), None);
}

#[test]
fn lease_that_ends_in_time_lapses_with_a_farewell_whoever_speaks() {
    let mut all = Transmissions::default();
    all.give(1, order(), 0);
    run(&mut all, 0, 2 * S);
    all.contest(1);
    assert_eq!(run(&mut all, 3 * S, 3 * S), [(3 * S, Seen::Lapse, 4)]);
}

#[test]
fn transmission_later_than_the_patience_lapses_without_a_farewell() {
    let hasty = Order {
        lease: 1_000 * S,
        patience: Some(2 * S),
        ..order()
    };
    let mut all = Transmissions::default();
    all.give(1, hasty.clone(), 0);
    run(&mut all, 0, 0);
    // Due at 1 s.
    assert_eq!(
        run(&mut all, 3 * S - 1, 3 * S - 1),
        [(3 * S - 1, Seen::Send, 2)]
    );
    assert_eq!(run(&mut all, 6 * S, 6 * S), [(6 * S, Seen::SilentLapse, 0)]);
    assert_eq!(all.next_deadline(), None);
}

#[test]
fn transmission_late_after_another_spoke_waits_once() {
    let mut all = Transmissions::default();
    let patient = Order {
        lease: 1_000 * S,
        ..order()
    };
    all.give(1, patient, 0);
    run(&mut all, 0, 0);
    all.contest(1);
    assert_eq!(run(&mut all, 50 * S, 50 * S), [], "first it listens");
    all.contest(1);
    assert_eq!(run(&mut all, 52 * S, 52 * S), [(52 * S, Seen::Send, 2)]);
}

#[test]
fn renewal_counts_from_when_it_was_asked_for_and_revives_nothing() {
    let mut all = Transmissions::default();
    all.give(1, order(), 0);
    run(&mut all, 0, 2 * S);
    all.renew(2 * S);
    assert!(!all.may_lapse(2 * S));
    assert!(all.had_lapsed(1, 5 * S));
    assert!(!all.had_lapsed(1, 5 * S - 1));
    all.renew(5 * S);
    assert!(all.may_lapse(20 * S));
    assert_eq!(run(&mut all, 20 * S, 20 * S), [(20 * S, Seen::Lapse, 4)]);
}

#[test]
fn cease_gives_the_farewell_and_ends_and_a_second_finds_nothing() {
    let mut all = Transmissions::default();
    all.give(1, order(), 0);
    run(&mut all, 0, 0);
    let ended = all.cease(1, &mut Ledgers::default(), 0).unwrap();
    assert_eq!(
        ended.farewell.first().unwrap().bytes().get(4..6),
        Some(&[0, 2][..])
    );
    assert!(all.cease(1, &mut Ledgers::default(), 0).is_none());
    assert_eq!(run(&mut all, S, 9 * S), []);
}

#[test]
fn end_of_an_interface_ends_its_orders_silently() {
    let mut all = Transmissions::default();
    all.give(1, order(), 0);
    let elsewhere = Order {
        ifindex: 3,
        ..order()
    };
    all.give(2, elsewhere, 0);
    all.end_of(2);
    assert_eq!(run(&mut all, 0, 0).len(), 1);
}

#[test]
fn expire_lets_everything_lapse_now() {
    let mut all = Transmissions::default();
    all.give(1, order(), 5 * S);
    all.expire(5 * S);
    assert_eq!(run(&mut all, 5 * S, 5 * S), [(5 * S, Seen::Lapse, 1)]);
}

#[test]
fn transmission_that_failed_is_not_counted() {
    let mut all = Transmissions::default();
    all.give(1, order(), 0);
    assert_eq!(advance(&mut all, 0).len(), 1);
    assert!(all.sent(1, false), "it is news");
    assert!(!all.sent(1, false), "once");
    assert_eq!(all.counts().first().unwrap().count, 0);
    assert!(all.sent(1, true), "and so is that it works again");
}

#[test]
fn orders_due_nearly_together_leave_together_from_then_on() {
    let mut all = Transmissions::default();
    let patient = Order {
        lease: 1_000 * S,
        ..order()
    };
    all.give(1, patient.clone(), 0);
    all.give(2, patient.clone(), 4_000);
    all.give(3, patient, S / 2);
    run(&mut all, 0, S / 2);
    let times: Vec<_> = run(&mut all, S, 2 * S + S / 2)
        .iter()
        .map(|(at, ..)| *at)
        .collect();
    let half = S + S / 2;
    assert_eq!(times, [S, S, half, 2 * S, 2 * S, half + S]);
}

#[test]
fn identification_after_65535_is_1() {
    let mut tally = Tally {
        count: 0,
        late: 0,
        identification: 65_534,
    };
    assert_eq!([tally.next(), tally.next(), tally.next()], [65_535, 1, 2]);
}

/// Sealed packets, and where in their bytes the number is.
fn sealed(seal: Seal) -> Vec<Outgoing> {
    let template = Template {
        channel: match seal {
            Seal::Ah { .. } => Channel::Ah4,
            Seal::Trailer { .. } => Channel::Vrrp4,
        },
        source: Ipv4Addr::new(10, 0, 0, 1).into(),
        destinations: vec![Ipv4Addr::new(224, 0, 0, 18).into()],
        ttl: 255,
        hex: "3133640100640000".into(),
        checksum: None,
        seal: Some(seal),
    };
    Outgoing::compose_all(&[template], 2).unwrap()
}

fn number_of(packets: &[Outgoing]) -> u64 {
    let one = packets.first().unwrap();
    let bytes = one.bytes();
    let (at, size) = match one.channel {
        Channel::Ah4 => (28, 4),
        _ => (bytes.len() - 24, 8),
    };
    let number = bytes.get(at..at + size).unwrap();
    number
        .iter()
        .fold(0, |all, byte| (all << 8) | u64::from(*byte))
}

#[test]
fn farewell_that_is_kept_for_later_is_newer_than_all_that_was_sent() {
    let key = || Key("00112233445566778899aabbccddeeff".repeat(2));
    let ah = Seal::Ah {
        key: key(),
        covers_ttl: false,
    };
    let trailer = Seal::Trailer { id: 1, key: key() };
    for (seal, interval) in [
        (ah.clone(), S),
        (ah, S / 100),
        (trailer.clone(), S / 100),
        (trailer.clone(), S),
        (trailer, 40 * S),
    ] {
        let (mut all, mut ledgers) = (Transmissions::default(), Ledgers::default());
        let order = Order {
            packets: sealed(seal.clone()),
            farewell: sealed(seal),
            interval,
            lease: u64::MAX,
            keep: S,
            ..order()
        };
        all.give(1, order, 0);
        let wall = |now: u64| ((now / S + 1_000) << 32) | (((now % S) << 32) / S);
        let kept = |all: &mut Transmissions, ledgers: &mut Ledgers, now| {
            number_of(&all.will(1, ledgers, wall(now)).unwrap().1)
        };
        let mut farewell = kept(&mut all, &mut ledgers, 0);
        let (mut sent, mut anew, mut last) = (0, 0, 0);
        for now in (0..1_000).map(|step| step * interval) {
            let mut found = Vec::new();
            all.advance(now, wall(now), &mut ledgers, &mut found);
            for due in found {
                match due {
                    Due::Send(number) => {
                        sent += 1;
                        last = number_of(all.packets(number).unwrap().1);
                    }
                    Due::Reseal(_) => {
                        anew += 1;
                        let before = farewell;
                        farewell = kept(&mut all, &mut ledgers, now);
                        assert!(before < farewell);
                    }
                    _ => assert!(sent == 0, "{due:?} is nothing of an order that stands"),
                }
            }
            assert!(last < farewell, "{last} {farewell}");
            // Whoever compares it with a clock takes it up to the next advert.
            if let Some(apart) = farewell
                .checked_sub(wall(now))
                .filter(|_| farewell > 1 << 32)
            {
                assert!(apart >> 32 <= 20.max(interval / S));
            }
        }
        assert_eq!(sent, 1_000);
        assert!(anew >= 10, "{anew}");
        assert!(interval >= S || anew <= 50, "{anew} is too often");
    }
}
