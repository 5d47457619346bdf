//! Probes while the probe thread does not run: it is held up where it reports, as a stop, a pause of the
//! machine or busy neighbours would hold it up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::probing::*;
use common::{Ear, ear};
use holdfast_core::probe::ProbeThread;
use holdfast_core::protocol::{CallResult, Event, Failure, Outcome, Probe};
use holdfast_core::sink::Sink;
use socket2::{Domain, Socket, Type};
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The order whose outcome holds up the thread, and for how long.
const HOLDS: u32 = 1;
const HELD: Duration = Duration::from_millis(1_500);
/// Much shorter, and not short of what a loaded machine needs to connect, µs.
const TIMEOUT: u64 = 700_000;

#[derive(Clone)]
struct Holding(Ear);

impl Sink for Holding {
    fn reply(&self, id: u32, result: CallResult) {
        self.0.reply(id, result);
    }

    fn event(&self, event: Event) {
        let holds = matches!(event, Event::Outcome { order: HOLDS, .. });
        self.0.event(event);
        if holds {
            std::thread::sleep(HELD);
        }
    }
}

/// The outcome of a probe that is under way while the thread is held up.
fn probe_held_up(probe: Probe) -> Outcome {
    let (sink, ear) = ear();
    let thread = ProbeThread::spawn(Holding(sink)).unwrap();
    assert_eq!(ear.call(&thread, once(7, probe)), CallResult::Done);
    // Refused at once.
    assert_eq!(
        ear.call(&thread, once(HOLDS, connect(unused_port()))),
        CallResult::Done
    );
    outcome(&ear, 7, 70)
}

#[test]
fn answer_that_waits_in_the_socket_is_no_timeout() {
    let target = server(|_, mut stream| {
        request(&mut stream);
        std::thread::sleep(Duration::from_millis(300));
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world";
        stream.write_all(text).unwrap();
    });
    let probe = Probe {
        timeout: TIMEOUT,
        ..get(target, &["/"])
    };
    let responses = vec![hello(200)];
    assert_eq!(probe_held_up(probe), Outcome::Responses { responses });
}

#[test]
fn failure_of_a_probe_that_was_held_up_proves_nothing_and_is_tried_again() {
    // A server that gives up on who asks too late, but only the first time.
    let target = server(|number, mut stream| {
        request(&mut stream);
        if number == 0 {
            std::thread::sleep(Duration::from_millis(300));
            return;
        }
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world";
        stream.write_all(text).unwrap();
    });
    let probe = Probe {
        timeout: TIMEOUT,
        ..get(target, &["/"])
    };
    let responses = vec![hello(200)];
    assert_eq!(probe_held_up(probe), Outcome::Responses { responses });
}

#[test]
fn failure_that_stays_is_told() {
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    full.bind(&any.into()).unwrap();
    full.listen(0).unwrap();
    let target = full.local_addr().unwrap().as_socket().unwrap();
    let _fills = TcpStream::connect(target).unwrap();
    let probe = Probe {
        timeout: TIMEOUT,
        ..connect(target)
    };
    assert_eq!(probe_held_up(probe), failed(0, Failure::ConnectTimeout, 0));
}
