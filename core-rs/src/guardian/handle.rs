//! How others tell the thread of the wills.

use super::compose::Testament;
use super::heir::Predecessor;
use super::message::Deed;
use crate::asked::Asked;
use crate::mailbox::Post;
use crate::protocol::GuardianCall;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells it.
#[derive(Clone)]
pub struct GuardianHandle {
    pub(super) bridges: Arc<AtomicBool>,
    pub(super) post: Post<Told>,
}

/// What the thread is told.
pub enum Told {
    /// A call of TypeScript.
    Call(Asked<GuardianCall>),
    /// What an order leaves behind.
    Will(u32, Box<Testament>),
    /// Farewells of an order, sealed anew.
    Resealed(u32, Vec<(IpAddr, Vec<u8>)>),
    /// It leaves nothing behind.
    Revoke(u32),
    /// What undoes something that is of no order alone; absent: nothing does any more.
    Estate(u32, Option<Deed>),
    /// What its will withdraws goes now.
    Carry {
        /// Its number.
        order: u32,
        /// Somebody else announces himself just now.
        beaten: bool,
    },
    /// What was asked of guardians before, and the number of the question.
    Inherited(Option<u32>, Vec<Predecessor>),
    /// This process leaves for another one, which comes within this time, µs.
    Leave(u64),
    /// Everything is done.
    Goodbye,
}

impl GuardianHandle {
    /// Queues a call.
    pub fn ask(&self, asked: Asked<GuardianCall>) {
        self.post.put(Told::Call(asked));
    }

    /// Whether the guardian would speak in the place of this process.
    pub fn bridges(&self) -> bool {
        self.bridges.load(Ordering::Acquire)
    }

    /// This process ends now, and another one takes its place within this time, µs.
    pub fn leave(&self, within: u64) {
        self.post.put(Told::Leave(within));
    }

    /// This is to be done when the daemon dies, in place of what the order left before.
    pub fn will(&self, order: u32, testament: Testament) {
        self.post.put(Told::Will(order, Box::new(testament)));
    }

    /// Farewells of an order's will, whose seals had become stale.
    pub fn resealed(&self, order: u32, farewells: Vec<(IpAddr, Vec<u8>)>) {
        self.post.put(Told::Resealed(order, farewells));
    }

    /// What is to be done when the daemon has died and its wills are carried out, under a number; what came
    /// last goes first. Absent: no more.
    pub fn estate(&self, number: u32, deed: Option<Deed>) {
        self.post.put(Told::Estate(number, deed));
    }

    /// The order leaves nothing behind.
    pub fn revoke(&self, order: u32) {
        self.post.put(Told::Revoke(order));
    }

    /// What the order's will withdraws goes now, while the successor announces itself: the farewell
    /// is sent, or this node was beaten.
    pub fn carry(&self, order: u32, beaten: bool) {
        self.post.put(Told::Carry { order, beaten });
    }
}
