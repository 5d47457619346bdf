//! The guardian seen from the daemon: its program is started from memory, told the last wills, and
//! started again when it ends. What it does stands in `core-rs/guardian/`.

// The program itself uses the other half.
mod compose;
pub mod handle;
mod heir;
#[allow(dead_code)]
#[path = "../../guardian/message.rs"]
mod message;
mod names;
mod start;
pub mod thread;
mod ward;

pub use compose::{Entrusted, Testament};
pub use handle::GuardianHandle;
pub use message::Deed;
pub use thread::GuardianThread;
