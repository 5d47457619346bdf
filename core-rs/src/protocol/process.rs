//! What is the process's own: its threads, the programs it starts, the processes it follows.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// Processes that are counted as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ProcessPattern {
    /// Returned in [`Event::ProcessCount`].
    pub name: String,
    /// The name the kernel has of it (`/proc/PID/comm`, of which it keeps 15 bytes), or with one of the following the first word
    /// of its command line.
    pub command: String,
    /// What must follow in the command line; absent: anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub arguments: Option<Vec<String>>,
    /// How it must.
    pub arguments_match: ArgumentMatch,
    /// `command` is of the command line.
    pub full_command: bool,
}

/// How arguments must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "lowercase")]
pub enum ArgumentMatch {
    /// These and no others.
    Exact,
    /// These are the first.
    Partial,
    /// These are the first, the last of which may go on.
    Initial,
}

/// What a thread of this process does. keepalived has a process for each but the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum ThreadRole {
    /// Runs JavaScript: decides, and waits for nobody.
    Loop,
    /// Sends and hears adverts, rings, and changes addresses.
    Vrrp,
    /// Probes real servers.
    Checker,
    /// Nobody yet.
    Bfd,
    /// Compiles, collects and reads beside the loop.
    Helper,
}

/// How threads are run. What is absent is as they began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(
    tag = "setting",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ThreadSetting {
    /// What `/proc/PID/task/TID/comm` says, of the loop also that of the process.
    Name {
        /// Whose.
        role: ThreadRole,
        /// At most 15 bytes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        name: Option<String>,
    },
    /// Niceness.
    Nice {
        /// Whose.
        role: ThreadRole,
        /// -20 to 19.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        nice: Option<i32>,
    },
    /// Round robin of real time; threads and programs they start are ordinary ones.
    RealTime {
        /// Whose.
        role: ThreadRole,
        /// 1 to 99.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        priority: Option<u8>,
    },
    /// Where they may run.
    Processors {
        /// Whose.
        role: ThreadRole,
        /// Numbers of processors, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        numbers: Option<Vec<u32>>,
    },
    /// How long a real-time thread may run without a blocking call (`RLIMIT_RTTIME`).
    RealTimeLimit {
        /// µs; absent: as long as is allowed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "number"))]
        limit: Option<u64>,
    },
    /// No memory of the process is swapped out (mlockall(2)).
    LockMemory {
        /// Or it may be again.
        on: bool,
    },
    /// A crash may leave a core dump of any size (`RLIMIT_CORE`).
    CoreDumps,
}

/// A variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Who runs a child. It is in no other group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct Account {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ChildExit {
    /// By itself.
    Exited {
        /// 0 to 255.
        code: i32,
    },
    /// By a signal.
    Signalled {
        /// Its number.
        signal: i32,
    },
}
