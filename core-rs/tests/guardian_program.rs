//! The unit tests of the guardian's program, which is no crate of its own.

#![allow(dead_code, missing_docs)]

#[path = "../guardian/main.rs"]
mod program;
