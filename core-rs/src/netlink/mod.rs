//! The kernel thread: everything the kernel is told and tells over netlink, and announcements.
//!
//! It has a thread of its own because calls wait for the kernel, and because they are strictly
//! executed in the order of submission: an address is there before it is announced.

pub mod address;
pub mod link;
pub mod notify;
mod ours;
mod promotion;
pub mod socket;
pub mod thread;

pub use thread::{KernelHandle, KernelThread};
