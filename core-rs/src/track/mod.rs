//! The tracker thread: files whose content counts, and processes that run.
//!
//! It tells what is there and decides nothing: what a number or a count means is TypeScript's.

mod connector;
mod files;
mod proc_folder;
mod processes;
mod thread;

pub use thread::TrackThread;
