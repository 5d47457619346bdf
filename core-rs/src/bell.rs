//! The doorbell thread: tells TypeScript that there is something to drain.
//!
//! It is a thread of its own because a thread-safe callback of Deno holds its caller until
//! JavaScript has run it: a thread that rang by itself would stand still for as long as JavaScript
//! is busy, and a master's adverts with it.

use crate::error::Error;
use crate::protocol::ThreadRole;
use crate::queue::{Queue, Wanted};
use crate::threads;
use std::thread::{Builder, JoinHandle};

/// The callback of `core_open`: no arguments, from the doorbell thread only.
pub type Ring = extern "C" fn();

/// The running thread.
#[derive(Debug)]
pub struct Bell(Option<JoinHandle<()>>);

impl Bell {
    /// Starts the thread that calls `ring` whenever `queue` has something new.
    pub fn spawn(queue: Queue, ring: Ring) -> Result<Self, Error> {
        let body = move || {
            threads::enter(Some(ThreadRole::Vrrp), false);
            while queue.wait() == Wanted::Ring {
                ring();
            }
        };
        Builder::new()
            .name("holdfast-bell".into())
            .spawn(body)
            .map(|thread| Self(Some(thread)))
            .map_err(Error::system("start the doorbell thread"))
    }

    /// Waits for its end, which follows [`Queue::close`] at once when that said that it is not
    /// ringing.
    pub fn join(&mut self) {
        if let Some(thread) = self.0.take() {
            // It has nothing to say, and a panic was printed.
            let _ = thread.join();
        }
    }
}
