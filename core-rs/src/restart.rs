//! This program once more in the place of this process: in another network namespace, which only a
//! new program enters with all its threads.

use crate::sys::program;
use serde::Deserialize;
use std::convert::Infallible;
use std::ffi::CString;
use std::fs::{self, File};
use std::io;

/// What the next life begins with, beside the command line and the environment of this one.
#[derive(Debug, Deserialize)]
pub struct Restart {
    /// File of a network namespace, such as `/run/netns/NAME`.
    pub namespace: String,
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
        let namespace = File::open(&self.namespace)?;
        program::enter_network(&namespace)?;
        program::replace(c"/proc/self/exe", &argv, &environment)
    }
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
    fn carry_out_without_the_namespace_changes_nothing() {
        let restart = Restart {
            namespace: "/nonexistent/netns".into(),
            variables: vec![],
        };
        assert_eq!(
            restart.carry_out().unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }
}
