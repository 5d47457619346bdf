//! The one encoding of control traffic between TypeScript and the core: JSON of the types of this
//! folder, one file for each subject, which are all named here.
//!
//! `src/core/protocol.ts` is generated from them (`UPDATE_PROTOCOL=1 cargo test` writes it, `cargo
//! test` fails when it differs), so both sides agree by construction. Packets do not pass
//! through here: they are drained as bytes, see `record.rs`.
//!
//! A call has a lane, which names the thread that parses and obeys it, and a number. Every call but
//! messages of logs and quiet ones that are obeyed is answered by exactly one [`Reply`] with that
//! number. Nothing is parsed or executed on the JavaScript thread. Times are microseconds of
//! `CLOCK_MONOTONIC`, the clock of `core_now`.

mod absent;
mod call;
mod event;
mod ipvs;
mod kernel;
mod probe;
mod process;
mod reply;
mod side;
mod thing;

pub use crate::wire::*;
pub use call::*;
pub use event::*;
pub use ipvs::*;
pub use kernel::*;
pub use probe::*;
pub use process::*;
pub use reply::*;
pub use side::*;
pub use thing::*;
