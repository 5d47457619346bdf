//! Processes as `/proc` shows them (`proc_pid_comm(5)`, `proc_pid_cmdline(5)`).

use super::processes::Shown;
use std::fs::{self, File};
use std::io::Read;

/// Most bytes of a command line that are looked at.
const LONGEST: u64 = 64 << 10;

/// Every process but those that have ended.
pub fn all(wants_command: bool) -> Vec<(i32, Shown)> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok();
    let pids = entries.flatten().filter_map(number);
    pids.filter(|pid| !has_ended(*pid))
        .filter_map(|pid| Some((pid, shown(pid, wants_command)?)))
        .collect()
}

/// One process; none when there is no such.
pub fn shown(pid: i32, wants_command: bool) -> Option<Shown> {
    let mut name = fs::read(format!("/proc/{pid}/comm")).ok()?;
    if name.last() == Some(&b'\n') {
        name.pop();
    }
    let command = if wants_command {
        command(pid)
    } else {
        Vec::new()
    };
    Some(Shown { name, command })
}

fn command(pid: i32) -> Vec<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(format!("/proc/{pid}/cmdline"))
        .and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
    if read.is_err() || bytes.is_empty() {
        return Vec::new();
    }
    if bytes.last() == Some(&0) {
        bytes.pop();
    }
    bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()
}

/// It waits for its parent to take notice.
fn has_ended(pid: i32) -> bool {
    let stat = fs::read(format!("/proc/{pid}/stat")).unwrap_or_default();
    let end_of_name = stat.iter().rposition(|byte| *byte == b')');
    let state = end_of_name.and_then(|at| stat.get(at + 2));
    matches!(state, Some(b'Z' | b'X') | None)
}
