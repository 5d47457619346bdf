//! What the guardian says in the log: to the local syslog, and where the daemon's console and its log file
//! are.

use super::system::can_complain;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// What was done; said once at each step.
#[derive(Debug, Default)]
pub struct Report {
    withdrawn: usize,
    succeeded: usize,
    /// What another daemon has taken over.
    taken: usize,
    /// What was set up beside, and is undone.
    settled: usize,
    /// What went wrong, said once for each act.
    failed: Vec<&'static str>,
    /// The daemon's log file.
    file: Option<PathBuf>,
    /// Lines that are to be written to it.
    unwritten: String,
}

impl Report {
    /// One that goes to a file as well.
    pub fn to(file: Option<PathBuf>) -> Self {
        Self {
            file,
            ..Self::default()
        }
    }

    /// One thing that is of no virtual router was undone.
    pub fn settled(&mut self) {
        self.settled += 1;
    }

    /// Writes to the file what was said since; for a moment when nothing else is to be done, since a disk may
    /// hang.
    pub fn write(&mut self) {
        let Some(path) = self.file.as_ref().filter(|_| !self.unwritten.is_empty()) else {
            return;
        };
        // Whoever rotates logs may have moved it away; the daemon would make it anew as well.
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path);
        // Syslog has it too.
        let _ = file.and_then(|mut file| file.write_all(self.unwritten.as_bytes()));
        self.unwritten.clear();
    }

    /// Neither syslog nor the console is waited for.
    fn say(&mut self, text: &str) {
        /// Facility daemon, severity warning (RFC 3164 §4.1.1).
        const PRIORITY: u8 = 3 << 3 | 4;
        let own = std::process::id();
        if self.file.is_some() {
            let when = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            let when = date(when.as_millis() as u64);
            self.unwritten += &format!("{when} holdfast-guardian: {text}\n");
        }
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
            let line = format!("holdfast-guardian[{own}]: {text}\n");
            let _ = io::stderr().write_all(line.as_bytes());
        }
    }
    /// The daemon is dead, and so many wills are carried out now.
    pub fn died(&mut self, wills: usize) {
        (self.withdrawn, self.succeeded) = (0, 0);
        let routers = if wills == 1 { "router" } else { "routers" };
        self.say(&match wills {
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
        self.say(&match wills {
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
        self.say("Another master speaks for what was held for a daemon to come: leaves it");
    }

    /// Nobody has come for so many.
    pub fn gave_up(&mut self, wills: usize) {
        self.say(&format!(
            "No daemon came in time: sent the farewells of {wills}, what is held stays until a successor is heard"
        ));
    }

    /// Nothing is spoken for any more.
    pub fn relieved(&mut self) {
        if self.taken > 0 {
            self.say(&format!(
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
    pub fn withdrawn(&mut self) {
        if self.settled > 0 {
            let what = match self.settled {
                1 => "1 thing",
                many => &format!("{many} things"),
            };
            self.say(&format!(
                "Undid what was set up beside addresses, {what}: routes, rules, tables, links, settings"
            ));
        }
        let heard = match (self.succeeded, self.withdrawn) {
            (0, 0) => return,
            (0, _) => "no successor was heard in time".into(),
            (1, _) => "a successor was heard".into(),
            (many, _) => format!("{many} successors were heard"),
        };
        self.say(&format!(
            "Withdrew what was held, {} in all; {heard}",
            self.withdrawn
        ));
    }

    /// Something went wrong.
    pub fn failed(&mut self, act: &'static str, error: &io::Error) {
        if !self.failed.contains(&act) {
            self.failed.push(act);
            self.say(&format!("Cannot {act}: {error}"));
        }
    }
}

/// A moment, ms since 1970, as the daemon's log has it: `2026-01-31 12:00:00.000`, in UTC.
fn date(millis: u64) -> String {
    let (seconds, day) = (millis / 1000 % 86_400, millis / 86_400_000);
    // Years begin in March here, so that a leap day is the last of one; eras have 400 of them.
    let shifted = day + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = match month {
        0..10 => (month + 3, 0),
        _ => (month - 9, 1),
    };
    let (year, millis) = (era * 400 + year + next, millis % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{date:02} {hour:02}:{minute:02}:{second:02}.{millis:03}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_is_that_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01 00:00:00.000");
        assert_eq!(date(951_782_399_999), "2000-02-28 23:59:59.999");
        assert_eq!(date(951_782_400_000), "2000-02-29 00:00:00.000");
        assert_eq!(date(1_735_689_599_001), "2024-12-31 23:59:59.001");
        assert_eq!(date(1_772_323_200_000), "2026-03-01 00:00:00.000");
    }

    #[test]
    fn file_has_what_was_said_behind_what_is_there() {
        let path = std::env::temp_dir().join(format!("guardian-log-{}", std::process::id()));
        std::fs::write(&path, "before\n").ok();
        let mut report = Report::to(Some(path.clone()));
        report.died(0);
        report.write();
        report.write();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::remove_file(&path).ok();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        let last = lines.last().copied().unwrap_or_default();
        assert!(last.ends_with("it was nowhere master"), "{text}");
    }
}
