//! Where the threads of the core leave what TypeScript shall know.

use crate::protocol::{CallResult, Event};

/// A queue that is drained by TypeScript. Cloned into every thread; leaving something there never
/// blocks.
pub trait Sink: Clone + Send + 'static {
    /// Answers call `id`.
    fn reply(&self, id: u32, result: CallResult);
    /// Reports something nobody asked for.
    fn event(&self, event: Event);
}
