//! The names under which guardians listen.

use crate::sys::process::is_of_this_user_or_root;
use std::io::{self, BufRead, BufReader};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};

/// Guardians of one daemon and its predecessors listen on this and the daemon's number.
pub fn prefix(name: &str) -> String {
    format!("holdfast-guardian:{name}:")
}

/// Connections to the guardians of daemons of this name that died. Anybody on this host may listen
/// under such a name, so only those of this user or root are believed.
pub fn predecessors(name: &str) -> Vec<UnixStream> {
    let names = listening(&prefix(name)).unwrap_or_default();
    let connect = |name: String| {
        let address = SocketAddr::from_abstract_name(name.as_bytes())?;
        UnixStream::connect_addr(&address)
    };
    let streams = names.into_iter().map(connect).filter_map(Result::ok);
    streams.filter(is_of_this_user_or_root).collect()
}

/// Names of abstract sockets that listen and begin with `prefix`.
fn listening(prefix: &str) -> io::Result<Vec<String>> {
    /// Listening sockets have the flag `__SO_ACCEPTCON`.
    const LISTENS: &str = "00010000";
    let table = BufReader::new(std::fs::File::open("/proc/net/unix")?);
    let mut names = Vec::new();
    for line in table.lines() {
        let line = line?;
        let flags = line.split_whitespace().nth(3);
        if let Some((_, name)) = line.split_once(" @") {
            if name.starts_with(prefix) && flags == Some(LISTENS) {
                names.push(name.to_owned());
            }
        }
    }
    Ok(names)
}
