//! This program once more in the place of this process: in another network namespace, which only a
//! new program enters with all its threads.

use crate::sys::program;
use serde::Deserialize;
use std::convert::Infallible;
use std::ffi::CString;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;

/// What the next life begins with, beside the command line and the environment of this one.
#[derive(Debug, Deserialize)]
pub struct Restart {
    /// File of a network namespace, such as `/run/netns/NAME`; absent: the same.
    #[serde(default)]
    pub namespace: Option<String>,
    /// The program is what lies at its path by now, not what it was.
    #[serde(default)]
    pub anew: bool,
    /// Variables to be set, by their names.
    pub variables: Vec<(String, String)>,
}

impl Restart {
    /// Ends this program. Comes back only with why it cannot.
    pub fn carry_out(&self) -> io::Result<Infallible> {
        let argv = strings(&fs::read("/proc/self/cmdline")?);
        let mut environment = strings(&fs::read("/proc/self/environ")?);
        environment.retain(|text| self.variables.iter().all(|(name, _)| !sets(text, name)));
        for (name, value) in &self.variables {
            environment.push(CString::new(format!("{name}={value}"))?);
        }
        if let Some(path) = &self.namespace {
            let namespace = File::open(path)?;
            program::enter_network(&namespace)?;
        }
        if self.anew {
            let link = fs::read_link("/proc/self/exe")?;
            let path = path_by_now(link.as_os_str().as_bytes());
            return program::replace(&CString::new(path)?, &argv, &environment);
        }
        program::replace(c"/proc/self/exe", &argv, &environment)
    }
}

/// Where another file took the place of the program's, the link says so behind the path (`proc(5)`).
fn path_by_now(link: &[u8]) -> &[u8] {
    link.strip_suffix(b" (deleted)").unwrap_or(link)
}

/// Texts that end with a zero, one after the other.
fn strings(bytes: &[u8]) -> Vec<CString> {
    bytes
        .split_inclusive(|byte| *byte == 0)
        .filter_map(|text| CString::from_vec_with_nul(text.to_vec()).ok())
        .collect()
}

fn sets(text: &CString, name: &str) -> bool {
    let rest = text.as_bytes().strip_prefix(name.as_bytes());
    rest.is_some_and(|rest| rest.first() == Some(&b'='))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_taken_apart_at_their_ends() {
        assert_eq!(
            strings(b"a\0\0b c\0"),
            [c"a", c"", c"b c"].map(CString::from)
        );
        assert!(strings(b"").is_empty());
        assert!(sets(&c"A=1".into(), "A"));
        assert!(!sets(&c"AB=1".into(), "A"));
    }

    #[test]
    fn path_of_a_program_that_was_replaced_is_that_of_the_new_one() {
        assert_eq!(path_by_now(b"/usr/sbin/x (deleted)"), b"/usr/sbin/x");
        assert_eq!(path_by_now(b"/usr/sbin/x"), b"/usr/sbin/x");
    }

    #[test]
    fn carry_out_without_the_namespace_changes_nothing() {
        let restart = Restart {
            namespace: Some("/nonexistent/netns".into()),
            anew: false,
            variables: vec![],
        };
        assert_eq!(
            restart.carry_out().unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }
}
