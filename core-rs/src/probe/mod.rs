//! The probe thread: asks real servers in the ways of `Exchange`, reports what changed.
//!
//! It knows no policy: which outcome is good, how often to retry and what follows is decided by
//! whoever gave the order.

mod attempt;
mod connection;
mod datagram;
mod echo;
pub mod head;
pub mod response;
mod smtp;
mod stream;
pub mod thread;

pub use thread::{ProbeHandle, ProbeThread};
