//! The core as TypeScript holds it: the threads, and which of them a call is for.

use crate::bell::{Bell, Ring};
use crate::engine::thread::EngineThread;
use crate::error::Error;
use crate::netlink::{KernelHandle, KernelThread};
use crate::protocol::{AddressOp, Call, Request};
use crate::queue::Queue;

/// An open core. Used from one thread at a time.
pub struct Core {
    queue: Queue,
    /// Absent when it is stopped.
    threads: Option<Threads>,
    bell: Option<Bell>,
}

/// In the order in which they end: the engine's last will needs the kernel thread.
struct Threads {
    engine: EngineThread,
    kernel: KernelThread,
}

impl Core {
    /// Starts all threads. `ring` is called from the doorbell thread when something is to be drained; absent:
    /// nobody is told.
    pub fn open(ring: Option<Ring>) -> Result<Self, Error> {
        let queue = Queue::default();
        let kernel = KernelThread::spawn(queue.clone())?;
        let handle = kernel.handle();
        let engine =
            EngineThread::spawn(queue.clone(), Box::new(move |ops| withdraw(&handle, ops)))?;
        let bell = ring
            .map(|ring| Bell::spawn(queue.clone(), ring))
            .transpose()?;
        Ok(Self {
            queue,
            threads: Some(Threads { engine, kernel }),
            bell,
        })
    }

    /// Queues one call: JSON of a [`Request`]. The reply comes through [`Core::drain`].
    pub fn call(&self, json: &[u8]) -> Result<(), Error> {
        let request: Request =
            serde_json::from_slice(json).map_err(|error| Error::Malformed(error.to_string()))?;
        let Request { id, call } = request;
        let gone = Error::Gone { thread: "every" };
        let Threads { engine, kernel } = self.threads.as_ref().ok_or(gone)?;
        match call {
            Call::Listen { .. }
            | Call::Unlisten { .. }
            | Call::Transmit { .. }
            | Call::Cease { .. }
            | Call::Renew
            | Call::Send { .. }
            | Call::Watch { .. }
            | Call::Unwatch { .. }
            | Call::Syslog { .. } => engine.submit(id, call),
            Call::Counters => engine.count(id, Vec::new()),
            Call::Links
            | Call::Addresses
            | Call::AddressApply { .. }
            | Call::Announce { .. }
            | Call::IpvsInfo
            | Call::IpvsDump
            | Call::IpvsApply { .. }
            | Call::IpvsTimeouts
            | Call::IpvsSetTimeouts { .. } => {
                kernel.handle().submit(Some(id), call);
                Ok(())
            }
            Call::Probe { .. } | Call::Unprobe { .. } => Err(Error::Gone { thread: "probe" }),
        }
    }

    /// Moves as many records as fit into `out`; returns the bytes written, 0 when none is left.
    pub fn drain(&self, out: &mut [u8]) -> Result<usize, Error> {
        self.queue.drain(out)
    }

    /// Ends all threads: calls queued before are obeyed, transmissions that still stand lapse. False as long as
    /// the doorbell thread waits for JavaScript: then let JavaScript run and stop again. What is queued can
    /// still be drained.
    pub fn stop(&mut self) -> bool {
        drop(self.threads.take());
        self.queue.close();
        self.bell.as_mut().is_none_or(Bell::try_join)
    }
}

fn withdraw(kernel: &KernelHandle, ops: Vec<AddressOp>) {
    if !ops.is_empty() {
        kernel.submit(None, Call::AddressApply { ops });
    }
}
