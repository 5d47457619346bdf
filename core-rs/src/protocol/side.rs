//! What has a thread of its own while it lasts: mail, files, logs.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// A mail and the relay that takes it (RFC 5321).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Mail {
    /// Address or name of the relay.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// Longest time to connect, and then for each reply, µs.
    #[cfg_attr(test, ts(type = "number"))]
    pub timeout: u64,
    /// Name said in HELO.
    pub helo: String,
    /// Address of the sender.
    pub from: String,
    /// Addresses of the recipients.
    pub to: Vec<String>,
    /// Headers, an empty line and the body.
    pub text: String,
}

/// A file that is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct FollowedFile {
    /// Its path.
    pub path: String,
    /// What it is made with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub init: Option<FileBeginning>,
}

/// What a file is made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct FileBeginning {
    /// What it holds.
    pub text: String,
    /// In place of what is there.
    pub overwrite: bool,
}

/// Where log messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "lowercase")]
pub enum LogLane {
    /// Standard error.
    Console,
    /// A file.
    File,
    /// The local syslog.
    Syslog,
}
