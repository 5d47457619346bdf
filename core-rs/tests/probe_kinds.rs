//! SMTP, DNS, UDP and ICMP probes against servers on the loopback interface, over IPv4 and IPv6.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::ear;
use common::probing::*;
use holdfast_core::probe::ProbeThread;
use holdfast_core::protocol::{BytePattern, CallResult, Exchange, Failure, Outcome, Probe};
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};

const HOSTS: [&str; 2] = ["127.0.0.1", "::1"];

/// Long enough for an error to come back over the loopback interface, µs.
const SHORT: u64 = 150_000;

fn ip(host: &str) -> IpAddr {
    host.parse().unwrap()
}

/// Carries out one probe.
fn probe(probe: Probe) -> Outcome {
    let (sink, ear) = ear();
    let thread = ProbeThread::spawn(sink).unwrap();
    assert_eq!(ear.call(&thread, once(7, probe)), CallResult::Done);
    outcome(&ear, 7, 70)
}

fn of(target: SocketAddr, exchange: Exchange) -> Probe {
    Probe {
        exchange,
        ..connect(target)
    }
}

/// A UDP server that answers each datagram with these, in order.
fn answering(host: &str, answer: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind((ip(host), 0)).unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        while let Ok((count, from)) = socket.recv_from(&mut buffer) {
            for message in answer(&buffer[..count]) {
                socket.send_to(&message, from).unwrap();
            }
        }
    });
    address
}

/// A port where nobody hears: a socket holds it, for as long as this process lives, that hears of another only.
fn unused_udp_port(host: &str) -> SocketAddr {
    let socket = UdpSocket::bind((ip(host), 0)).unwrap();
    socket.connect((ip(host), 9)).unwrap();
    let address = socket.local_addr().unwrap();
    std::mem::forget(socket);
    address
}

/// An SMTP server that says these lines, each when it was spoken to; gives what it heard.
fn mail_server(host: &str, lines: &'static [&'static str]) -> SocketAddr {
    let listener = TcpListener::bind((ip(host), 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut heard = BufReader::new(stream.try_clone().unwrap());
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                let mut said = String::new();
                heard.read_line(&mut said).unwrap();
                let expected = ["HELO probe.example\r\n", "QUIT\r\n"][index - 1];
                assert_eq!(said, expected);
            }
            stream.write_all(line.as_bytes()).unwrap();
        }
    });
    address
}

fn smtp() -> Exchange {
    Exchange::Smtp {
        hello: "HELO probe.example\r\n".into(),
        limit: LONG,
    }
}

#[test]
fn smtp_is_held_to_its_end_and_the_codes_told() {
    let lines: &[&str] = &["220-a\r\n220 b\r\n", "250 c\r\n", "221 d\r\n"];
    for host in HOSTS {
        let codes = vec![220, 250, 221];
        let told = probe(of(mail_server(host, lines), smtp()));
        assert_eq!(told, Outcome::Replies { codes });
    }
}

#[test]
fn smtp_ends_at_a_refusal_and_when_the_server_hangs_up_on_quit() {
    for (lines, codes) in [
        (&["554 no\r\n"] as &[&str], vec![554]),
        (&["220 a\r\n", "502 b\r\n"], vec![220, 502]),
        (&["220 a\r\n", "250 b\r\n"], vec![220, 250]),
    ] {
        let told = probe(of(mail_server("127.0.0.1", lines), smtp()));
        assert_eq!(told, Outcome::Replies { codes });
    }
    let gone = probe(of(mail_server("127.0.0.1", &["220 a\r\n"]), smtp()));
    // It may be gone before it has read what was said.
    let Outcome::Failed { failure, .. } = gone else {
        panic!("{gone:?}");
    };
    assert_eq!(failure, Failure::Read);
    let banner = probe(of(mail_server("127.0.0.1", &["SSH-2.0-x\r\n"]), smtp()));
    assert_eq!(banner, failed(0, Failure::Malformed, 0));
}

/// SOA of `a`.
const QUERY: &str = "00000100000100000000000001610000060001";

fn dns() -> Exchange {
    Exchange::Dns { hex: QUERY.into() }
}

#[test]
fn dns_tells_the_code_of_the_right_answer_only() {
    for host in HOSTS {
        let target = answering(host, |query| {
            let mut answer = query.to_vec();
            answer[2] |= 0x80;
            answer[3] = 3;
            let mut other = answer.clone();
            other[0] ^= 0xff;
            let mut wrong = answer.clone();
            wrong[13] = b'b';
            vec![b"short".to_vec(), other, wrong, query.to_vec(), answer]
        });
        assert_eq!(probe(of(target, dns())), Outcome::Answer { code: 3 });
    }
}

#[test]
fn dns_unanswered_is_late_and_refused_by_icmp_is_told() {
    let silent = answering("127.0.0.1", |_| Vec::new());
    let late = Probe {
        timeout: SHORT,
        ..of(silent, dns())
    };
    assert_eq!(probe(late), failed(0, Failure::ReadTimeout, 0));
    for host in HOSTS {
        let unused = unused_udp_port(host);
        let refused = failed(0, Failure::Read, libc::ECONNREFUSED);
        assert_eq!(probe(of(unused, dns())), refused);
    }
}

fn datagram(pattern: Option<(&str, &str)>) -> Exchange {
    Exchange::Datagram {
        hex: "6869".into(),
        pattern: pattern.map(|(hex, mask)| BytePattern {
            hex: hex.into(),
            mask: mask.into(),
        }),
    }
}

#[test]
fn datagram_tells_what_came_back_and_silence() {
    for host in HOSTS {
        let echo = |matches| Outcome::Datagram { length: 2, matches };
        let target = answering(host, |said| vec![said.to_vec()]);
        assert_eq!(probe(of(target, datagram(None))), echo(true));
        let good = datagram(Some(("6060", "f0f0")));
        assert_eq!(probe(of(target, good)), echo(true));
        let bad = datagram(Some(("6160", "fff0")));
        assert_eq!(probe(of(target, bad)), echo(false));
        let silent = answering(host, |_| Vec::new());
        let waits = Probe {
            timeout: SHORT,
            ..of(silent, datagram(None))
        };
        assert_eq!(probe(waits), Outcome::Silent);
        let unused = unused_udp_port(host);
        let refused = failed(0, Failure::Read, libc::ECONNREFUSED);
        assert_eq!(probe(of(unused, datagram(None))), refused);
    }
}

#[test]
fn datagram_of_nothing_is_sent() {
    let target = answering("127.0.0.1", |said| vec![vec![0; said.len()]]);
    let empty = Exchange::Datagram {
        hex: String::new(),
        pattern: None,
    };
    let back = Outcome::Datagram {
        length: 0,
        matches: true,
    };
    assert_eq!(probe(of(target, empty)), back);
}

/// Needs the privilege to open ICMP sockets, as tests of raw sockets do.
#[test]
fn ping_is_answered_by_who_is_there_and_told_of_who_is_not() {
    for (host, port) in [("127.0.0.1", 0), ("::1", 80)] {
        let target = SocketAddr::new(ip(host), port);
        match probe(of(target, Exchange::Ping)) {
            Outcome::Echoed => {}
            Outcome::Failed {
                failure: Failure::Local,
                errno: libc::EPERM,
                ..
            } => eprintln!("skipped: no privilege"),
            other => panic!("{other:?}"),
        }
    }
}
