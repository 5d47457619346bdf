//! The probe thread against servers of all sorts on the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::probing::*;
use common::{LIMIT, ear};
use holdfast_core::probe::ProbeThread;
use holdfast_core::protocol::{
    BodyEnd, CallResult, Exchange, Failure, HttpResponse, Outcome, Probe,
};
use socket2::{Domain, Socket, Type};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

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
    let malformed = failed(0, Failure::Malformed, 0);
    assert_eq!(answer(b"220 mail.example ESMTP\r\n"), malformed);
    let huge = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'x'; 20_000]].concat();
    assert_eq!(answer(huge.leak()), failed(0, Failure::HeadTooLong, 0));
}

#[test]
fn http_that_breaks_off_is_told() {
    let broken = failed(0, Failure::Read, 0);
    assert_eq!(answer(b""), broken);
    assert_eq!(answer(b"HTTP/1.1 200 OK\r\nCont"), broken);
    // The server has answered: what is left out is for whoever looks at the body.
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello";
    let response = HttpResponse {
        matched: None,
        digest: "5d41402abc4b2a76b9719d911017c592".into(),
        length: 5,
        end: BodyEnd::Cut,
        ..hello(200)
    };
    let responses = vec![response];
    assert_eq!(answer(short), Outcome::Responses { responses });
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

/// Writes a response byte by byte, one each 20 ms, for ever when it has no end.
fn dripping(bytes: impl Iterator<Item = u8> + Clone + Send + 'static) -> SocketAddr {
    server(move |_, mut stream| {
        request(&mut stream);
        stream.set_nodelay(true).unwrap();
        for byte in bytes.clone() {
            if stream.write_all(&[byte]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    })
}

#[test]
fn http_that_drips_for_longer_than_the_timeout_is_read_as_long_as_it_drips() {
    let text = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world";
    let slow = Probe {
        timeout: 900_000,
        ..get(dripping(text.iter().copied()), &["/"])
    };
    let began = Instant::now();
    let responses = vec![hello(200)];
    assert_eq!(probe(slow), Outcome::Responses { responses });
    assert!(began.elapsed() > Duration::from_micros(900_000));
}

#[test]
fn http_that_never_ends_has_a_limit() {
    let text = b"HTTP/1.1 200 OK\r\n\r\n".iter().copied();
    let mut endless = get(dripping(text.chain(std::iter::repeat(b'x'))), &["/"]);
    if let Exchange::Http { limit, .. } = &mut endless.exchange {
        *limit = 300_000;
    }
    assert_eq!(probe(endless), failed(0, Failure::ResponseTimeout, 0));
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
        matched: None,
        status: 200,
        digest: "de89461b64701958984c95d1bfb0065a".into(),
        length: 2 << 20,
        end: BodyEnd::Complete,
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
