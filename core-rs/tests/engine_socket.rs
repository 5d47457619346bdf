//! The engine with real sockets, in a namespace of its own: `v0` sends, `v1` at the other end of
//! the cable hears.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{LIMIT, cable, in_namespace, is_inside, run};
use holdfast_core::engine::thread::{EngineThread, Will};
use holdfast_core::protocol::{Address, AddressOp, Channel, EngineCall, Expected, Tag, Template};
use holdfast_core::queue::Queue;
use std::net::Ipv4Addr;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);
const SOURCE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const MILLISECOND: u64 = 1_000;
/// Longer than any test takes: a lease that never lapses, a deadline that is never reached.
const NEVER: u64 = 1_000_000 * MILLISECOND;

/// PDU of a priority; its checksum is nobody's business here.
fn pdu(priority: u8) -> String {
    format!("2105{priority:02x}01010100000a0909090000000000000000")
}

fn advert(priority: u8) -> Template {
    Template {
        channel: Channel::Vrrp4,
        source: SOURCE.into(),
        destinations: vec![GROUP.into()],
        ttl: 255,
        hex: pdu(priority),
        checksum: None,
        seal: None,
    }
}

/// What was drained, as far as it matters.
#[derive(Debug, PartialEq)]
enum Heard {
    Json(String),
    /// Interface, source, destination, TTL, protocol, priority.
    Packet(u32, Ipv4Addr, Ipv4Addr, u8, u8, u8),
}

struct Lab {
    engine: EngineThread,
    queue: Queue,
    withdrawn: Receiver<Vec<AddressOp>>,
    heard: Vec<Heard>,
    id: u32,
    v0: u32,
    v1: u32,
}

impl Lab {
    fn new() -> Self {
        let (v0, v1) = cable();
        let queue = Queue::default();
        let (sender, withdrawn) = channel();
        let will = Will {
            withdraw: Box::new(move |ops| sender.send(ops).unwrap()),
            withdrawn: Box::new(|| {}),
            entrust: Box::new(|_, _| {}),
            take: Box::new(|_, _| {}),
            bridges: Box::new(|| false),
        };
        Self {
            engine: EngineThread::spawn(queue.clone(), will).unwrap(),
            queue,
            withdrawn,
            heard: Vec::new(),
            id: 0,
            v0,
            v1,
        }
    }

    /// Both ends listen.
    fn listening() -> Self {
        let mut lab = Self::new();
        assert_eq!(lab.call(lab.listen("v0", &[])), "done");
        assert_eq!(lab.call(lab.listen("v1", &[GROUP])), "done");
        assert_eq!(lab.call(lab.ear()), "done");
        lab
    }

    /// A watch that reports everything.
    fn ear(&self) -> EngineCall {
        let EngineCall::Watch {
            order,
            seq,
            ifindex,
            tags,
            ..
        } = self.watch(0, None, NEVER)
        else {
            unreachable!()
        };
        EngineCall::Watch {
            order,
            seq,
            ifindex,
            tags,
            verify: None,
            expect: None,
            hears: None,
            timeout: None,
            rearm: None,
        }
    }

    fn listen(&self, ifname: &str, groups: &[Ipv4Addr]) -> EngineCall {
        EngineCall::Listen {
            ifindex: if ifname == "v0" { self.v0 } else { self.v1 },
            ifname: ifname.into(),
            channels: vec![Channel::Vrrp4],
            groups: groups.iter().copied().map(Into::into).collect(),
            receive_buffer: None,
        }
    }

    fn transmit(&self, lease: u64) -> EngineCall {
        EngineCall::Transmit {
            order: 1,
            ifindex: self.v0,
            packets: vec![advert(100)],
            interval: 20 * MILLISECOND,
            immediately: true,
            lease,
            farewell: vec![advert(0)],
            withdraw: vec![vip(self.v0)],
            patience: None,
            keep: 0,
        }
    }

    fn watch(&self, seq: u32, timeout: Option<u64>, rearm: u64) -> EngineCall {
        EngineCall::Watch {
            order: 7,
            seq,
            ifindex: self.v1,
            tags: vec![Tag {
                channel: Channel::Vrrp4,
                at: 1,
                size: 1,
                value: 5,
            }],
            verify: None,
            expect: Some(Expected {
                source: SOURCE.into(),
                destination: GROUP.into(),
                ttl: 255,
                hex: pdu(100),
            }),
            hears: None,
            timeout,
            rearm: Some(rearm),
        }
    }

    /// The result of a call: its name, or the reply when it failed.
    fn call(&mut self, call: EngineCall) -> String {
        self.id += 1;
        let start = format!("{{\"id\":{},", self.id);
        self.engine.submit(self.id, call);
        let reply = self.until(|heard| match heard {
            Heard::Json(json) => json.strip_prefix(&start).map(str::to_owned),
            Heard::Packet(..) => None,
        });
        let name = reply.trim_start_matches("\"result\":\"").split('"').next();
        if name == Some("failed") {
            reply
        } else {
            name.unwrap().to_owned()
        }
    }

    /// Waits for something of which `wanted` makes something, and takes it from what was heard.
    fn until<T>(&mut self, wanted: impl Fn(&Heard) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            self.drain();
            let found = self.heard.iter().enumerate();
            let found = found.filter_map(|(at, heard)| Some((at, wanted(heard)?)));
            if let Some((at, found)) = { found }.next() {
                self.heard.remove(at);
                return found;
            }
            assert!(start.elapsed() < LIMIT, "in vain; heard {:?}", self.heard);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn event(&mut self, json: &str) {
        self.until(|heard| (*heard == Heard::Json(json.into())).then_some(()));
    }

    fn packet(&mut self, priority: u8) {
        let wanted = Heard::Packet(self.v1, SOURCE, GROUP, 255, 112, priority);
        self.until(|heard| (*heard == wanted).then_some(()));
    }

    fn send(&mut self, priority: u8) {
        let call = EngineCall::Send {
            order: 9,
            ifindex: self.v0,
            packets: vec![advert(priority)],
        };
        assert_eq!(self.call(call), "done");
    }

    /// Whether something was heard that nobody waited for.
    fn has(&self, wanted: impl Fn(&Heard) -> bool) -> bool {
        self.heard.iter().any(wanted)
    }

    fn drain(&mut self) {
        let mut out = vec![0; 262_144];
        let length = self.queue.drain(&mut out).unwrap();
        let mut rest = &out[..length];
        while let Some(next) = holdfast_core::record::first_len(rest) {
            let length = u32::from_ne_bytes(rest[..4].try_into().unwrap()) as usize;
            let payload = &rest[16..16 + length];
            self.heard.push(if rest[4] == 2 {
                let address = |at: usize| {
                    let octets: [u8; 4] = payload[at..at + 4].try_into().unwrap();
                    Ipv4Addr::from(octets)
                };
                let ifindex = u32::from_ne_bytes(payload[..4].try_into().unwrap());
                let (ttl, protocol, priority) = (payload[4], payload[5], payload[40 + 2]);
                Heard::Packet(ifindex, address(8), address(24), ttl, protocol, priority)
            } else {
                Heard::Json(String::from_utf8(payload.to_vec()).unwrap())
            });
            rest = &rest[next..];
        }
    }
}

fn is_packet(heard: &Heard) -> bool {
    matches!(heard, Heard::Packet(..))
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

/// A test whose body runs in a namespace.
macro_rules! test {
    ($outer:ident, $inner:ident, $body:block) => {
        #[test]
        fn $outer() {
            in_namespace(stringify!($inner));
        }

        #[test]
        #[ignore = "run in a namespace by the test above"]
        fn $inner() {
            if is_inside() $body
        }
    };
}

test!(
    listen_with_other_groups_joins_and_leaves,
    listen_with_other_groups_joins_and_leaves_inside,
    {
        let mut lab = Lab::new();
        assert_eq!(lab.call(lab.listen("v0", &[GROUP])), "done");
        assert_eq!(lab.call(lab.listen("v1", &[])), "done");
        let group =
            |name: &str| run(&format!("ip maddress show dev {name}")).contains("224.0.0.18");
        assert!(group("v0") && !group("v1"));
        assert_eq!(lab.call(lab.ear()), "done");
        lab.send(1);
        assert_eq!(lab.call(lab.listen("v1", &[GROUP])), "done");
        assert!(group("v1"));
        lab.send(2);
        lab.packet(2);
        let others = lab.has(is_packet);
        assert!(!others, "not the one before, and none of one's own at v0");
        assert_eq!(
            lab.call(lab.listen("v1", &[Ipv4Addr::new(224, 0, 0, 81)])),
            "done"
        );
        assert!(!group("v1"));
        lab.send(3);
        assert_eq!(lab.call(lab.listen("v1", &[GROUP])), "done");
        lab.send(4);
        lab.packet(4);
        assert!(!lab.has(is_packet));
        assert_eq!(lab.call(EngineCall::Unlisten { ifindex: lab.v1 }), "done");
        assert!(!group("v1"));
    }
);

test!(
    listen_on_no_interface_fails_with_errno,
    listen_on_no_interface_fails_with_errno_inside,
    {
        let mut lab = Lab::new();
        let call = EngineCall::Listen {
            ifindex: 99,
            ifname: "v9".into(),
            channels: vec![Channel::Vrrp4],
            groups: vec![GROUP.into()],
            receive_buffer: None,
        };
        let failure = lab.call(call);
        assert!(failure.contains("\"status\":7,\"errno\":19"), "{failure}");
        for call in [lab.transmit(NEVER), lab.watch(1, None, NEVER)] {
            let failure = lab.call(call);
            assert!(failure.contains("\"status\":8"), "{failure}");
        }
    }
);

test!(
    watch_is_rearmed_by_expected_adverts_until_they_end,
    watch_is_rearmed_by_expected_adverts_until_they_end_inside,
    {
        let mut lab = Lab::listening();
        // A machine under load may hold up the twentieth advert; only the first tick is awaited.
        assert_eq!(
            lab.call(lab.watch(3, Some(NEVER), 2_000 * MILLISECOND)),
            "done"
        );
        assert_eq!(lab.call(lab.transmit(NEVER)), "done");
        let counts = |lab: &mut Lab| {
            lab.id += 1;
            let start = format!("{{\"id\":{},", lab.id);
            lab.engine.submit(lab.id, EngineCall::Counters);
            lab.until(|heard| match heard {
                Heard::Json(json) if json.starts_with(&start) => Some(json.clone()),
                _ => None,
            })
        };
        let start = Instant::now();
        let seen = |json: &str| {
            let tail = json
                .split("\"watches\":[{\"order\":7,\"count\":")
                .nth(1)
                .unwrap();
            tail.split(',').next().unwrap().parse::<u32>().unwrap()
        };
        while seen(&counts(&mut lab)) < 10 {
            assert!(start.elapsed() < LIMIT, "no ten adverts");
        }
        assert!(!lab.has(is_packet), "expected ones are not reported");
        let cease = EngineCall::Cease {
            order: 1,
            farewell: true,
            handover: false,
        };
        assert_eq!(lab.call(cease), "done");
        lab.packet(0);
        lab.event(r#"{"event":"expired","order":7,"seq":3}"#);
        assert!(!lab.has(is_packet), "only the farewell");
        assert!(lab.withdrawn.try_recv().is_err(), "it was not a lapse");
    }
);

test!(
    lease_not_renewed_says_farewell_withdraws_and_reports,
    lease_not_renewed_says_farewell_withdraws_and_reports_inside,
    {
        let mut lab = Lab::listening();
        assert_eq!(lab.call(lab.transmit(200 * MILLISECOND)), "done");
        lab.packet(100);
        lab.packet(0);
        let address = Address {
            protocol: Some(18),
            ..vip(lab.v0)
        };
        let ops = lab.withdrawn.recv_timeout(LIMIT).unwrap();
        assert_eq!(ops, [AddressOp::Delete { address }]);
        lab.event(r#"{"event":"lapsed","order":1}"#);
        let after = lab.heard.len();
        lab.send(9);
        lab.packet(9);
        assert_eq!(lab.heard.len(), after, "nothing is transmitted any more");
    }
);

test!(
    engine_dropped_says_farewell_and_withdraws,
    engine_dropped_says_farewell_and_withdraws_inside,
    {
        let mut lab = Lab::listening();
        let other = EngineThread::spawn(Queue::default(), {
            let (sender, withdrawn) = channel();
            lab.withdrawn = withdrawn;
            Will {
                withdraw: Box::new(move |ops| sender.send(ops).unwrap()),
                withdrawn: Box::new(|| {}),
                entrust: Box::new(|_, _| {}),
                take: Box::new(|_, _| {}),
                bridges: Box::new(|| false),
            }
        })
        .unwrap();
        other.submit(1, lab.listen("v0", &[]));
        other.submit(2, lab.transmit(NEVER));
        lab.packet(100);
        drop(other);
        lab.packet(0);
        assert_eq!(lab.withdrawn.recv_timeout(LIMIT).unwrap().len(), 1);
    }
);

test!(
    transmission_that_fails_is_reported_once_and_goes_on,
    transmission_that_fails_is_reported_once_and_goes_on_inside,
    {
        let mut lab = Lab::listening();
        assert_eq!(lab.call(lab.transmit(NEVER)), "done");
        lab.packet(100);
        run("ip link set v0 down");
        let failed = |heard: &Heard| match heard {
            Heard::Json(json) => json.contains("send-failed"),
            Heard::Packet(..) => false,
        };
        // ENETDOWN or ENETUNREACH, by how far the kernel has got.
        let event = r#"{"event":"send-failed","order":1,"errno":10"#;
        lab.until(|heard| match heard {
            Heard::Json(json) => json.starts_with(event).then_some(()),
            Heard::Packet(..) => None,
        });
        // What was sent before is there already.
        lab.heard.retain(|heard| !is_packet(heard));
        run("ip link set v0 up");
        lab.packet(100);
        assert!(!lab.has(failed), "reported once");
    }
);

test!(
    unlisten_ends_orders_silently,
    unlisten_ends_orders_silently_inside,
    {
        let mut lab = Lab::listening();
        assert_eq!(lab.call(lab.transmit(300 * MILLISECOND)), "done");
        assert_eq!(
            lab.call(lab.watch(1, Some(300 * MILLISECOND), NEVER)),
            "done"
        );
        for ifindex in [lab.v0, lab.v1] {
            assert_eq!(lab.call(EngineCall::Unlisten { ifindex }), "done");
        }
        // A watch of twice the time, to have waited for those that must not come.
        assert_eq!(lab.call(lab.listen("v1", &[])), "done");
        assert_eq!(
            lab.call(lab.watch(2, Some(600 * MILLISECOND), NEVER)),
            "done"
        );
        lab.event(r#"{"event":"expired","order":7,"seq":2}"#);
        assert!(!lab.has(|heard| !is_packet(heard)), "{:?}", lab.heard);
        assert!(lab.withdrawn.try_recv().is_err());
    }
);
