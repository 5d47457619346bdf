//! Announcements: gratuitous ARP and unsolicited neighbour advertisements, by which everybody on a
//! link learns where an address lives now. They belong to the kernel thread, which sends them when
//! nothing else waits: behind the addresses they are about, and never of one that it has deleted.

mod announcer;
pub mod arp;
mod claims;
mod hardware;
pub mod neighbor;
pub mod queue;

pub use announcer::Announcer;
