//! What every child begins with, beside its program: environment, limits, standard streams.

use crate::error::Error;
use crate::protocol::{Account, Variable};
use crate::sys::limits::{self, OpenFiles};
use crate::sys::process::{self, Process, Start};
use std::ffi::{CString, OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// Where programs are looked for without a `PATH` (`confstr(_CS_PATH)` and the superuser's).
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What every child begins with.
#[derive(Debug)]
pub struct Ground {
    /// `NAME=value` as this process itself was started with: the runtime adds variables of its own.
    inherited: Vec<Vec<u8>>,
    environment: Vec<CString>,
    path: OsString,
    open_files: Option<OpenFiles>,
    /// Opened once: starting a child must not need more descriptors than the child's own.
    null: OwnedFd,
}

impl Ground {
    /// That of this process.
    pub fn new() -> Result<Self, Error> {
        let null = process::null().map_err(Error::system("open /dev/null"))?;
        let mut ground = Self {
            inherited: inherited(),
            environment: Vec::new(),
            path: OsString::new(),
            open_files: None,
            null,
        };
        ground.settle(&[], &[], None);
        Ok(ground)
    }

    /// Takes away and sets variables, and sets the limit of open files.
    pub fn settle(&mut self, without: &[String], with: &[Variable], open_files: Option<u32>) {
        let gone = |name: &[u8]| {
            without.iter().any(|one| one.as_bytes() == name)
                || with.iter().any(|one| one.name.as_bytes() == name)
        };
        let kept = self.inherited.iter().filter(|line| !gone(name_of(line)));
        let set = with
            .iter()
            .map(|one| format!("{}={}", one.name, one.value).into_bytes());
        let lines: Vec<_> = kept.cloned().chain(set).collect();
        let path = lines.iter().find(|line| name_of(line) == b"PATH");
        self.path = path.map_or_else(
            || DEFAULT_PATH.into(),
            |line| OsStr::from_bytes(line.get(5..).unwrap_or_default()).to_owned(),
        );
        self.environment = lines
            .into_iter()
            .filter_map(|line| CString::new(line).ok())
            .collect();
        let first = limits::first_open_files();
        self.open_files = first.ok().map(|OpenFiles { soft, hard }| OpenFiles {
            soft: open_files.map_or(soft, u64::from).min(hard),
            hard,
        });
    }

    /// Folders in which programs without a slash are looked for.
    pub fn path(&self) -> &OsStr {
        &self.path
    }

    /// Starts a program.
    pub fn start(
        &self,
        path: &Path,
        argv: &[String],
        account: Option<&Account>,
    ) -> io::Result<Process> {
        let text = |bytes: &[u8]| CString::new(bytes).map_err(|_| io::ErrorKind::InvalidInput);
        let argv: Result<Vec<_>, _> = argv.iter().map(|one| text(one.as_bytes())).collect();
        let started = process::start(&Start {
            path: &text(path.as_os_str().as_bytes())?,
            argv: &argv?,
            environment: &self.environment,
            account: account.map(|account| (account.uid, account.gid)),
            open_files: self.open_files.map(within_ours).transpose()?,
            null: self.null.as_fd(),
        })?;
        Ok(started)
    }

    /// Fails when a child would need one of the last descriptors.
    pub fn spare(&self) -> io::Result<()> {
        limits::leave_some(self.null.try_clone()?)
    }
}

/// What a limit can be set to without privileges: somebody may have lowered this process's.
fn within_ours(OpenFiles { soft, hard }: OpenFiles) -> io::Result<OpenFiles> {
    let ours = limits::open_files()?;
    let hard = hard.min(ours.hard);
    Ok(OpenFiles {
        soft: soft.min(hard),
        hard,
    })
}

fn name_of(line: &[u8]) -> &[u8] {
    line.split(|byte| *byte == b'=').next().unwrap_or_default()
}

fn inherited() -> Vec<Vec<u8>> {
    let lines = std::fs::read("/proc/self/environ").unwrap_or_else(|_| {
        let line =
            |(name, value): (OsString, OsString)| [name.into_vec(), value.into_vec()].join(&b'=');
        let lines: Vec<_> = std::env::vars_os().map(line).collect();
        lines.join(&0)
    });
    let lines = lines.split(|byte| *byte == 0);
    lines
        .filter(|line| line.contains(&b'='))
        .map(<[u8]>::to_vec)
        .collect()
}
