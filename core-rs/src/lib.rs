//! Kernel contact of holdfast behind a small C ABI. See `docs/ARCHITECTURE.md`.

#![deny(unsafe_code)]

pub mod abi;
#[cfg(test)]
mod agreement;
pub mod announce;
pub mod asked;
pub mod bell;
#[cfg(test)]
mod bindings;
pub mod child;
pub mod conntrack;
pub mod core;
pub mod engine;
pub mod error;
pub mod file;
#[cfg(test)]
mod fuzz;
pub mod guardian;
pub mod ipvs;
pub mod log;
pub mod mail;
pub mod mailbox;
pub mod netlink;
pub mod nft;
pub mod probe;
pub mod protocol;
pub mod queue;
pub mod record;
pub mod restart;
pub mod schedule;
pub mod settings;
pub mod side;
pub mod sink;
pub mod socket;
pub mod sys;
pub mod threads;
pub mod track;
pub mod wire;
