//! Makes one executable of a runtime, scripts and the core. Nothing is unpacked when it starts: its
//! code and texts are pages of the file.
//!
//! The runtime's file is copied. Behind it goes a segment: the entry stub (`entry/`), the core, and the
//! texts. The header of a note, which nobody reads at run time, becomes the header of that segment, and
//! the program begins in the stub.

#![forbid(unsafe_code)]

pub mod error;
pub mod pack;
pub mod plan;
pub mod relative;
pub mod runtime;
pub mod segment;
