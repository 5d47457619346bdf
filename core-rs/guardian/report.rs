//! What the guardian says in the log: to the local syslog, and where the daemon's console went.

use super::system::can_complain;
use std::io::{self, Write};
use std::os::unix::net::UnixDatagram;

/// What was done; said once at each step.
#[derive(Debug, Default)]
pub struct Report {
    withdrawn: usize,
    succeeded: usize,
    /// What another daemon has taken over.
    taken: usize,
    /// What went wrong, said once for each act.
    failed: Vec<&'static str>,
}

impl Report {
    /// The daemon is dead, and so many wills are carried out now.
    pub fn died(&mut self, wills: usize) {
        (self.withdrawn, self.succeeded) = (0, 0);
        let routers = if wills == 1 { "router" } else { "routers" };
        say(&match wills {
            0 => "The daemon ended without goodbye; it was nowhere master".into(),
            _ => format!(
                "The daemon ended without goodbye: sent the farewells of {wills} virtual {routers}, what it held stays until a successor is heard"
            ),
        });
    }

    /// Another daemon is to come, and meanwhile so many wills are spoken for.
    pub fn stands_in(&mut self, wills: usize, planned: bool, within: u64) {
        let why = if planned {
            "The daemon leaves for another one to take its place"
        } else {
            "The daemon ended without goodbye"
        };
        let routers = if wills == 1 { "router" } else { "routers" };
        let seconds = within as f64 / 1e6;
        say(&match wills {
            0 => format!("{why}; it was nowhere master"),
            _ => format!(
                "{why}: speaks for {wills} virtual {routers} until it has come, for {seconds} s at most"
            ),
        });
    }

    /// Another daemon has taken one over.
    pub fn taken(&mut self) {
        self.taken += 1;
    }

    /// Another master speaks for one that was spoken for.
    pub fn yielded(&mut self) {
        self.succeeded += 1;
        say("Another master speaks for what was held for a daemon to come: leaves it");
    }

    /// Nobody has come for so many.
    pub fn gave_up(&mut self, wills: usize) {
        say(&format!(
            "No daemon came in time: sent the farewells of {wills}, what is held stays until a successor is heard"
        ));
    }

    /// Nothing is spoken for any more.
    pub fn relieved(&self) {
        if self.taken > 0 {
            say(&format!(
                "Another daemon has taken over, {} in all",
                self.taken
            ));
        }
    }

    /// One thing was withdrawn.
    pub fn withdrew(&mut self) {
        self.withdrawn += 1;
    }

    /// The successor of one was heard.
    pub fn succeeded(&mut self) {
        self.succeeded += 1;
    }

    /// Everything is done after a death.
    pub fn withdrawn(&self) {
        let heard = match (self.succeeded, self.withdrawn) {
            (0, 0) => return,
            (0, _) => "no successor was heard in time".into(),
            (1, _) => "a successor was heard".into(),
            (many, _) => format!("{many} successors were heard"),
        };
        say(&format!(
            "Withdrew what was held, {} in all; {heard}",
            self.withdrawn
        ));
    }

    /// Something went wrong.
    pub fn failed(&mut self, act: &'static str, error: &io::Error) {
        if !self.failed.contains(&act) {
            self.failed.push(act);
            say(&format!("Cannot {act}: {error}"));
        }
    }
}

/// Neither waits for a reader.
fn say(text: &str) {
    /// Facility daemon, severity warning (RFC 3164 §4.1.1).
    const PRIORITY: u8 = 3 << 3 | 4;
    let own = std::process::id();
    if let Ok(syslog) = UnixDatagram::unbound() {
        let _ = syslog.set_nonblocking(true);
        let _ = syslog.send_to(
            format!("<{PRIORITY}>holdfast-guardian[{own}]: {text}").as_bytes(),
            "/dev/log",
        );
    }
    // The core gives it a console only where the daemon logs to one. A line is shorter than what a
    // pipe that is writable takes.
    if can_complain() {
        let _ = io::stderr().write_all(format!("holdfast-guardian[{own}]: {text}\n").as_bytes());
    }
}
