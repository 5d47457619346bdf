//! Standing orders of the probe thread: repetition, counting, reporting, replacement.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::probing::*;
use common::{LIMIT, Listener, ear};
use holdfast_core::probe::ProbeThread;
use holdfast_core::protocol::{
    CallResult, Failure, OrderCount, Outcome, Probe, ProbeCall, ProbeOp,
};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

fn counts(ear: &Listener, thread: &ProbeThread) -> Vec<OrderCount> {
    match ear.call(thread, ProbeCall::ProbeCounters) {
        CallResult::ProbeCounters { probes } => probes,
        other => panic!("{other:?}"),
    }
}

fn count_of((ear, thread): (&Listener, &ProbeThread), order: u32) -> Option<u64> {
    let mut counts = counts(ear, thread).into_iter();
    counts.find(|one| one.order == order).map(|one| one.count)
}

fn wait_for_count(of: (&Listener, &ProbeThread), order: u32, more_than: u64) {
    let began = Instant::now();
    while count_of(of, order).unwrap() <= more_than {
        assert!(began.elapsed() < LIMIT, "the probe is not repeated");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn orders_count_what_is_expected_and_report_what_is_not() {
    let (sink, ear) = ear();
    let thread = ProbeThread::spawn(sink).unwrap();
    let port = Reserved::new();
    let (server, target) = (port.open(), port.address());
    let order = |seq, expect| ProbeOp::Probe {
        order: 3,
        seq,
        probe: Box::new(connect(target)),
        delay: 0,
        interval: 2_000,
        jitter: None,
        expect: Some(expect),
    };
    assert_eq!(
        ear.call(&thread, order(1, Outcome::Connected)),
        CallResult::Done
    );
    wait_for_count((&ear, &thread), 3, 3);
    assert_eq!(ear.events(), []);
    drop(server);
    let first = outcome(&ear, 3, 1);
    assert!(is_gone(&first), "{first:?}");
    // Replaced: what is expected now is counted, and the count goes on. It begins when nobody listens any more.
    let refused = failed(0, Failure::Connect, libc::ECONNREFUSED);
    let before = count_of((&ear, &thread), 3).unwrap();
    ear.call(&thread, order(2, refused.clone()));
    wait_for_count((&ear, &thread), 3, before);
    let server = port.open();
    assert_eq!(outcome(&ear, 3, 2), Outcome::Connected);
    drop(server);
    let unprobe = || ProbeOp::Unprobe { order: 3 };
    assert_eq!(ear.call(&thread, unprobe()), CallResult::Done);
    assert_eq!(ear.call(&thread, unprobe()), CallResult::Done);
    assert_eq!(counts(&ear, &thread), []);
}

#[test]
fn orders_start_after_their_delay_and_never_overlap() {
    let (sink, ear) = ear();
    let thread = ProbeThread::spawn(sink).unwrap();
    // Never answers: every probe takes its 30 ms, although one is due every 10 ms.
    let (target, open) = silent_server(b"");
    let began = Instant::now();
    let call = ProbeOp::Probe {
        order: 1,
        seq: 1,
        probe: Box::new(Probe {
            timeout: 30_000,
            ..get(target, &["/"])
        }),
        delay: 40_000,
        interval: 10_000,
        jitter: None,
        expect: None,
    };
    ear.call(&thread, call);
    let mut connections = 0;
    let mut held = Vec::new();
    for number in 1..=3 {
        assert_eq!(outcome(&ear, 1, 1), failed(0, Failure::ReadTimeout, 0));
        assert!(began.elapsed().as_millis() >= 40 + number * 30);
        held.push(open.recv_timeout(LIMIT).unwrap());
        held.extend(open.try_iter());
        // The next may have begun, or be over by now, but not more than began in this time.
        connections = held.len() as u128;
        assert!(connections <= (began.elapsed().as_millis() - 40) / 30 + 1);
    }
    assert!(connections >= 3);
}

#[test]
fn orders_replaced_or_ended_drop_the_probe_under_way() {
    let (sink, ear) = ear();
    let thread = ProbeThread::spawn(sink).unwrap();
    let (target, open) = silent_server(b"");
    ear.call(&thread, once(1, get(target, &["/"])));
    let mut first = open.recv_timeout(LIMIT).unwrap();
    let refused = unused_port();
    ear.call(&thread, once(1, connect(refused)));
    request(&mut first); // What was sent before it was dropped; then the end.
    assert_eq!(first.read(&mut [0; 8]).unwrap_or(0), 0);
    let failure = failed(0, Failure::Connect, libc::ECONNREFUSED);
    assert_eq!(outcome(&ear, 1, 10), failure);

    ear.call(&thread, once(2, get(target, &["/"])));
    let mut second = open.recv_timeout(LIMIT).unwrap();
    ear.call(&thread, ProbeOp::Unprobe { order: 2 });
    request(&mut second);
    assert_eq!(second.read(&mut [0; 8]).unwrap_or(0), 0);
    assert_eq!(ear.events(), []);
    let idle = OrderCount { order: 1, count: 0 };
    assert_eq!(counts(&ear, &thread), [idle]);
}

#[test]
fn orders_by_the_hundred_are_all_carried_out() {
    let (sink, ear) = ear();
    let thread = ProbeThread::spawn(sink).unwrap();
    let target = server(|_, mut stream| {
        request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world");
    });
    let responses = vec![hello(200)];
    for order in 1..=300 {
        let call = ProbeOp::Probe {
            order,
            seq: 1,
            probe: Box::new(get(target, &["/"])),
            delay: u64::from(order) * 100,
            interval: 100_000,
            jitter: None,
            expect: Some(Outcome::Responses {
                responses: responses.clone(),
            }),
        };
        ear.call(&thread, call);
    }
    ear.call(&thread, ProbeOp::Unprobe { order: 9999 });
    for order in 1..=300 {
        wait_for_count((&ear, &thread), order, 0);
    }
    assert_eq!(ear.events(), []);
}
