//! Kernel contact of holdfast behind a small C ABI. See `docs/ARCHITECTURE.md`.

pub mod protocol;
pub mod sink;
