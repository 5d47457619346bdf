//! The child thread: starts scripts, bounds their time, reports how they ended.
//!
//! A child is the leader of a process group of its own, and what is done to it is done to the group.
//! Until a group that was told to end has been killed, its leader is not reaped: its number cannot
//! become another process's meanwhile.
//!
//! It knows no policy: what runs, how long, and what a result means is decided by whoever asked.

mod fifos;
mod ground;
pub mod guard;
pub mod thread;

pub use thread::ChildThread;
