//! The engine after a time in which it did not run: real sockets, in which everything waits that came
//! meanwhile, and a clock that is set. `v0` is the peer, `v1` is ours.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{LIMIT, cable, in_namespace, is_inside};
use holdfast_core::engine::obey::Posted;
use holdfast_core::engine::outgoing::Outgoing;
use holdfast_core::engine::turn::Engine;
use holdfast_core::protocol::{
    Address, AddressOp, Announcement, Awaited, Channel, EngineCall, Expected, Tag, Template,
};
use holdfast_core::queue::Queue;
use holdfast_core::socket::vrrp::VrrpSocket;
use holdfast_core::sys::epoll::Epoll;
use std::net::Ipv4Addr;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);
const S: u64 = 1_000_000;
/// When everything begins on the clock that is set.
const START: u64 = 1_000 * S;
const LEASE: u64 = 10 * S;

fn pdu(vrid: u8, priority: u8) -> String {
    format!("21{vrid:02x}{priority:02x}01010100000a0909090000000000000000")
}

/// From 10.0.0.1, the peer, or 10.0.0.2.
fn advert(host: u8, vrid: u8, priority: u8) -> Template {
    Template {
        channel: Channel::Vrrp4,
        source: Ipv4Addr::new(10, 0, 0, host).into(),
        destinations: vec![GROUP.into()],
        ttl: 255,
        hex: pdu(vrid, priority),
        checksum: None,
        seal: None,
    }
}

fn tag(vrid: u8) -> Tag {
    Tag {
        channel: Channel::Vrrp4,
        at: 1,
        size: 1,
        value: vrid.into(),
    }
}

struct Lab {
    engine: Engine,
    queue: Queue,
    epoll: Epoll,
    peer: VrrpSocket,
    /// Receives what our end does.
    witness: VrrpSocket,
    withdrawn: Receiver<Vec<AddressOp>>,
    taken: Receiver<(Vec<AddressOp>, Vec<Announcement>)>,
    v1: u32,
}

impl Lab {
    fn new() -> Self {
        let (v0, v1) = cable();
        let queue = Queue::default();
        let (sender, withdrawn) = channel();
        let withdraw = Box::new(move |ops| sender.send(ops).unwrap());
        let (taker, taken) = channel();
        let take = Box::new(move |ops, places| taker.send((ops, places)).unwrap());
        let socket = |ifindex, ifname| {
            let mut socket = VrrpSocket::open(ifindex, ifname, Channel::Vrrp4).unwrap();
            socket.set_groups(&[GROUP.into()]).unwrap();
            socket
        };
        let mut lab = Self {
            engine: Engine::new(queue.clone(), withdraw, Box::new(|_, _| {}), take),
            queue,
            epoll: Epoll::new().unwrap(),
            peer: socket(v0, "v0"),
            witness: socket(v1, "v1"),
            withdrawn,
            taken,
            v1,
        };
        let listen = EngineCall::Listen {
            ifindex: v1,
            ifname: "v1".into(),
            channels: vec![Channel::Vrrp4],
            groups: vec![GROUP.into()],
            receive_buffer: Some(1 << 20),
        };
        lab.call(listen, START, START);
        lab
    }

    fn call(&mut self, call: EngineCall, posted: u64, now: u64) {
        let posted = Posted {
            id: 1,
            call,
            at: posted,
        };
        self.engine.obey(posted, &self.epoll, now);
    }

    fn watch(&mut self, order: u32, vrid: u8) {
        let watch = EngineCall::Watch {
            order,
            seq: 1,
            ifindex: self.v1,
            tags: vec![tag(vrid)],
            verify: None,
            expect: Some(Expected {
                source: Ipv4Addr::new(10, 0, 0, 1).into(),
                destination: GROUP.into(),
                ttl: 255,
                hex: pdu(vrid, 100),
            }),
            hears: None,
            timeout: Some(3 * S),
            rearm: Some(3 * S),
        };
        self.call(watch, START, START);
    }

    /// Ours hears what others say as master.
    fn transmit(&mut self, posted: u64, now: u64) {
        let ifindex = self.v1;
        let watch = EngineCall::Watch {
            order: 1,
            seq: 2,
            ifindex,
            tags: vec![tag(5)],
            verify: None,
            expect: None,
            hears: None,
            timeout: None,
            rearm: None,
        };
        self.call(watch, posted, now);
        let transmit = EngineCall::Transmit {
            order: 1,
            ifindex,
            packets: vec![advert(2, 5, 150)],
            interval: S,
            immediately: true,
            lease: LEASE,
            farewell: vec![advert(2, 5, 0)],
            withdraw: vec![vip(ifindex)],
            patience: None,
            keep: 0,
        };
        self.call(transmit, posted, now);
    }

    /// What is to be done when the watches of virtual routers have expired, of which each is an order
    /// of its own.
    fn prepare(&mut self, vrids: &[u8]) {
        let ifindex = self.v1;
        let transmit = |vrid: &u8| EngineCall::Transmit {
            order: (*vrid).into(),
            ifindex,
            packets: vec![advert(2, *vrid, 150)],
            interval: S,
            immediately: true,
            lease: LEASE,
            farewell: vec![advert(2, *vrid, 0)],
            withdraw: vec![vip(ifindex)],
            patience: None,
            keep: 0,
        };
        let prepare = EngineCall::Prepare {
            watches: vrids
                .iter()
                .map(|vrid| Awaited {
                    order: (*vrid).into(),
                    seq: 1,
                })
                .collect(),
            calls: vrids.iter().map(transmit).collect(),
            ops: vec![AddressOp::Add {
                address: vip(ifindex),
            }],
            places: vec![Announcement {
                ifindex,
                addresses: vec![Ipv4Addr::new(10, 9, 9, 9).into()],
                repeat: 5,
                arp_pace: None,
                na_pace: None,
            }],
        };
        self.call(prepare, START, START);
    }

    fn send(&self, vrid: u8, priority: u8) {
        let packets = Outgoing::compose_all(&[advert(1, vrid, priority)], 1).unwrap();
        self.peer.send(&packets, |result| result.unwrap());
    }

    /// Waits until so many packets of the peer have arrived at our end.
    fn arrived(&self, count: usize) {
        assert_eq!(received(&self.witness, count).len(), count);
    }

    /// Priorities of what the peer receives, at least so many.
    fn heard_by_peer(&self, count: usize) -> Vec<u8> {
        received(&self.peer, count)
    }

    /// Everything that is to be drained, one JSON or `packet` a line.
    fn drained(&self) -> Vec<String> {
        let mut out = vec![0; 1 << 20];
        let mut texts = Vec::new();
        loop {
            let length = self.queue.drain(&mut out).unwrap();
            if length == 0 {
                return texts;
            }
            let mut rest = &out[..length];
            while let Some(next) = holdfast_core::record::first_len(rest) {
                let bytes = u32::from_ne_bytes(rest[..4].try_into().unwrap()) as usize;
                let json = || String::from_utf8(rest[16..16 + bytes].to_vec()).unwrap();
                texts.push(if rest[4] == 2 {
                    "packet".into()
                } else {
                    json()
                });
                rest = &rest[next..];
            }
        }
    }

    fn events(&self) -> Vec<String> {
        let events = self.drained().into_iter();
        events.filter(|text| text.contains("\"event\"")).collect()
    }
}

/// Priorities of the packets on a socket: waits for so many, then takes what else there is.
fn received(socket: &VrrpSocket, count: usize) -> Vec<u8> {
    let (start, mut seen, mut buffer) = (Instant::now(), Vec::new(), [0; 1_500]);
    loop {
        while let Some(packet) = socket.receive(&mut buffer) {
            seen.push(packet.payload[2]);
        }
        if seen.len() >= count {
            return seen;
        }
        assert!(start.elapsed() < LIMIT, "only {seen:?} arrived");
        std::thread::yield_now();
    }
}

fn vip(ifindex: u32) -> Address {
    Address {
        ifindex,
        address: Ipv4Addr::new(10, 9, 9, 9).into(),
        prefix_length: 32,
        label: None,
        scope: 0,
        broadcast: None,
        peer: None,
        flags: 0,
        preferred_lifetime: None,
        protocol: None,
        secondary: false,
        tentative: false,
    }
}

#[test]
fn engine_held_up_hears_all_adverts_that_wait_before_anything_expires() {
    in_namespace("adverts_that_wait");
}

/// 40 virtual routers, 5 s: far more packets than are taken at once otherwise.
#[test]
#[ignore = "runs in a namespace"]
fn adverts_that_wait() {
    if !is_inside() {
        return;
    }
    let mut lab = Lab::new();
    for vrid in 1..=40 {
        lab.watch(vrid.into(), vrid);
    }
    for _ in 0..5 {
        (1..=40).for_each(|vrid| lab.send(vrid, 100));
    }
    lab.arrived(200);
    lab.engine.advance(START + 5 * S);
    assert_eq!(lab.events(), [] as [&str; 0]);
    assert_eq!(lab.engine.next_deadline(), Some(START + 8 * S));
    lab.engine.advance(START + 8 * S);
    assert_eq!(lab.events().len(), 40, "from now on there is silence");
}

#[test]
fn engine_takes_over_as_was_prepared_and_tells_of_it() {
    in_namespace("takeover");
}

#[test]
#[ignore = "runs in a namespace"]
fn takeover() {
    if !is_inside() {
        return;
    }
    let mut lab = Lab::new();
    lab.watch(5, 5);
    lab.prepare(&[5]);
    lab.engine.advance(START + 3 * S - 1);
    assert!(lab.taken.try_recv().is_err());
    lab.engine.advance(START + 3 * S);
    assert_eq!(lab.heard_by_peer(1), [150]);
    let (ops, places) = lab.taken.try_recv().unwrap();
    assert_eq!((ops.len(), places.len()), (1, 1));
    let events = lab.events();
    assert_eq!(events.len(), 1);
    let told = r#"{"event":"taken-over","watches":[{"order":5,"seq":1}],"orders":[5],"ops":["#;
    assert!(events[0].starts_with(told), "{}", events[0]);
    lab.engine.advance(START + 4 * S);
    assert_eq!(lab.heard_by_peer(1), [150], "and goes on");
    lab.engine.advance(START + 13 * S);
    assert_eq!(lab.withdrawn.try_iter().count(), 1, "its lease is as any");
}

#[test]
fn engine_takes_over_for_several_when_the_last_has_expired() {
    in_namespace("takeover_together");
}

#[test]
#[ignore = "runs in a namespace"]
fn takeover_together() {
    if !is_inside() {
        return;
    }
    let mut lab = Lab::new();
    lab.watch(5, 5);
    lab.watch(6, 6);
    lab.prepare(&[5, 6]);
    // The master of one of them speaks once more.
    lab.send(6, 100);
    lab.arrived(1);
    lab.engine.advance(START + 3 * S);
    assert_eq!(
        lab.events(),
        [r#"{"event":"expired","order":5,"seq":1}"#],
        "only one is silent"
    );
    lab.engine.advance(START + 6 * S);
    assert_eq!(lab.heard_by_peer(2), [150, 150]);
    let events = lab.events();
    assert!(events[0].contains(r#""orders":[5,6]"#), "{}", events[0]);
    assert_eq!(lab.taken.try_iter().count(), 1);
}

#[test]
fn engine_that_was_told_something_leaves_it_to_whoever_decides() {
    in_namespace("takeover_taken_back");
}

#[test]
#[ignore = "runs in a namespace"]
fn takeover_taken_back() {
    if !is_inside() {
        return;
    }
    let expired = [r#"{"event":"expired","order":5,"seq":1}"#];
    // By an advert that is not the one expected: what follows from it is not decided yet.
    let mut lab = Lab::new();
    lab.watch(5, 5);
    lab.prepare(&[5]);
    lab.send(5, 90);
    lab.arrived(1);
    lab.engine.advance(START + 3 * S);
    assert_eq!(lab.events(), expired);
    assert!(lab.taken.try_recv().is_err());

    // What was decided before it was heard does not count either.
    lab.watch(5, 5);
    lab.send(5, 91);
    lab.arrived(1);
    lab.engine.receive(u64::from(lab.v1), START);
    lab.prepare(&[5]);
    lab.engine.advance(START + 3 * S);
    assert_eq!(lab.events(), expired);
    lab.watch(5, 5);
    lab.prepare(&[5]);
    assert_eq!(lab.events(), [] as [&str; 0]);
    lab.engine.advance(START + 3 * S);
    assert_eq!(lab.taken.try_iter().count(), 1, "all was heard");

    // By another order, by a call for it, and by the end.
    for withheld in [
        EngineCall::Withhold { order: 6 },
        EngineCall::Cease {
            order: 6,
            farewell: false,
            handover: false,
        },
    ] {
        lab.watch(6, 6);
        lab.prepare(&[6]);
        lab.call(withheld, START, START);
        lab.engine.advance(START + 3 * S);
        assert!(lab.taken.try_recv().is_err());
    }
    lab.watch(6, 6);
    lab.prepare(&[6]);
    lab.engine.lapse(START + 3 * S);
    assert!(lab.taken.try_recv().is_err());
}

#[test]
fn engine_held_up_with_silent_peers_listens_before_anything_expires() {
    in_namespace("silence_unheard");
}

#[test]
#[ignore = "runs in a namespace"]
fn silence_unheard() {
    if !is_inside() {
        return;
    }
    let mut lab = Lab::new();
    lab.watch(1, 5);
    lab.engine.advance(START + 5 * S);
    assert_eq!(lab.events(), [] as [&str; 0], "both may have stood still");
    lab.engine.advance(START + 7 * S);
    assert_eq!(lab.events(), [r#"{"event":"expired","order":1,"seq":1}"#]);
}

#[test]
fn master_held_up_for_longer_than_its_lease_leaves_in_silence_when_another_speaks() {
    in_namespace("lapse_contested");
}

#[test]
#[ignore = "runs in a namespace"]
fn lapse_contested() {
    if !is_inside() {
        return;
    }
    let mut lab = Lab::new();
    lab.transmit(START, START);
    lab.engine.advance(START);
    for _ in 0..100 {
        lab.send(5, 100);
    }
    lab.arrived(100);
    let back = START + 20 * S;
    // What whoever wakes up asks for first, not knowing that the lease has ended.
    lab.call(EngineCall::Renew, back, back);
    lab.transmit(back, back);
    lab.engine.advance(back);
    assert_eq!(lab.heard_by_peer(1), [150], "neither advert nor farewell");
    assert_eq!(lab.withdrawn.try_iter().count(), 1);
    lab.transmit(back + 1, back + 1);
    let drained = lab.drained();
    let lapsed = r#"{"event":"lapsed","order":1}"#;
    assert_eq!(drained[0], lapsed, "before the packets that came before it");
    assert_eq!(drained.iter().filter(|text| *text == "packet").count(), 100);
    let refused = |text: &&String| text.contains(r#""status":14"#);
    assert_eq!(drained.iter().filter(refused).count(), 2);
    assert_eq!(lab.engine.next_deadline(), None);

    let told = holdfast_core::sys::clock::now() + S;
    lab.transmit(told, told);
    lab.engine.advance(told);
    assert_eq!(
        lab.heard_by_peer(1),
        [150],
        "knowing of it, it may begin anew"
    );
}

#[test]
fn master_held_up_alone_says_farewell_and_a_renewal_that_waited_counts() {
    in_namespace("lapse_alone");
}

#[test]
#[ignore = "runs in a namespace"]
fn lapse_alone() {
    if !is_inside() {
        return;
    }
    let mut lab = Lab::new();
    lab.transmit(START, START);
    lab.engine.advance(START);
    let back = START + 12 * S;
    assert!(lab.engine.may_lapse(back), "all calls that wait come first");
    lab.call(EngineCall::Renew, START + 9 * S, back);
    lab.engine.advance(back);
    assert_eq!(lab.heard_by_peer(2), [150, 150]);
    lab.engine.advance(START + 30 * S);
    assert_eq!(lab.heard_by_peer(1), [0]);
}
