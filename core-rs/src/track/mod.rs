//! The tracker thread: files whose content counts, processes that run, other daemons beside this one.
//!
//! It tells what is there and decides nothing: what a number or a count means is TypeScript's.

pub(crate) mod connector;
mod files;
mod locals;
mod proc_folder;
mod processes;
mod thread;

pub use thread::TrackThread;
