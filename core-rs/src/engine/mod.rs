//! The engine: one thread that keeps raw VRRP sockets and standing orders. What is due when is
//! decided in `transmit.rs` and `watch.rs`, which know no clock and no socket; `turn.rs` and
//! `obey.rs` do it, `thread.rs` waits.

pub mod bequest;
pub mod checksum;
pub mod lag;
pub mod ledger;
pub mod obey;
pub mod outgoing;
pub mod received;
pub mod seal;
pub mod sockets;
pub mod takeover;
pub mod taking;
pub mod thread;
pub mod transmit;
pub mod turn;
pub mod verify;
pub mod watch;

/// A deadline that is looked at later than this, µs, passed unseen: this thread was stopped, starved
/// or moved with its machine. Shorter is an ordinary busy moment.
pub(crate) const UNSEEN: u64 = 20_000;
