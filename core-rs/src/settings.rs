//! Settings of the kernel below `/proc/sys`: set, and made again what they were.

use crate::error::Error;
use crate::protocol::{Changed, Sysctl};
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

/// Where they are.
const ROOT: &str = "/proc/sys";

/// What settings were before they were set here.
#[derive(Debug, Default)]
pub struct Settings {
    before: HashMap<String, Before>,
}

#[derive(Debug)]
struct Before {
    /// What it was.
    was: String,
    /// What it was set to last.
    is: String,
}

impl Settings {
    /// Sets one. What it was is remembered when it was set for the first time; what becomes other than it was is told
    /// before it does.
    pub fn put(&mut self, setting: &Sysctl, tell: impl FnOnce(Changed)) -> Result<(), Error> {
        let Sysctl { name, value } = setting;
        let now = read(name)?;
        let known = self.before.get(name);
        let was = known.map_or(&now, |before| &before.was).clone();
        if known.is_some_and(|before| before.is != *value) || (known.is_none() && was != *value) {
            tell(Changed::Sysctl {
                name: name.clone(),
                was: was.clone(),
                is: value.clone(),
            });
        }
        if now != *value {
            write(name, value)?;
        }
        let is = value.clone();
        self.before.insert(name.clone(), Before { was, is });
        Ok(())
    }

    /// Takes one for set here, by a process before that had no time to make it what it was; unless somebody else has
    /// set it since.
    pub fn remember(&mut self, name: &str, was: &str, is: &str) {
        if read(name).is_ok_and(|now| now == is) {
            let (was, is) = (was.to_owned(), is.to_owned());
            self.before.insert(name.to_owned(), Before { was, is });
        }
    }

    /// What a setting that was set here was before, and what it was set to.
    pub fn before(&self, name: &str) -> Option<(&str, &str)> {
        let Before { was, is } = self.before.get(name)?;
        Some((was, is))
    }

    /// Makes one again what it was, unless somebody else has set it since.
    pub fn restore(&mut self, setting: &Sysctl) -> Result<(), Error> {
        let Some(Before { was, is }) = self.before.remove(&setting.name) else {
            return Ok(());
        };
        match read(&setting.name) {
            Ok(now) if now == is && was != is => write(&setting.name, &was),
            // Gone with its interface or module, or somebody else's by now.
            _ => Ok(()),
        }
    }
}

/// The file of a setting, which is below [`ROOT`] whatever its name says.
fn path(name: &str) -> Result<PathBuf, Error> {
    let allowed = |part: &str| {
        let is_good = |one: char| one.is_ascii_alphanumeric() || "_-.:@".contains(one);
        !part.is_empty() && part != "." && part != ".." && part.chars().all(is_good)
    };
    if name.split('/').all(allowed) {
        return Ok(PathBuf::from(ROOT).join(name));
    }
    Err(Error::Malformed(format!("{name} is no setting")))
}

fn read(name: &str) -> Result<String, Error> {
    let file = path(name)?;
    let text = fs::read_to_string(&file).map_err(|source| Error::File {
        path: file.display().to_string(),
        source,
    })?;
    Ok(text.trim_end().to_owned())
}

fn write(name: &str, value: &str) -> Result<(), Error> {
    let file = path(name)?;
    fs::write(&file, value).map_err(|source| Error::File {
        path: file.display().to_string(),
        source,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn path_stays_below_its_root() {
        for name in [
            "",
            "/etc/passwd",
            "net/../../etc/passwd",
            "net//ipv4",
            "a b",
        ] {
            assert!(path(name).is_err(), "{name}");
        }
        let file = path("net/ipv4/conf/eth0.5/arp_ignore").unwrap();
        assert_eq!(
            file.to_str(),
            Some("/proc/sys/net/ipv4/conf/eth0.5/arp_ignore")
        );
    }
}
