//! The core as TypeScript holds it: the threads, and which of them a call is for.

use crate::asked::Asked;
use crate::bell::{Bell, Ring};
use crate::child::ChildThread;
use crate::engine::thread::{EngineThread, Will};
use crate::error::Error;
use crate::guardian::{Entrusted, GuardianThread};
use crate::log::LogLanes;
use crate::netlink::KernelThread;
use crate::probe::ProbeThread;
use crate::protocol::{CallLane, KernelCall, LogLane};
use crate::queue::Queue;
use crate::side;
use crate::sys::limits;
use crate::track::TrackThread;
use std::time::Duration;

/// How long a process that is about to end waits for the kernel to delete its addresses.
const SETTLE: Duration = Duration::from_secs(2);

/// An open core. Used from one thread at a time.
pub struct Core {
    queue: Queue,
    /// Absent when it is stopped.
    threads: Option<Threads>,
    bell: Option<Bell>,
}

/// In the order in which they end: the engine's last will needs the kernel thread, and the guardian
/// is left when that is on its way.
struct Threads {
    engine: EngineThread,
    guardian: GuardianThread,
    kernel: KernelThread,
    probe: ProbeThread,
    child: ChildThread,
    track: TrackThread,
    logs: Logs,
}

/// Ends them when it is dropped.
#[derive(Default)]
struct Logs(LogLanes);

impl Drop for Logs {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Core {
    /// Starts all threads. `ring` is called from the doorbell thread when something is to be
    /// drained; absent: nobody is told.
    pub fn open(ring: Option<Ring>) -> Result<Self, Error> {
        limits::raise_open_files();
        let queue = Queue::default();
        let guardian = GuardianThread::spawn(queue.clone())?;
        let heir = guardian.handle();
        let bequeath = move |number, deed| heir.estate(number, deed);
        let kernel = KernelThread::spawn_with(queue.clone(), Box::new(bequeath))?;
        let probe = ProbeThread::spawn(queue.clone())?;
        let child = ChildThread::spawn(queue.clone())?;
        let track = TrackThread::spawn(queue.clone())?;
        let engine = EngineThread::spawn(queue.clone(), will(&kernel, &guardian))?;
        let bell = ring
            .map(|ring| Bell::spawn(queue.clone(), ring))
            .transpose()?;
        Ok(Self {
            queue,
            threads: Some(Threads {
                engine,
                guardian,
                kernel,
                probe,
                child,
                track,
                logs: Logs::default(),
            }),
            bell,
        })
    }

    /// Queues one call, JSON of one of its lane, or a message of a log. The reply comes through
    /// [`Core::drain`].
    pub fn call(&self, lane: CallLane, id: u32, bytes: &[u8]) -> Result<(), Error> {
        let gone = Error::Gone { thread: "every" };
        let Threads {
            engine,
            guardian,
            kernel,
            probe,
            child,
            track,
            logs: Logs(logs),
        } = self.threads.as_ref().ok_or(gone)?;
        match lane {
            CallLane::Engine => engine.ask(written(id, bytes)),
            CallLane::Kernel => kernel.handle().ask(written(id, bytes)),
            CallLane::Ipvs => kernel.handle().ask_ipvs(written(id, bytes)),
            CallLane::Probe => probe.ask(written(id, bytes)),
            CallLane::Child => child.ask(written(id, bytes)),
            CallLane::Track => track.ask(written(id, bytes)),
            CallLane::Guardian => guardian.handle().ask(written(id, bytes)),
            CallLane::Side => side::ask(id, bytes, (logs, &self.queue)),
            CallLane::Console => logs.write(LogLane::Console, bytes),
            CallLane::File => logs.write(LogLane::File, bytes),
            CallLane::Syslog => logs.write(LogLane::Syslog, bytes),
        }
        Ok(())
    }

    /// Moves as many records as fit into `out`; returns the bytes written, 0 when none is left.
    pub fn drain(&self, out: &mut [u8]) -> Result<usize, Error> {
        self.queue.drain(out)
    }

    /// Ends all threads: calls queued before are obeyed, transmissions that still stand lapse.
    /// False as long as something is to be drained or the doorbell thread waits for JavaScript to
    /// run.
    pub fn stop(&mut self) -> bool {
        drop(self.threads.take());
        if self.queue.close() {
            return false;
        }
        if let Some(bell) = &mut self.bell {
            bell.join();
        }
        self.queue.is_empty()
    }
}

fn written<C>(id: u32, json: &[u8]) -> Asked<C> {
    Asked::Written(id, json.to_vec())
}

/// The kernel thread does what an order that lapses leaves to it.
fn will(kernel: &KernelThread, guardian: &GuardianThread) -> Will {
    let (withdraws, withdrawn, takes) = (kernel.handle(), kernel.handle(), kernel.handle());
    let (guardian, bridging) = (guardian.handle(), guardian.handle());
    Will {
        bridges: Box::new(move || bridging.bridges()),
        withdraw: Box::new(move |ops| {
            if !ops.is_empty() {
                withdraws.submit(None, KernelCall::AddressApply { ops });
            }
        }),
        withdrawn: Box::new(move || withdrawn.settle(SETTLE)),
        take: Box::new(move |ops, places| takes.take_over(ops, places)),
        entrust: Box::new(move |order, entrusted| match entrusted {
            Entrusted::Will(testament) => guardian.will(order, testament),
            Entrusted::Resealed(farewells) => guardian.resealed(order, farewells),
            Entrusted::Nothing => guardian.revoke(order),
            Entrusted::Handover { beaten } => guardian.carry(order, beaten),
            Entrusted::Everything { within } => guardian.leave(within),
        }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::protocol::QUIET;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::time::Instant;

    fn until(mut what: impl FnMut() -> bool) {
        let start = Instant::now();
        while !what() {
            assert!(start.elapsed() < Duration::from_secs(20), "it never came");
            std::thread::yield_now();
        }
    }

    /// The JSON of everything that waits.
    fn drained(core: &Core) -> Vec<String> {
        let mut out = vec![0; 262_144];
        let mut texts = Vec::new();
        let length = core.drain(&mut out).unwrap();
        let mut rest = &out[..length];
        while let Some(next) = crate::record::first_len(rest) {
            let payload = u32::from_ne_bytes(*rest.first_chunk().unwrap()) as usize;
            texts.push(String::from_utf8(rest[16..16 + payload].to_vec()).unwrap());
            rest = &rest[next..];
        }
        texts
    }

    #[test]
    fn call_is_answered_with_its_number_also_when_the_core_is_stopped_at_once() {
        let mut core = Core::open(None).unwrap();
        core.call(CallLane::Engine, 7, br#"{"call":"renew"}"#)
            .unwrap();
        let cease = br#"{"call":"cease","order":1,"farewell":true,"handover":false}"#;
        core.call(CallLane::Engine, 8, cease).unwrap();
        let watch = br#"{"call":"watch","order":1,"seq":1,"ifindex":9,"tags":[]}"#;
        core.call(CallLane::Engine, 9, watch).unwrap();
        assert!(!core.stop(), "three answers are left");
        let answers = drained(&core);
        assert_eq!(answers[0], r#"{"id":7,"result":"done"}"#);
        assert_eq!(answers[1], r#"{"id":8,"result":"done"}"#);
        assert_eq!(
            answers[2],
            concat!(
                r#"{"id":9,"result":"failed","status":8,"errno":0,"#,
                r#""message":"no socket listens on interface 9"}"#
            )
        );
        assert!(core.stop());
        assert!(
            core.call(CallLane::Engine, 1, br#"{"call":"renew"}"#)
                .is_err()
        );
    }

    #[test]
    fn call_that_is_malformed_fails_as_its_lane_reads_it() {
        let core = Core::open(None).unwrap();
        let json = CallLane::ALL.into_iter().take(8);
        for (id, lane) in (1..).zip(json.clone()) {
            core.call(lane, id, br#"{"call":"dance"}"#).unwrap();
        }
        core.call(CallLane::Engine, 90 | QUIET, b"").unwrap();
        let mut answers = Vec::new();
        let all = json.count() + 1;
        until(|| {
            answers.extend(drained(&core));
            answers.len() == all
        });
        for answer in &answers {
            assert!(answer.contains(r#""status":3"#), "{answer}");
        }
    }

    static RINGS: AtomicU32 = AtomicU32::new(0);
    static HELD: AtomicBool = AtomicBool::new(true);

    extern "C" fn ring_and_wait() {
        RINGS.fetch_add(1, Ordering::SeqCst);
        until(|| !HELD.load(Ordering::SeqCst));
    }

    #[test]
    fn doorbell_held_by_javascript_holds_neither_the_engine_nor_stop() {
        let mut core = Core::open(Some(ring_and_wait)).unwrap();
        core.call(CallLane::Engine, 1, br#"{"call":"renew"}"#)
            .unwrap();
        until(|| RINGS.load(Ordering::SeqCst) == 1);
        core.call(CallLane::Engine, 2, br#"{"call":"renew"}"#)
            .unwrap();
        until(|| {
            drained(&core)
                .last()
                .is_some_and(|text| text.contains(r#""id":2"#))
        });
        assert!(!core.stop(), "it is ringing");
        HELD.store(false, Ordering::SeqCst);
        until(|| !core.queue.close());
        assert!(core.stop());
        assert_eq!(RINGS.load(Ordering::SeqCst), 1);
    }
}
