//! Named pipes that tell whoever reads them what happened. A pipe that is full, since nobody reads it, makes nobody wait: what
//! does not fit is dropped, and counted.

use crate::error::Error;
use crate::protocol::{Account, Event};
use crate::sys::fifo;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

/// Permission bits of a pipe that is made, less the umask.
const MODE: u32 = 0o644;

/// Every pipe that is open, by its path.
#[derive(Debug, Default)]
pub struct Fifos(BTreeMap<String, Fifo>);

#[derive(Debug)]
struct Fifo {
    path: PathBuf,
    file: File,
    /// It is removed in the end.
    made: bool,
    /// Lines that did not fit, since that was told last.
    dropped: u64,
    /// That some did not fit was told since one did.
    told: bool,
}

impl Fifos {
    /// Opens a pipe, which is made when there is none, for an account when one is given.
    pub fn open(&mut self, path: String, account: Option<&Account>) -> Result<(), Error> {
        if self.0.contains_key(&path) {
            return Ok(());
        }
        let place = PathBuf::from(&path);
        let opened = open(&place, account);
        let (file, made) = opened.map_err(|source| Error::Fifo {
            path: path.clone(),
            source,
        })?;
        let fifo = Fifo {
            path: place,
            file,
            made,
            dropped: 0,
            told: false,
        };
        self.0.insert(path, fifo);
        Ok(())
    }

    /// Writes a line whole or not at all; a pipe that is not open drops it. Gives what is to be told.
    pub fn write(&mut self, path: &str, line: &[u8]) -> Option<Event> {
        let fifo = self.0.get_mut(path)?;
        // Not longer than PIPE_BUF, so it is written whole (pipe(7)).
        let written = fifo
            .file
            .write(line)
            .is_ok_and(|length| length == line.len());
        if !written {
            fifo.dropped += 1;
        }
        if fifo.dropped == 0 || written != fifo.told {
            return None;
        }
        fifo.told = !written;
        let count = std::mem::take(&mut fifo.dropped);
        let path = path.to_owned();
        Some(Event::FifoDropped { path, count })
    }

    /// Closes a pipe, and removes it if it was made here.
    pub fn close(&mut self, path: &str) {
        self.0.remove(path);
    }
}

impl Drop for Fifo {
    fn drop(&mut self) {
        if self.made {
            // Somebody has removed it before.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn open(path: &Path, account: Option<&Account>) -> io::Result<(File, bool)> {
    let made = match fifo::make(path, MODE) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => return Err(error),
    };
    let opened = open_made(path, made, account);
    if opened.is_err() && made {
        let _ = fs::remove_file(path);
    }
    Ok((opened?, made))
}

fn open_made(path: &Path, made: bool, account: Option<&Account>) -> io::Result<File> {
    if let (true, Some(account)) = (made, account) {
        chown(path, Some(account.uid), Some(account.gid))?;
    }
    // Also for reading: so it opens without a reader, and keeps what is written until there is one.
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW)
        .open(path)?;
    let found = file.metadata()?;
    if !found.file_type().is_fifo() {
        return Err(io::Error::other("it is no named pipe"));
    }
    let owners = [Some(fifo::user()), account.map(|account| account.uid)];
    if !owners.contains(&Some(found.uid())) {
        return Err(io::Error::other("it belongs to somebody else"));
    }
    Ok(file)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::Read;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = format!("holdfast-fifo-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(path);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn path(&self, name: &str) -> String {
            self.0.join(name).display().to_string()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn pipe_without_a_reader_keeps_what_fits_drops_the_rest_and_says_so_twice() {
        let folder = Folder::new("full");
        let path = folder.path("pipe");
        let mut fifos = Fifos::default();
        fifos.open(path.clone(), None).unwrap();
        let line = [b"x".repeat(99), b"\n".to_vec()].concat();
        let told: Vec<_> = (0..1_000)
            .filter_map(|_| fifos.write(&path, &line))
            .collect();
        let dropped = |count| Event::FifoDropped {
            path: path.clone(),
            count,
        };
        assert_eq!(told, [dropped(1)]);
        let mut reader = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NONBLOCK)
            .open(&path)
            .unwrap();
        let mut bytes = vec![0; 1 << 20];
        let kept = reader.read(&mut bytes).unwrap() / line.len();
        assert!(kept > 100 && kept < 1_000, "{kept}");
        let rest = 1_000 - kept as u64 - 1;
        assert_eq!(fifos.write(&path, &line), Some(dropped(rest)));
        assert_eq!(fifos.write(&path, &line), None);
    }

    #[test]
    fn pipe_that_was_made_is_removed_and_one_that_was_there_stays() {
        let folder = Folder::new("life");
        let (made, found) = (folder.path("made"), folder.path("found"));
        fifo::make(Path::new(&found), 0o600).unwrap();
        let mut fifos = Fifos::default();
        for path in [&made, &found, &made] {
            fifos.open(path.clone(), None).unwrap();
        }
        assert!(Path::new(&made).exists());
        fifos.close(&made);
        assert!(!Path::new(&made).exists());
        drop(fifos);
        assert!(Path::new(&found).exists());
    }

    #[test]
    fn pipe_that_is_none_or_a_link_is_refused_and_left_alone() {
        let folder = Folder::new("odd");
        let (file, link) = (folder.path("file"), folder.path("link"));
        fs::write(&file, "text").unwrap();
        fifo::make(Path::new(&folder.path("pipe")), 0o600).unwrap();
        std::os::unix::fs::symlink("pipe", &link).unwrap();
        let mut fifos = Fifos::default();
        for path in [&file, &link] {
            fifos.open(path.clone(), None).unwrap_err();
            assert_eq!(fifos.write(path, b"line\n"), None);
        }
        assert_eq!(fs::read(&file).unwrap(), b"text");
        assert!(Path::new(&link).is_symlink());
    }
}
