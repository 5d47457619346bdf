//! Kernel contact of holdfast behind a small C ABI. See `docs/ARCHITECTURE.md`.

#![deny(unsafe_code)]

pub mod error;
pub mod protocol;
pub mod sink;
pub mod socket;
pub mod sys;
