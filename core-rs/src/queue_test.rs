use super::*;
use crate::wire::Judgement;
use std::net::{IpAddr, Ipv4Addr};

const HEAD: PacketHead = PacketHead {
    ifindex: 3,
    source: IpAddr::V4(Ipv4Addr::LOCALHOST),
    destination: IpAddr::V4(Ipv4Addr::LOCALHOST),
    ttl: 1,
    protocol: 112,
    judgement: Judgement::Unjudged,
};

#[test]
fn queue_drained_keeps_the_order_and_is_empty_then() {
    let queue = Queue::default();
    queue.reply(1, CallResult::Done);
    queue.packet(&HEAD, 5, &[0x45; 40]);
    queue.event(Event::ChildLate { child: 1 });
    let mut out = vec![0; 262_144];
    let length = queue.drain(&mut out).unwrap();
    let mut kinds = Vec::new();
    let mut rest = &out[..length];
    while let Some(next) = record::first_len(rest) {
        kinds.push(rest[4]);
        rest = &rest[next..];
    }
    assert_eq!(kinds, [1, 2, 3]);
    assert_eq!(queue.drain(&mut out).unwrap(), 0);
}

#[test]
fn queue_hands_over_a_little_at_a_time_but_a_long_record_whole() {
    let queue = Queue::default();
    for _ in 0..1_000 {
        queue.packet(&HEAD, 5, &[0x45; 40]);
    }
    queue.packet(&HEAD, 5, &[0x45; 60_000]);
    let mut out = vec![0; 262_144];
    let drains: Vec<_> = std::iter::from_fn(|| match queue.drain(&mut out).unwrap() {
        0 => None,
        length => Some(length),
    })
    .collect();
    let (long, short) = drains.split_last().unwrap();
    assert!(
        short.iter().all(|length| *length <= DRAINED_BYTES),
        "{drains:?}"
    );
    assert_eq!(short.iter().sum::<usize>(), 1_000 * record::packet_len(40));
    assert_eq!(*long, record::packet_len(60_000));
}

#[test]
fn reply_to_a_quiet_call_is_left_out_when_it_was_obeyed() {
    let queue = Queue::default();
    queue.reply(QUIET | 1, CallResult::Done);
    assert!(queue.is_empty());
    let failed = CallResult::Failed {
        status: 8,
        errno: 0,
        message: String::new(),
    };
    queue.reply(QUIET | 1, failed);
    assert!(!queue.is_empty());
}

#[test]
fn queue_with_a_small_buffer_gives_whole_records_and_an_error_when_none_fits() {
    let queue = Queue::default();
    queue.packet(&HEAD, 5, &[0x45; 40]);
    queue.packet(&HEAD, 5, &[0x45; 40]);
    let mut out = [0; 120];
    assert_eq!(queue.drain(&mut out).unwrap(), 96);
    assert!(queue.drain(&mut out[..95]).is_err());
    assert_eq!(queue.drain(&mut out).unwrap(), 96);
    assert_eq!(queue.drain(&mut out).unwrap(), 0);
}

#[test]
fn queue_rings_once_until_it_is_drained_to_the_end() {
    let queue = Queue::default();
    let due = |queue: &Queue| std::mem::take(&mut queue.lock().due);
    let mut out = [0; 100];
    queue.packet(&HEAD, 5, &[0x45; 40]);
    assert!(due(&queue));
    queue.packet(&HEAD, 5, &[0x45; 40]);
    assert!(!due(&queue));
    queue.drain(&mut out).unwrap();
    queue.packet(&HEAD, 5, &[0x45; 40]);
    assert!(!due(&queue), "one was left: the drain goes on");
    queue.drain(&mut out).unwrap();
    queue.drain(&mut out).unwrap();
    queue.packet(&HEAD, 5, &[0x45; 40]);
    assert!(due(&queue));
}

#[test]
fn queue_drains_urgent_events_first_and_knows_when_it_told_them() {
    let queue = Queue::default();
    queue.packet(&HEAD, 5, &[0x45; 40]);
    queue.event(Event::ChildLate { child: 1 });
    let before = clock::now();
    queue.event(Event::Lapsed { order: 1 });
    queue.event(Event::Lapsed { order: 2 });
    assert_eq!(
        queue.told(),
        Told {
            urgent: 2,
            ..Told::default()
        }
    );
    let mut out = vec![0; 262_144];
    let length = queue.drain(&mut out).unwrap();
    let first = String::from_utf8_lossy(&out[..length]).into_owned();
    assert!(
        first.find("\"order\":1") < first.find("\"order\":2"),
        "{first}"
    );
    assert!(!first.contains("overrun"));
    assert_eq!(queue.told().told, 2);
    assert!(queue.told().at >= before);
    assert!(!queue.is_empty());
    assert!(queue.drain(&mut out).unwrap() > 0);
    assert_eq!(queue.drain(&mut out).unwrap(), 0);
    assert!(queue.is_empty());
}

#[test]
fn queue_rings_for_an_urgent_event_and_never_puts_it_into_a_cut_one() {
    let queue = Queue::default();
    let failure = CallResult::Failed {
        status: 1,
        errno: 0,
        message: "x".repeat(record::PIECE),
    };
    queue.reply(1, failure);
    let mut out = vec![0; record::PIECE + record::HEADER];
    queue.drain(&mut out).unwrap();
    assert_eq!(out[4..6], [1, record::CONTINUES]);
    queue.event(Event::Lapsed { order: 1 });
    queue.drain(&mut out).unwrap();
    assert_eq!(out[4..6], [1, 0], "the rest of the reply");
    queue.drain(&mut out).unwrap();
    assert_eq!(out[4..6], [3, 0]);
    assert_eq!(queue.drain(&mut out).unwrap(), 0);
    queue.event(Event::Lapsed { order: 1 });
    assert!(queue.lock().due);
}

#[test]
fn queue_nobody_drains_drops_packets_and_counts_them_but_keeps_events() {
    let queue = Queue::default();
    let fits = PACKET_BYTES / record::packet_len(1_000);
    for _ in 0..fits + 3 {
        queue.packet(&HEAD, 5, &[0x45; 1_000]);
    }
    queue.event(Event::ChildLate { child: 1 });
    assert_eq!(queue.dropped(), 3);
    let mut out = vec![0; 2 * PACKET_BYTES];
    let mut length = 0;
    while !queue.is_empty() {
        length += queue.drain(&mut out).unwrap();
    }
    assert!(length > fits * record::packet_len(1_000));
    queue.packet(&HEAD, 5, &[0x45; 1_000]);
    assert_eq!(queue.dropped(), 3);
}

#[test]
fn engine_that_missed_its_time_is_behind_until_it_has_caught_up() {
    let queue = Queue::default();
    assert!(!queue.is_behind(u64::MAX), "nobody knows yet");
    queue.beat(Some(5_000_000));
    assert!(!queue.is_behind(5_000_000 + UNSEEN));
    assert!(queue.is_behind(5_000_001 + UNSEEN));
    queue.beat(None);
    assert!(!queue.is_behind(u64::MAX));
}
