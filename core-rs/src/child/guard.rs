//! Whether a program may be run by root: nobody else may be able to change the file, or any folder
//! or link on the way to it (`enable_script_security`, rules of keepalived's notify.c).
//!
//! What is judged is what is run: the path without links that was walked. Each step of the walk
//! stands on steps that only root can change, so only root can make it another file meanwhile.

use crate::protocol::Account;
use crate::sys::process::{has_acl, own_account};
use std::collections::VecDeque;
use std::ffi::{CString, OsStr, OsString};
use std::fs::Metadata;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

/// Links followed on one way, as in the kernel.
const MOST_LINKS: u32 = 40;

/// Mode bits: sticky, writable by group, by others, executable by anybody.
const STICKY: u32 = 0o1000;
const GROUP_WRITES: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;
const EXECUTABLE: u32 = 0o111;

/// Why a program is not run.
#[derive(Debug)]
pub enum Refusal {
    /// It cannot be looked at.
    System(io::Error),
    /// Others than root can change this.
    Changeable(PathBuf),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// The file that `program` names, looked for in the folders of `search` when it has no slash.
pub fn locate(program: &str, search: &OsStr, account: Option<&Account>) -> io::Result<PathBuf> {
    if program.contains('/') {
        return Ok(PathBuf::from(program));
    }
    let mut denied = false;
    for folder in std::env::split_paths(search) {
        let path = folder.join(program);
        let Ok(found) = path.metadata() else { continue };
        if found.is_file() && runs_for(&found, account) {
            return Ok(path);
        }
        denied = true;
    }
    let errno = if denied { libc::EACCES } else { libc::ENOENT };
    Err(io::Error::from_raw_os_error(errno))
}

/// Walks to a file. Gives its path without links, or what others than root can change on the way,
/// when root would run it.
pub fn walk(path: &Path, account: Option<&Account>) -> Result<PathBuf, Refusal> {
    let mut walk = Walk {
        left: VecDeque::new(),
        done: PathBuf::from("/"),
        links: 0,
        changeable: None,
    };
    if path.is_relative() {
        walk.push(&std::env::current_dir()?);
    }
    walk.push(path);
    walk.judge(&walk.done.metadata()?);
    let walked = walk.on();
    let found = walked.and_then(|()| walk.done.symlink_metadata());
    match (walk.changeable, found) {
        (Some(part), Ok(found)) if roots(Some(&found), account) => Err(Refusal::Changeable(part)),
        // What is not there now may be put there.
        (Some(part), Err(_)) if roots(None, account) => Err(Refusal::Changeable(part)),
        (_, Ok(found)) if found.is_file() && runs_for(&found, account) => Ok(walk.done),
        (_, Ok(_)) => Err(io::Error::from_raw_os_error(libc::EACCES).into()),
        (_, Err(error)) => Err(error.into()),
    }
}

struct Walk {
    /// Names to go.
    left: VecDeque<OsString>,
    /// Where the walk is: absolute, without links.
    done: PathBuf,
    links: u32,
    /// The first part that others than root can change.
    changeable: Option<PathBuf>,
}

impl Walk {
    /// Puts the names of `path` behind those to go.
    fn push(&mut self, path: &Path) {
        self.left.extend(names(path));
    }

    /// To the end.
    fn on(&mut self) -> io::Result<()> {
        while let Some(name) = self.left.pop_front() {
            self.step(&name)?;
        }
        Ok(())
    }

    fn step(&mut self, name: &OsStr) -> io::Result<()> {
        if name == ".." {
            self.done.pop();
            return Ok(());
        }
        let folder = self.done.metadata()?;
        let next = self.done.join(name);
        let found = next.symlink_metadata()?;
        if !found.is_symlink() {
            self.done = next;
            self.judge(&found);
            return Ok(());
        }
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(io::Error::from_raw_os_error(libc::ELOOP));
        }
        // In a folder like /tmp its owner can put another link in its place.
        if found.uid() != 0 && folder.mode() & STICKY != 0 && others_write(&folder, &self.done) {
            self.changeable.get_or_insert(next.clone());
        }
        let target = next.read_link()?;
        if target.is_absolute() {
            self.done = PathBuf::from("/");
        }
        for name in names(&target).into_iter().rev() {
            self.left.push_front(name);
        }
        Ok(())
    }

    fn judge(&mut self, found: &Metadata) {
        let sticky = found.is_dir() && found.mode() & STICKY != 0;
        if found.uid() != 0 || (!sticky && others_write(found, &self.done)) {
            self.changeable.get_or_insert(self.done.clone());
        }
    }
}

fn names(path: &Path) -> Vec<OsString> {
    let named = |component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some(OsString::from("..")),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    };
    path.components().filter_map(named).collect()
}

/// Whether others than its owner and root's group can write it.
fn others_write(found: &Metadata, path: &Path) -> bool {
    let mode = found.mode();
    // With a list the bits of the group are the most that anybody in the list is granted.
    let listed = || CString::new(path.as_os_str().as_bytes()).is_ok_and(|path| has_acl(&path));
    mode & OTHERS_WRITE != 0 || (mode & GROUP_WRITES != 0 && (found.gid() != 0 || listed()))
}

/// Whether an account may execute a file. Root may when anybody may.
fn runs_for(found: &Metadata, account: Option<&Account>) -> bool {
    let (uid, gid) = ids(account);
    let bits = if uid == 0 {
        EXECUTABLE
    } else if uid == found.uid() {
        0o100
    } else if gid == found.gid() {
        0o010
    } else {
        0o001
    };
    found.mode() & bits != 0
}

/// Whether a file would be run by root or root's group, as whoever runs it or by its own bits.
fn roots(found: Option<&Metadata>, account: Option<&Account>) -> bool {
    let (uid, gid) = ids(account);
    let bits = found.is_some_and(|found| {
        let mode = found.mode();
        (found.uid() == 0 && mode & 0o4100 == 0o4100)
            || (found.gid() == 0 && mode & 0o2010 == 0o2010)
    });
    uid == 0 || gid == 0 || bits
}

fn ids(account: Option<&Account>) -> (u32, u32) {
    account.map_or_else(own_account, |account| (account.uid, account.gid))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    /// A folder of root's below the build's, removed afterwards. Absent without root.
    struct Ground(PathBuf);

    impl Ground {
        fn new(name: &str) -> Option<Self> {
            if own_account().0 != 0 {
                return None;
            }
            // Not below /tmp, and whoever owns the source tree: what is above counts too.
            let path = PathBuf::from(format!("/run/holdfast-guard-{}-{name}", std::process::id()));
            fs::create_dir_all(path.join("safe")).unwrap();
            let ground = Self(path);
            ground.script("safe/script");
            Some(ground)
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }

        fn script(&self, name: &str) {
            fs::write(self.path(name), "#!/bin/sh\n").unwrap();
            self.mode(name, 0o755);
        }

        fn mode(&self, name: &str, mode: u32) {
            fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
        }

        fn give(&self, name: &str, uid: u32) {
            std::os::unix::fs::lchown(self.path(name), Some(uid), None).unwrap();
        }

        /// The path that would be run, or the part that can be changed, below the ground.
        fn walked(&self, name: &str, account: Option<&Account>) -> Result<PathBuf, PathBuf> {
            let short = |path: PathBuf| path.strip_prefix(&self.0).unwrap().to_owned();
            match walk(&self.path(name), account) {
                Ok(path) => Ok(short(path)),
                Err(Refusal::Changeable(path)) => Err(short(path)),
                Err(Refusal::System(error)) => panic!("{error}"),
            }
        }
    }

    impl Drop for Ground {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn ok(path: &str) -> Result<PathBuf, PathBuf> {
        Ok(path.into())
    }

    fn changeable(path: &str) -> Result<PathBuf, PathBuf> {
        Err(path.into())
    }

    #[test]
    fn walk_to_a_script_of_roots_gives_its_path_without_links() {
        let Some(ground) = Ground::new("plain") else {
            return;
        };
        symlink("safe", ground.path("link")).unwrap();
        symlink("../link/./script", ground.path("safe/again")).unwrap();
        assert_eq!(ground.walked("safe/script", None), ok("safe/script"));
        assert_eq!(ground.walked("link/../safe/again", None), ok("safe/script"));
    }

    #[test]
    fn walk_through_a_folder_of_somebody_elses_names_the_folder() {
        let Some(ground) = Ground::new("theirs") else {
            return;
        };
        fs::create_dir(ground.path("theirs")).unwrap();
        ground.give("theirs", 1234);
        // The link leads to a script of root's, but its owner's folder lets him turn it.
        symlink("../safe/script", ground.path("theirs/link")).unwrap();
        symlink("../safe", ground.path("theirs/folder")).unwrap();
        assert_eq!(ground.walked("theirs/link", None), changeable("theirs"));
        assert_eq!(
            ground.walked("theirs/folder/script", None),
            changeable("theirs")
        );
        symlink("theirs/folder/script", ground.path("far")).unwrap();
        assert_eq!(ground.walked("far", None), changeable("theirs"));
        assert_eq!(
            ground.walked("theirs/../safe/script", None),
            changeable("theirs")
        );
        assert_eq!(ground.walked("theirs/missing", None), changeable("theirs"));
    }

    #[test]
    fn walk_over_a_link_of_somebody_elses_in_a_sticky_folder_names_the_link() {
        let Some(ground) = Ground::new("sticky") else {
            return;
        };
        fs::create_dir(ground.path("tmp")).unwrap();
        ground.mode("tmp", 0o1777);
        ground.script("tmp/script");
        symlink("../safe/script", ground.path("tmp/link")).unwrap();
        assert_eq!(ground.walked("tmp/script", None), ok("tmp/script"));
        assert_eq!(ground.walked("tmp/link", None), ok("safe/script"));
        ground.give("tmp/link", 1234);
        assert_eq!(ground.walked("tmp/link", None), changeable("tmp/link"));
    }

    #[test]
    fn walk_to_a_file_others_can_write_names_it_only_when_root_runs_it() {
        let Some(ground) = Ground::new("file") else {
            return;
        };
        let other = Account {
            uid: 1234,
            gid: 1234,
        };
        ground.mode("safe/script", 0o757);
        assert_eq!(
            ground.walked("safe/script", None),
            changeable("safe/script")
        );
        assert_eq!(
            ground.walked("safe/script", Some(&other)),
            ok("safe/script")
        );
        ground.mode("safe/script", 0o4757);
        assert_eq!(
            ground.walked("safe/script", Some(&other)),
            changeable("safe/script")
        );
        // Root's group is root's own; another one is not.
        ground.mode("safe/script", 0o775);
        assert_eq!(ground.walked("safe/script", None), ok("safe/script"));
        chown(ground.path("safe/script"), None, Some(1234)).unwrap();
        assert_eq!(
            ground.walked("safe/script", None),
            changeable("safe/script")
        );
    }

    #[test]
    fn walk_to_what_is_no_program_gives_an_error() {
        let errno = |path: &Path| match walk(path, None) {
            Err(Refusal::System(error)) => error.raw_os_error(),
            other => panic!("{other:?}"),
        };
        assert_eq!(errno(Path::new("/etc")), Some(libc::EACCES));
        assert_eq!(errno(Path::new("/etc/passwd")), Some(libc::EACCES));
        assert_eq!(errno(Path::new("/nonexistent/x")), Some(libc::ENOENT));
        assert_eq!(errno(Path::new("/etc/passwd/x")), Some(libc::ENOTDIR));
        let Some(ground) = Ground::new("loop") else {
            return;
        };
        symlink("loop", ground.path("loop")).unwrap();
        assert_eq!(errno(&ground.path("loop")), Some(libc::ELOOP));
    }

    #[test]
    fn locate_looks_in_the_folders_given_and_nowhere_else() {
        let found = locate("sh", OsStr::new("/nonexistent:/bin"), None).unwrap();
        assert_eq!(found, Path::new("/bin/sh"));
        let missing = locate("sh", OsStr::new("/nonexistent"), None).unwrap_err();
        assert_eq!(missing.raw_os_error(), Some(libc::ENOENT));
        let denied = locate("passwd", OsStr::new("/etc"), None).unwrap_err();
        assert_eq!(denied.raw_os_error(), Some(libc::EACCES));
        assert_eq!(
            locate("./x", OsStr::new("/bin"), None).unwrap(),
            Path::new("./x")
        );
    }
}
