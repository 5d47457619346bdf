//! The probe thread against servers of all sorts on the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{LIMIT, Listener, ear};
use holdfast_core::probe::ProbeThread;
use holdfast_core::protocol::{
    Call, CallResult, Event, Exchange, Failure, HttpRequest, HttpResponse, OrderCount, Outcome,
    Probe,
};
use socket2::{Domain, Socket, Type};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Long enough never to be reached, µs.
const LONG: u64 = 60_000_000;

/// Every connection, one after another, is handed to `serve` with its number.
fn server(mut serve: impl FnMut(usize, TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            serve(number, stream.unwrap());
        }
    });
    address
}

/// Reads a request head, up to its empty line.
fn request(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        head.extend_from_slice(&byte);
    }
    String::from_utf8(head).unwrap()
}

fn connect(target: SocketAddr) -> Probe {
    Probe {
        address: target.ip(),
        port: target.port(),
        source: None,
        source_port: None,
        ifname: None,
        fwmark: None,
        timeout: LONG,
        exchange: Exchange::Connect,
    }
}

fn get(target: SocketAddr, paths: &[&str]) -> Probe {
    let head = |path: &&str| HttpRequest {
        head: format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"),
    };
    Probe {
        exchange: Exchange::Http {
            requests: paths.iter().map(head).collect(),
        },
        ..connect(target)
    }
}

fn once(order: u32, probe: Probe) -> Call {
    Call::Probe {
        order,
        seq: order * 10,
        probe,
        delay: 0,
        interval: 0,
        expect: None,
    }
}

/// Waits for the outcome of an order with this `seq`.
fn outcome(ear: &Listener, order: u32, seq: u32) -> Outcome {
    ear.event(|event| match event {
        Event::Outcome {
            order: number,
            seq: given,
            outcome,
        } if (*number, *given) == (order, seq) => Some(outcome.clone()),
        _ => None,
    })
}

/// Carries out one probe.
fn probe(probe: Probe) -> Outcome {
    let (sink, ear) = ear();
    let thread = ProbeThread::spawn(sink).unwrap();
    assert_eq!(ear.call(&thread, once(7, probe)), CallResult::Done);
    outcome(&ear, 7, 70)
}

/// Carries out one HTTP probe against a server that answers every request with these bytes.
fn answer(bytes: &'static [u8]) -> Outcome {
    let target = server(move |_, mut stream| {
        request(&mut stream);
        let _ = stream.write_all(bytes);
    });
    probe(get(target, &["/"]))
}

fn failed(request: u32, failure: Failure, errno: i32) -> Outcome {
    Outcome::Failed {
        request,
        failure,
        errno,
    }
}

fn hello(status: u16) -> HttpResponse {
    HttpResponse {
        status,
        digest: "5eb63bbbe01eeed093cb22bb8f5acdc3".into(),
        length: 11,
    }
}

fn unused_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[test]
fn connect_to_a_listener_succeeds_and_closes_cleanly() {
    let (sender, read) = channel();
    let target = server(move |_, mut stream| {
        let _ = sender.send(stream.read(&mut [0; 8]).map_err(|error| error.kind()));
    });
    assert_eq!(probe(connect(target)), Outcome::Connected);
    assert_eq!(read.recv_timeout(LIMIT), Ok(Ok(0)));
}

#[test]
fn connect_uses_source_address_and_port() {
    let (sender, peers) = channel();
    let target = server(move |_, stream| {
        let _ = sender.send(stream.peer_addr().unwrap());
    });
    let source: SocketAddr = "127.0.0.2:0".parse().unwrap();
    let port = unused_port().port();
    let from = Probe {
        source: Some(source.ip()),
        source_port: Some(port),
        ifname: Some("lo".into()),
        ..connect(target)
    };
    assert_eq!(probe(from), Outcome::Connected);
    let expected = SocketAddr::new(source.ip(), port);
    assert_eq!(peers.recv_timeout(LIMIT), Ok(expected));
}

#[test]
fn connect_refused_is_told() {
    let refused = failed(0, Failure::Connect, libc::ECONNREFUSED);
    assert_eq!(probe(connect(unused_port())), refused);
    assert_eq!(probe(get(unused_port(), &["/"])), refused);
}

#[test]
fn connect_from_nowhere_fails_locally() {
    let from = Probe {
        source: Some("192.0.2.1".parse().unwrap()),
        ..connect(unused_port())
    };
    let local = |errno| failed(0, Failure::Local, errno);
    assert_eq!(probe(from), local(libc::EADDRNOTAVAIL));
    let through = Probe {
        ifname: Some("nosuch0".into()),
        ..connect(unused_port())
    };
    assert_eq!(probe(through), local(libc::ENODEV));
}

#[test]
fn connect_to_a_full_backlog_times_out() {
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    full.bind(&any.into()).unwrap();
    full.listen(0).unwrap();
    let target = full.local_addr().unwrap().as_socket().unwrap();
    let _fills = TcpStream::connect(target).unwrap();
    let late = Probe {
        timeout: 50_000,
        ..connect(target)
    };
    let began = Instant::now();
    assert_eq!(probe(late), failed(0, Failure::ConnectTimeout, 0));
    assert!(began.elapsed().as_millis() >= 50);
}

#[test]
fn http_of_any_framing_is_digested() {
    for bytes in [
        b"HTTP/1.0 200 OK\r\n\r\nhello world".as_slice(),
        b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n",
    ] {
        let responses = vec![hello(200)];
        assert_eq!(answer(bytes), Outcome::Responses { responses });
    }
}

#[test]
fn http_that_is_none_is_malformed() {
    let malformed = |errno| failed(0, Failure::Malformed, errno);
    assert_eq!(answer(b"220 mail.example ESMTP\r\n"), malformed(0));
    let huge = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'x'; 20_000]].concat();
    assert_eq!(answer(huge.leak()), malformed(libc::EMSGSIZE));
}

#[test]
fn http_that_breaks_off_is_told() {
    let broken = failed(0, Failure::Read, 0);
    assert_eq!(answer(b""), broken);
    assert_eq!(answer(b"HTTP/1.1 200 OK\r\nCont"), broken);
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello";
    assert_eq!(answer(short), broken);
}

/// The connection is kept as long as the receiver of its end is.
fn silent_server(first: &'static [u8]) -> (SocketAddr, Receiver<TcpStream>) {
    let (sender, open) = channel();
    let target = server(move |_, mut stream| {
        stream.write_all(first).unwrap();
        let _ = sender.send(stream);
    });
    (target, open)
}

#[test]
fn http_without_an_answer_in_time_is_told() {
    for first in [
        b"".as_slice(),
        b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello",
    ] {
        let (target, _open) = silent_server(first);
        let late = Probe {
            timeout: 100_000,
            ..get(target, &["/"])
        };
        assert_eq!(probe(late), failed(0, Failure::ReadTimeout, 0));
    }
}

#[test]
fn http_that_comes_byte_by_byte_is_read() {
    let target = server(|_, mut stream| {
        request(&mut stream);
        stream.set_nodelay(true).unwrap();
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world" {
            stream.write_all(&[*byte]).unwrap();
            std::thread::yield_now();
        }
    });
    let responses = vec![hello(200)];
    assert_eq!(probe(get(target, &["/"])), Outcome::Responses { responses });
}

#[test]
fn http_body_of_megabytes_is_digested() {
    let target = server(|_, mut stream| {
        request(&mut stream);
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n").unwrap();
        for _ in 0..512 {
            stream.write_all(&[b'a'; 4096]).unwrap();
        }
    });
    // head -c 2097152 /dev/zero | tr '\0' a | md5sum
    let response = HttpResponse {
        status: 200,
        digest: "de89461b64701958984c95d1bfb0065a".into(),
        length: 2 << 20,
    };
    let responses = vec![response];
    assert_eq!(probe(get(target, &["/"])), Outcome::Responses { responses });
}

#[test]
fn http_requests_follow_one_another_on_connections_of_their_own() {
    let (sender, heads) = channel();
    let target = server(move |number, mut stream| {
        let head = request(&mut stream);
        sender.send((number, head)).unwrap();
        let status = 200 + number;
        let body = "Content-Length: 11\r\n\r\nhello world";
        write!(stream, "HTTP/1.1 {status} OK\r\n{body}").unwrap();
    });
    let responses = vec![hello(200), hello(201), hello(202)];
    let found = probe(get(target, &["/a", "/b", "/c"]));
    assert_eq!(found, Outcome::Responses { responses });
    let heads: Vec<_> = heads.try_iter().collect();
    let head = |path| format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let expected = [(0, head("/a")), (1, head("/b")), (2, head("/c"))];
    assert_eq!(heads, expected);
}

#[test]
fn http_ends_at_the_first_request_without_a_response() {
    let (sender, served) = channel();
    let target = server(move |number, mut stream| {
        request(&mut stream);
        sender.send(number).unwrap();
        if number == 0 {
            stream.write_all(b"HTTP/1.0 500 No\r\n\r\n").unwrap();
        }
    });
    let found = probe(get(target, &["/a", "/b", "/c"]));
    assert_eq!(found, failed(1, Failure::Read, 0));
    assert_eq!(served.try_iter().collect::<Vec<_>>(), [0, 1]);
}

/// A server that stops listening when the guard is dropped, and one that listens again there.
fn listen(address: Option<SocketAddr>) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    socket.bind(&address.unwrap_or(any).into()).unwrap();
    socket.listen(1024).unwrap();
    socket
}

fn count_of(thread: &ProbeThread, order: u32) -> Option<u64> {
    let mut counts = thread.counts().into_iter();
    counts.find(|one| one.order == order).map(|one| one.count)
}

fn wait_for_count(thread: &ProbeThread, order: u32, more_than: u64) {
    let began = Instant::now();
    while count_of(thread, order).unwrap() <= more_than {
        assert!(began.elapsed() < LIMIT, "the probe is not repeated");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn orders_count_what_is_expected_and_report_what_is_not() {
    let (sink, ear) = ear();
    let thread = ProbeThread::spawn(sink).unwrap();
    let server = listen(None);
    let target = server.local_addr().unwrap().as_socket().unwrap();
    let order = |seq, expect| Call::Probe {
        order: 3,
        seq,
        probe: connect(target),
        delay: 0,
        interval: 2_000,
        expect: Some(expect),
    };
    assert_eq!(
        ear.call(&thread, order(1, Outcome::Connected)),
        CallResult::Done
    );
    wait_for_count(&thread, 3, 3);
    assert_eq!(ear.events(), []);
    drop(server);
    let refused = failed(0, Failure::Connect, libc::ECONNREFUSED);
    assert_eq!(outcome(&ear, 3, 1), refused);
    // Replaced: what is expected now is counted, and the count goes on.
    let before = count_of(&thread, 3).unwrap();
    ear.call(&thread, order(2, refused.clone()));
    wait_for_count(&thread, 3, before);
    let server = listen(Some(target));
    assert_eq!(outcome(&ear, 3, 2), Outcome::Connected);
    drop(server);
    let unprobe = || Call::Unprobe { order: 3 };
    assert_eq!(ear.call(&thread, unprobe()), CallResult::Done);
    assert_eq!(ear.call(&thread, unprobe()), CallResult::Done);
    assert_eq!(thread.counts(), []);
}

#[test]
fn orders_start_after_their_delay_and_never_overlap() {
    let (sink, ear) = ear();
    let thread = ProbeThread::spawn(sink).unwrap();
    // Never answers: every probe takes its 30 ms, although one is due every 10 ms.
    let (target, open) = silent_server(b"");
    let began = Instant::now();
    let call = Call::Probe {
        order: 1,
        seq: 1,
        probe: Probe {
            timeout: 30_000,
            ..get(target, &["/"])
        },
        delay: 40_000,
        interval: 10_000,
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
    ear.call(&thread, Call::Unprobe { order: 2 });
    request(&mut second);
    assert_eq!(second.read(&mut [0; 8]).unwrap_or(0), 0);
    assert_eq!(ear.events(), []);
    let idle = OrderCount { order: 1, count: 0 };
    assert_eq!(thread.counts(), [idle]);
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
        let call = Call::Probe {
            order,
            seq: 1,
            probe: get(target, &["/"]),
            delay: u64::from(order) * 100,
            interval: 100_000,
            expect: Some(Outcome::Responses {
                responses: responses.clone(),
            }),
        };
        thread.submit(None, call);
    }
    ear.call(&thread, Call::Unprobe { order: 9999 });
    for order in 1..=300 {
        wait_for_count(&thread, order, 0);
    }
    assert_eq!(ear.events(), []);
}
