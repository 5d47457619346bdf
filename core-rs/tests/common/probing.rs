//! Probes and the servers they meet, for the tests of the probe thread.

use super::Listener;
use holdfast_core::protocol::{
    BodyEnd, Event, Exchange, Failure, HttpRequest, HttpResponse, Outcome, Probe, ProbeOp,
};
use socket2::{Domain, Socket, Type};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;

/// Long enough never to be reached, µs.
pub const LONG: u64 = 60_000_000;

/// Every connection, one after another, is handed to `serve` with its number.
pub fn server(mut serve: impl FnMut(usize, TcpStream) + Send + 'static) -> SocketAddr {
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
pub fn request(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        head.extend_from_slice(&byte);
    }
    String::from_utf8(head).unwrap()
}

pub fn connect(target: SocketAddr) -> Probe {
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

pub fn get(target: SocketAddr, paths: &[&str]) -> Probe {
    let head = |path: &&str| HttpRequest {
        head: format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"),
        server_name: None,
        close_notify: false,
        pattern: None,
    };
    Probe {
        exchange: Exchange::Http {
            requests: paths.iter().map(head).collect(),
            limit: LONG,
            tls: None,
        },
        ..connect(target)
    }
}

pub fn once(order: u32, probe: Probe) -> ProbeOp {
    ProbeOp::Probe {
        order,
        seq: order * 10,
        probe: Box::new(probe),
        delay: 0,
        interval: 0,
        jitter: None,
        expect: None,
    }
}

/// Waits for the outcome of an order with this `seq`.
pub fn outcome(ear: &Listener, order: u32, seq: u32) -> Outcome {
    ear.event(|event| match event {
        Event::Outcome {
            order: number,
            seq: given,
            outcome,
        } if (*number, *given) == (order, seq) => Some(outcome.clone()),
        _ => None,
    })
}

pub fn failed(request: u32, failure: Failure, errno: i32) -> Outcome {
    Outcome::Failed {
        request,
        failure,
        errno,
    }
}

pub fn hello(status: u16) -> HttpResponse {
    HttpResponse {
        status,
        digest: "5eb63bbbe01eeed093cb22bb8f5acdc3".into(),
        length: 11,
        end: BodyEnd::Complete,
        matched: None,
    }
}

/// A port that refuses connections for as long as this process lives: bound, so that no other test is given it,
/// and never listened on.
pub fn unused_port() -> SocketAddr {
    let reserved = Reserved::new();
    let address = reserved.address();
    std::mem::forget(reserved);
    address
}

/// A server that accepts whoever comes, closes it, and is gone with the guard: then connections are refused, and one
/// that was being accepted meanwhile is reset.
pub struct Open {
    listener: Arc<Socket>,
    ended: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

/// A port of one test, also while nobody listens there: no other socket is given it.
pub struct Reserved(Socket);

impl Reserved {
    pub fn new() -> Self {
        Self(bound("127.0.0.1:0".parse().unwrap()))
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap().as_socket().unwrap()
    }

    /// Listens there.
    pub fn open(&self) -> Open {
        let listener = Arc::new(bound(self.address()));
        listener.listen(1024).unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let (accepts, ends) = (listener.clone(), ended.clone());
        let accepting = std::thread::spawn(move || {
            // What is never accepted fills the backlog, and who comes then waits.
            while !ends.load(Ordering::SeqCst) {
                drop(accepts.accept());
            }
        });
        Open {
            listener,
            ended,
            accepting: Some(accepting),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Ends the wait for somebody.
        self.listener.shutdown(Shutdown::Both).unwrap();
        self.accepting.take().unwrap().join().unwrap();
    }
}

fn bound(address: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&address.into()).unwrap();
    socket
}

/// Whether this says that nobody listens: a connection that the end of the listener met on its way is reset instead
/// of refused.
pub fn is_gone(outcome: &Outcome) -> bool {
    let gone = [libc::ECONNREFUSED, libc::ECONNRESET];
    gone.iter()
        .any(|errno| *outcome == failed(0, Failure::Connect, *errno))
}

/// The connection is kept as long as the receiver of its end is.
pub fn silent_server(first: &'static [u8]) -> (SocketAddr, Receiver<TcpStream>) {
    let (sender, open) = channel();
    let target = server(move |_, mut stream| {
        stream.write_all(first).unwrap();
        let _ = sender.send(stream);
    });
    (target, open)
}
