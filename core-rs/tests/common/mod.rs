//! A sink that hands everything to the test, and namespaces to run tests in.

#![allow(dead_code)] // Each test uses its part.

pub mod probing;

use holdfast_core::asked::Asked;
use holdfast_core::child::ChildThread;
use holdfast_core::netlink::KernelHandle;
use holdfast_core::probe::ProbeThread;
use holdfast_core::protocol::{
    CallResult, ChildCall, Event, IpvsCall, KernelCall, ProbeCall, ProbeOp,
};
use holdfast_core::sink::Sink;
use std::cell::Cell;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Longest wait for anything; never reached when all is well.
pub const LIMIT: Duration = Duration::from_secs(60);

/// What a core thread left.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A reply.
    Reply(u32, CallResult),
    /// An event.
    Event(Event),
}

/// Hands over everything through a channel.
#[derive(Clone)]
pub struct Ear(Sender<Heard>);

impl Sink for Ear {
    fn reply(&self, id: u32, result: CallResult) {
        let _ = self.0.send(Heard::Reply(id, result));
    }
    fn event(&self, event: Event) {
        let _ = self.0.send(Heard::Event(event));
    }
}

/// A thread that takes calls of a kind.
pub trait Obeys<C> {
    /// Queues a call.
    fn submit(&self, id: Option<u32>, call: C);
}

impl Obeys<KernelCall> for KernelHandle {
    fn submit(&self, id: Option<u32>, call: KernelCall) {
        KernelHandle::submit(self, id, call);
    }
}

impl Obeys<IpvsCall> for KernelHandle {
    fn submit(&self, id: Option<u32>, call: IpvsCall) {
        self.ask_ipvs(Asked::Said(id, call));
    }
}

impl Obeys<ChildCall> for ChildThread {
    fn submit(&self, id: Option<u32>, call: ChildCall) {
        ChildThread::submit(self, id, call);
    }
}

impl Obeys<ProbeCall> for ProbeThread {
    fn submit(&self, id: Option<u32>, call: ProbeCall) {
        ProbeThread::submit(self, id, call);
    }
}

impl Obeys<ProbeOp> for ProbeThread {
    fn submit(&self, id: Option<u32>, op: ProbeOp) {
        ProbeThread::submit(self, id, ProbeCall::Probes { ops: vec![op] });
    }
}

/// The other end.
pub struct Listener {
    heard: Receiver<Heard>,
    next: Cell<u32>,
    /// Events that came while a reply was awaited.
    early: std::cell::RefCell<Vec<Event>>,
}

/// A sink and the other end of it.
pub fn ear() -> (Ear, Listener) {
    let (sender, heard) = channel();
    let listener = Listener {
        heard,
        next: Cell::new(1),
        early: Default::default(),
    };
    (Ear(sender), listener)
}

impl Listener {
    /// Submits a call and waits for its reply.
    pub fn call<C>(&self, thread: &impl Obeys<C>, call: C) -> CallResult {
        let id = self.next.get();
        self.next.set(id + 1);
        thread.submit(Some(id), call);
        loop {
            match self.heard.recv_timeout(LIMIT).expect("no reply") {
                Heard::Reply(number, result) => {
                    assert_eq!(number, id, "replies are in the order of the calls");
                    return result;
                }
                Heard::Event(event) => self.early.borrow_mut().push(event),
            }
        }
    }

    /// Waits for an event of which `wanted` makes something; other events are passed over.
    pub fn event<T>(&self, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        let deadline = Instant::now() + LIMIT;
        {
            let mut early = self.early.borrow_mut();
            while !early.is_empty() {
                if let Some(found) = wanted(&early.remove(0)) {
                    return found;
                }
            }
        }
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.heard.recv_timeout(left).expect("no such event") {
                Heard::Event(event) => {
                    if let Some(found) = wanted(&event) {
                        return found;
                    }
                }
                Heard::Reply(id, result) => panic!("unexpected reply {id}: {result:?}"),
            }
        }
    }

    /// Everything that has come by now.
    pub fn events(&self) -> Vec<Event> {
        let mut events: Vec<_> = self.early.borrow_mut().drain(..).collect();
        events.extend(self.heard.try_iter().filter_map(|heard| match heard {
            Heard::Event(event) => Some(event),
            Heard::Reply(..) => None,
        }));
        events
    }
}

/// Set inside the namespaces, so that `--include-ignored` does not touch the machine itself.
const INSIDE: &str = "HOLDFAST_TEST_NAMESPACE";

/// Whether this test runs where [`in_namespace`] put it; says so when not.
pub fn is_inside() -> bool {
    let inside = std::env::var_os(INSIDE).is_some();
    if !inside {
        println!("skipped: runs in a namespace of its own only");
    }
    inside
}

/// Runs the ignored test `name` of this binary in new user and network namespaces. Says why not
/// when namespaces cannot be made here.
pub fn in_namespace(name: &str) {
    // As root a user namespace is not needed, and perhaps not allowed.
    let possible = |flags: &str| Command::new("unshare").args([flags, "true"]).output();
    let mut why = String::new();
    let allowed = ["-Urn", "-n"]
        .into_iter()
        .find(|flags| match possible(flags) {
            Ok(output) => {
                why = String::from_utf8_lossy(&output.stderr).into_owned();
                output.status.success()
            }
            Err(error) => {
                why = error.to_string();
                false
            }
        });
    let Some(flags) = allowed else {
        return println!("skipped {name}: cannot make namespaces: {why}");
    };
    let status = Command::new("unshare")
        .arg(flags)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env(INSIDE, "1")
        .status();
    assert!(status.unwrap().success(), "{name} failed in its namespace");
}

/// Runs a command that must succeed; its words are separated by spaces.
pub fn run(line: &str) -> String {
    let mut words = line.split_whitespace();
    let output = Command::new(words.next().unwrap())
        .args(words)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{line}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{line}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// A cable within the namespace: `v0` has 10.0.0.1, `v1` at the other end 10.0.0.2; their indexes.
pub fn cable() -> (u32, u32) {
    run("ip link add v0 type veth peer name v1");
    run("ip address add 10.0.0.1/24 dev v0");
    run("ip address add 10.0.0.2/24 dev v1");
    // Both ends are in one namespace: what comes from an own address is not to be refused.
    for name in ["all", "v0", "v1"] {
        let conf = format!("net.ipv4.conf.{name}");
        run(&format!(
            "sysctl -qw {conf}.accept_local=1 {conf}.rp_filter=0"
        ));
    }
    run("ip link set v0 up");
    run("ip link set v1 up");
    // Until then the kernel drops what is sent.
    let start = Instant::now();
    while run("ip -o link show").matches("state UP").count() < 2 {
        assert!(start.elapsed() < LIMIT, "the cable stays dead");
    }
    let index = |name| {
        let line = run(&format!("ip -o link show {name}"));
        line.split(':').next().unwrap().trim().parse().unwrap()
    };
    (index("v0"), index("v1"))
}
