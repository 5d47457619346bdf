use super::*;
use crate::wire::Expected;
use std::net::Ipv4Addr;

const S: u64 = 1_000_000;

fn advert(priority: u8) -> Vec<u8> {
    let mut bytes = vec![0x45, 0, 0, 24, 0, 9, 0, 0, 255, 112, 0, 0];
    bytes.extend([10, 0, 0, 1, 224, 0, 0, 18, 0x21, 5, priority, 1]);
    bytes
}

const TAG: Tag = Tag {
    channel: Channel::Vrrp4,
    at: 1,
    size: 1,
    value: 5,
};

fn order() -> Order {
    let expected = Expected {
        source: Ipv4Addr::new(10, 0, 0, 1).into(),
        destination: Ipv4Addr::new(224, 0, 0, 18).into(),
        ttl: 255,
        hex: "21056401".into(),
    };
    Order {
        seq: 7,
        ifindex: 2,
        tags: vec![TAG],
        verify: None,
        expect: Some(Pattern::read(&expected).unwrap()),
        hears: None,
        timeout: Some(3 * S),
        rearm: Some(4 * S),
    }
}

fn take(all: &mut Watches, ifindex: u32, priority: u8, now: u64) -> bool {
    take_bytes(all, ifindex, &advert(priority), now)
}

fn take_bytes(all: &mut Watches, ifindex: u32, bytes: &[u8], now: u64) -> bool {
    let packet = Received::v4(Channel::Vrrp4, bytes).unwrap();
    let taken = all.take(
        ifindex,
        &packet,
        &mut Ledgers::default(),
        (now, 0),
        |_, _| {},
    );
    taken == Taken::Quiet
}

fn expired(all: &mut Watches, now: u64) -> Vec<(u32, u32)> {
    let mut seen = Vec::new();
    all.advance(now, |number, seq| seen.push((number, seq)));
    seen
}

#[test]
fn watch_without_advert_expires_once_with_its_seq() {
    let mut all = Watches::default();
    all.give(1, order(), 0);
    assert_eq!(all.next_deadline(), Some(3 * S));
    assert_eq!(expired(&mut all, 3 * S - 1), []);
    assert_eq!(expired(&mut all, 3 * S), [(1, 7)]);
    assert_eq!(expired(&mut all, 9 * S), []);
    assert_eq!(all.next_deadline(), None);
    assert!(!take(&mut all, 2, 100, 9 * S), "it has ended");
}

#[test]
fn watch_whose_deadline_passed_unseen_listens_as_long_again_but_once() {
    let mut all = Watches::default();
    all.give(1, order(), 0);
    let mut late = Vec::new();
    all.overdue(4 * S, |ifindex| late.push(ifindex));
    assert_eq!(late, [2]);
    assert_eq!(expired(&mut all, 4 * S), [], "1 s was not listened to");
    assert_eq!(all.next_deadline(), Some(5 * S));
    assert_eq!(
        expired(&mut all, 6 * S),
        [(1, 7)],
        "granted once in a silence"
    );
}

#[test]
fn watch_after_a_long_pause_listens_for_one_rearm_and_an_advert_ends_the_silence() {
    let mut all = Watches::default();
    all.give(1, order(), 0);
    assert_eq!(expired(&mut all, 100 * S), []);
    assert_eq!(all.next_deadline(), Some(104 * S));
    assert!(take(&mut all, 2, 100, 103 * S));
    assert_eq!(
        expired(&mut all, 200 * S),
        [],
        "a new silence, granted anew"
    );
    assert_eq!(expired(&mut all, 204 * S), [(1, 7)]);
}

#[test]
fn watch_looked_at_a_little_late_expires() {
    let mut all = Watches::default();
    all.give(1, order(), 0);
    assert_eq!(expired(&mut all, 3 * S + UNSEEN), [(1, 7)]);
}

#[test]
fn expected_advert_rearms_from_its_arrival_and_is_counted() {
    let mut all = Watches::default();
    all.give(1, order(), 0);
    assert!(take(&mut all, 2, 100, S));
    assert!(take(&mut all, 2, 100, 2 * S));
    assert_eq!(expired(&mut all, 6 * S - 1), []);
    assert_eq!(all.next_deadline(), Some(6 * S));
    assert_eq!(expired(&mut all, 6 * S), [(1, 7)]);
    assert_eq!(all.counts().first().unwrap().count, 2);
}

#[test]
fn rearm_shorter_than_the_deadline_brings_it_forward() {
    let mut all = Watches::default();
    let short = Order {
        timeout: Some(100 * S),
        rearm: Some(S),
        ..order()
    };
    all.give(1, short, 0);
    assert!(take(&mut all, 2, 100, S));
    assert_eq!(all.next_deadline(), Some(2 * S));
    assert_eq!(expired(&mut all, 2 * S), [(1, 7)]);
}

#[test]
fn other_advert_router_or_interface_changes_nothing_and_is_reported() {
    let mut all = Watches::default();
    all.give(1, order(), 0);
    assert!(!take(&mut all, 2, 99, S), "another priority");
    assert!(!take(&mut all, 3, 100, S), "another interface");
    let mut other = advert(100);
    *other.get_mut(21).unwrap() = 6;
    assert!(!take_bytes(&mut all, 2, &other, S), "another router");
    assert!(take_bytes(&mut all, 2, &other, S), "is told of once");
    let mut empty = advert(0);
    *empty.get_mut(3).unwrap() = 20;
    assert!(!take_bytes(&mut all, 2, &empty, S), "no PDU");
    assert_eq!(expired(&mut all, 3 * S), [(1, 7)]);
}

#[test]
fn watch_frozen_keeps_the_deadline_and_reports_every_packet() {
    let mut all = Watches::default();
    all.give(1, order(), 0);
    assert!(take(&mut all, 2, 100, S));
    let frozen = Order {
        seq: 8,
        expect: None,
        timeout: None,
        ..order()
    };
    all.give(1, frozen, 2 * S);
    assert!(!take(&mut all, 2, 100, 3 * S));
    assert_eq!(expired(&mut all, 5 * S - 1), []);
    assert_eq!(
        expired(&mut all, 5 * S),
        [(1, 8)],
        "stale seq 7 is never heard of"
    );
}

#[test]
fn watch_replaced_with_a_new_timeout_counts_from_now_and_keeps_its_count() {
    let mut all = Watches::default();
    all.give(1, order(), 0);
    assert!(take(&mut all, 2, 100, S));
    all.give(1, Order { seq: 9, ..order() }, 2 * S);
    assert_eq!(expired(&mut all, 5 * S), [(1, 9)]);
    all.give(1, order(), 6 * S);
    assert!(take(&mut all, 2, 100, 7 * S));
    assert_eq!(all.counts().first().unwrap().count, 2);
}

#[test]
fn watch_given_without_any_deadline_waits_for_the_first_expected_advert() {
    let mut all = Watches::default();
    let without = Order {
        timeout: None,
        ..order()
    };
    all.give(1, without, 0);
    assert_eq!(all.next_deadline(), None);
    assert!(take(&mut all, 2, 100, S));
    assert_eq!(expired(&mut all, 5 * S), [(1, 7)]);
}

#[test]
fn watch_that_is_moved_no_longer_heeds_the_former_interface() {
    let mut all = Watches::default();
    all.give(1, order(), 0);
    let moved = Order {
        ifindex: 3,
        ..order()
    };
    all.give(1, moved, 0);
    assert!(!take(&mut all, 2, 100, S));
    assert!(take(&mut all, 3, 100, S));
}

#[test]
fn two_watches_of_one_router_report_what_one_of_them_does_not_expect() {
    let mut all = Watches::default();
    all.give(1, order(), 0);
    let all_seeing = Order {
        expect: None,
        ..order()
    };
    all.give(2, all_seeing, 0);
    assert!(!take(&mut all, 2, 100, S));
    assert_eq!(expired(&mut all, 3 * S), [(2, 7)], "the first was re-armed");
}

#[test]
fn two_watches_that_hear_other_groups_leave_each_other_alone() {
    let mut all = Watches::default();
    let hearing = |destination: [u8; 4]| Order {
        hears: Some(Hears {
            destination: destination.into(),
            sources: Vec::new(),
        }),
        ..order()
    };
    all.give(1, hearing([224, 0, 0, 18]), 0);
    all.give(2, hearing([233, 4, 5, 6]), 0);
    assert!(take(&mut all, 2, 100, S), "nobody has to be told");
    assert!(!take(&mut all, 2, 0, S), "not the advert it expects");
    assert_eq!(expired(&mut all, 3 * S), [(2, 7)], "the first was re-armed");
}

#[test]
fn watch_that_hears_peers_leaves_what_others_send_to_be_reported() {
    let hearing = |peer: [u8; 4]| Order {
        hears: Some(Hears {
            destination: [224, 0, 0, 18].into(),
            sources: vec![[10, 0, 0, 9].into(), peer.into()],
        }),
        ..order()
    };
    let mut all = Watches::default();
    all.give(1, hearing([10, 0, 0, 1]), 0);
    assert!(take(&mut all, 2, 100, S));
    all.give(1, hearing([10, 0, 0, 2]), 0);
    assert!(!take(&mut all, 2, 100, S));
}

#[test]
fn end_is_final_and_idempotent() {
    let mut all = Watches::default();
    all.give(1, order(), 0);
    all.give(2, order(), 0);
    all.end(1);
    all.end(1);
    all.end_of(2);
    assert_eq!(expired(&mut all, 9 * S), []);
}
