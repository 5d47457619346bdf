//! The probe thread: asks real servers in the ways of `Exchange`, reports what changed.
//!
//! It knows no policy: which outcome is good, how often to retry and what follows is decided by
//! whoever gave the order.

mod attempt;
mod connection;
mod context;
mod datagram;
mod echo;
mod failed;
pub mod head;
mod pattern;
pub mod response;
mod session;
pub(crate) mod smtp;
mod stream;
pub mod thread;
mod tls;

pub use thread::ProbeThread;
