//! The kernel thread: everything the kernel is told and tells over netlink, and announcements.
//!
//! It has a thread of its own because calls wait for the kernel, and because they are executed
//! strictly in the order of submission: an address is there before it is announced. Only calls about
//! IPVS, which may be long, let others go first.

pub mod address;
mod apply;
pub mod attribute;
mod beat;
pub mod estate;
mod follow;
mod hear;
pub mod link;
pub mod notify;
mod obey;
mod ours;
mod own_link;
mod promotion;
pub(crate) mod route;
pub(crate) mod rule;
pub mod socket;
pub mod thread;
pub mod withdrawal;
mod worker;

pub use thread::{KernelHandle, KernelThread};
