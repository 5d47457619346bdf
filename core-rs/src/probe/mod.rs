//! The probe thread: connects to real servers, asks them over HTTP, reports what changed.
//!
//! It knows no policy: which outcome is good, how often to retry and what follows is decided by
//! whoever gave the order.

mod attempt;
mod connection;
pub mod head;
pub mod response;
pub mod thread;

pub use thread::{ProbeHandle, ProbeThread};
