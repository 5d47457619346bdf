//! Where the threads of the core leave what TypeScript shall know.

use crate::protocol::{CallResult, Event};

/// A queue that is drained by TypeScript. Cloned into every thread; leaving something there never
/// blocks.
pub trait Sink: Clone + Send + 'static {
    /// Answers call `id`.
    fn reply(&self, id: u32, result: CallResult);
    /// Reports something nobody asked for.
    fn event(&self, event: Event);
    /// Whether the engine has not done yet what was due some time before `now`: this process was
    /// stopped or starved, orders may have lapsed, and what rests on them is not to be said.
    fn is_behind(&self, _now: u64) -> bool {
        false
    }
}
