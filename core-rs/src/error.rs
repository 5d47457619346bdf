//! Why something could not be done: one error type for the whole core, with stable numbers for
//! TypeScript.

use std::io;

/// Why a call failed. [`Error::status`] is ABI: append, never renumber or reuse.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A null handle or buffer was passed to an export.
    #[error("handle is null")]
    NullHandle,
    /// A panic was caught at the boundary.
    #[error("internal error: {0}")]
    Panic(String),
    /// The call is not what `protocol.rs` describes.
    #[error("malformed call: {0}")]
    Malformed(String),
    /// The drain buffer cannot hold a single record.
    #[error("buffer of {len} bytes is too small, {need} are needed")]
    Buffer {
        /// Bytes given.
        len: usize,
        /// Bytes needed.
        need: usize,
    },
    /// The thread that should do it has ended.
    #[error("{thread} thread has ended")]
    Gone {
        /// Name of the thread.
        thread: &'static str,
    },
    /// A thread, timer, epoll or event descriptor could not be made.
    #[error("cannot {act}: {source}")]
    System {
        /// What was attempted.
        act: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// A socket operation failed.
    #[error("cannot {act} on {ifname}: {source}")]
    Socket {
        /// What was attempted.
        act: &'static str,
        /// The interface.
        ifname: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The interface has no open VRRP socket.
    #[error("no socket listens on interface {ifindex}")]
    NotListening {
        /// Interface index.
        ifindex: u32,
    },
    /// A template that cannot be composed.
    #[error("cannot make a datagram to {destination}: {reason}")]
    Datagram {
        /// Where it should go.
        destination: std::net::IpAddr,
        /// What is wrong.
        reason: &'static str,
    },
    /// A value is out of range.
    #[error("cannot set {field} to {value}: must be {limit}")]
    Range {
        /// Which field.
        field: &'static str,
        /// What it was.
        value: u64,
        /// What it may be.
        limit: &'static str,
    },
    /// A log could not be opened.
    #[error("cannot open {path}: {source}")]
    Log {
        /// The file, or what it is.
        path: String,
        /// Why it failed.
        source: io::Error,
    },
    /// A file could not be put in place.
    #[error("cannot write {path}: {source}")]
    File {
        /// Its path.
        path: String,
        /// Why it failed.
        source: io::Error,
    },
    /// A named pipe could not be opened.
    #[error("cannot use {path} as notify FIFO: {source}")]
    Fifo {
        /// Its path.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// A mail could not be sent.
    #[error("cannot send mail by {relay}: {source}")]
    Mail {
        /// Who was to take it.
        relay: String,
        /// Why not.
        source: io::Error,
    },
    /// The service manager could not be told.
    #[error("cannot notify {socket}: {source}")]
    Notify {
        /// Its socket.
        socket: String,
        /// Why it failed.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("cannot run {program}: {source}")]
    Child {
        /// The program, as written.
        program: String,
        /// Why it failed.
        source: io::Error,
    },
    /// A program that root would run can be changed by others.
    #[error("cannot run {program} as root: {part} can be changed by others than root")]
    Changeable {
        /// The program, as written.
        program: String,
        /// The file, link or folder that can be changed.
        part: String,
    },
    /// A netlink exchange failed.
    #[error("cannot {act}: {source}")]
    Netlink {
        /// What was attempted.
        act: String,
        /// Why it failed.
        source: io::Error,
    },
    /// What the kernel or a peer sent cannot be understood.
    #[error("cannot understand {what}: {reason}")]
    Foreign {
        /// What was read.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The order lapsed, and whoever gives it anew has not heard of that yet.
    #[error("the lease of order {order} has ended")]
    Lapsed {
        /// Number of the order.
        order: u32,
    },
}

impl Error {
    /// Stable number of the kind of failure, from 1. Never renumbered.
    pub fn status(&self) -> u32 {
        match self {
            Self::NullHandle => 1,
            Self::Panic(_) => 2,
            Self::Malformed(_) => 3,
            Self::Buffer { .. } => 4,
            Self::Gone { .. } => 5,
            Self::System { .. } => 6,
            Self::Socket { .. } => 7,
            Self::NotListening { .. } => 8,
            Self::Datagram { .. } => 9,
            Self::Range { .. } => 10,
            Self::Log { .. } => 11,
            Self::Netlink { .. } => 12,
            Self::Foreign { .. } => 13,
            Self::Lapsed { .. } => 14,
            Self::Child { .. } => 15,
            Self::Changeable { .. } => 16,
            Self::Notify { .. } => 17,
            Self::File { .. } => 18,
            Self::Fifo { .. } => 19,
            Self::Mail { .. } => 20,
        }
    }

    /// `errno` of the system call behind it; 0 if none applies.
    pub fn errno(&self) -> i32 {
        match self {
            Self::System { source, .. }
            | Self::Socket { source, .. }
            | Self::Log { source, .. }
            | Self::Child { source, .. }
            | Self::Notify { source, .. }
            | Self::File { source, .. }
            | Self::Fifo { source, .. }
            | Self::Mail { source, .. }
            | Self::Netlink { source, .. } => source.raw_os_error().unwrap_or(0),
            _ => 0,
        }
    }

    /// Wraps a failed system call: `.map_err(Error::system("make an epoll descriptor"))`.
    pub fn system(act: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { act, source }
    }

    /// Wraps a failed socket call: `.map_err(Error::socket("join 224.0.0.18", "eth0"))`.
    pub fn socket(act: &'static str, ifname: &str) -> impl FnOnce(io::Error) -> Self {
        let ifname = ifname.to_owned();
        move |source| Self::Socket {
            act,
            ifname,
            source,
        }
    }

    /// A program that could not be started, by its arguments.
    pub fn child(argv: &[String], source: io::Error) -> Self {
        let program = argv.first().cloned().unwrap_or_default();
        Self::Child { program, source }
    }

    /// Wraps a failed netlink exchange.
    pub fn netlink(act: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let act = act.into();
        move |source| Self::Netlink { act, source }
    }

    /// As the answer to a call.
    pub fn result(&self) -> crate::protocol::CallResult {
        crate::protocol::CallResult::Failed {
            status: self.status(),
            errno: self.errno(),
            message: self.to_string(),
        }
    }
}
