//! Where and when an attempt happens, and what a step of it comes to.

use super::pattern::Patterns;
use super::tls::TlsConfigs;
use crate::protocol::Outcome;
use crate::sys::epoll::Epoll;

/// What a step has come to.
pub enum Going {
    /// More has to come.
    On,
    /// It is over.
    Done(Outcome),
}

/// Where and when an attempt happens.
pub struct Context<'a> {
    /// Where the socket is watched.
    pub epoll: &'a Epoll,
    /// What it is watched as.
    pub token: u64,
    /// The time, µs.
    pub now: u64,
    /// Room for what is read.
    pub buffer: &'a mut [u8],
    /// What probes share.
    pub tools: &'a mut Tools,
}

/// What is made once for many probes.
#[derive(Default)]
pub struct Tools {
    /// Ways to speak TLS.
    pub tls: TlsConfigs,
    /// Patterns made ready.
    pub patterns: Patterns,
}
