//! Files that others read, put in place whole: written under a name nobody has had and renamed.
//!
//! A reader never sees half of one, and a link that somebody planted under its name is replaced, not
//! followed. What cannot be put in place leaves nothing behind.

use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Names tried before somebody who takes them all is believed.
const TRIES: u32 = 8;

/// Puts a file at `path`, with `mode` less the umask.
pub fn put(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let (temporary, mut file) = make(path, mode)?;
    let result = file
        .write_all(bytes)
        .and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        // What is said is why it could not be put in place.
        let _ = fs::remove_file(&temporary);
    }
    result
}

/// A new file beside `path`.
fn make(path: &Path, mode: u32) -> io::Result<(PathBuf, File)> {
    let mut tries = 0;
    loop {
        let mut name = OsString::from(path);
        name.push(format!(".{:016x}", unguessable()));
        let temporary = PathBuf::from(name);
        // Made anew or not at all (O_EXCL), which follows no link either.
        let opened = File::options()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&temporary);
        tries += 1;
        match opened {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < TRIES => {}
            opened => return Ok((temporary, opened?)),
        }
    }
}

fn unguessable() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// An empty folder, removed afterwards.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = format!("holdfast-file-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(path);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let name =
                |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
            let mut names: Vec<_> = fs::read_dir(&self.0).unwrap().map(name).collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn put_takes_the_place_of_a_file_and_of_a_link_whose_target_stays() {
        let folder = Folder::new("place");
        let path = folder.0.join("dump");
        put(&path, b"first", 0o600).unwrap();
        put(&path, b"second", 0o600).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        fs::write(folder.0.join("target"), "precious").unwrap();
        fs::remove_file(&path).unwrap();
        symlink("target", &path).unwrap();
        put(&path, b"third", 0o600).unwrap();
        assert_eq!(fs::read(folder.0.join("target")).unwrap(), b"precious");
        assert!(path.symlink_metadata().unwrap().is_file());
        assert_eq!(folder.names(), ["dump", "target"]);
    }

    #[test]
    fn put_that_fails_leaves_nothing_behind() {
        let folder = Folder::new("fails");
        fs::create_dir(folder.0.join("dump")).unwrap();
        for _ in 0..3 {
            put(&folder.0.join("dump"), b"text", 0o600).unwrap_err();
        }
        let missing = put(&folder.0.join("missing/dump"), b"text", 0o600).unwrap_err();
        assert_eq!(missing.raw_os_error(), Some(libc::ENOENT));
        assert_eq!(folder.names(), ["dump"]);
    }
}
