//! Files by path: their content, told when it changes.
//!
//! The folder of each is watched (`inotify(7)`), so a file that is made, replaced or removed is noticed, and the file itself, so
//! that one behind a link is. What cannot be watched is looked at again once a second.

use crate::protocol::{Event, FollowedFile};
use inotify::{Inotify, WatchMask};
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Most bytes that are read: a number is shorter, and what is longer is none.
const LONGEST: u64 = 128;

/// Room for some notifications.
const ROOM: usize = 4096;

/// What is followed.
#[derive(Debug)]
pub struct Files {
    inotify: Inotify,
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    path: String,
    folder: PathBuf,
    /// Its folder is watched.
    watched: bool,
    /// What was told last.
    told: Option<Option<String>>,
}

impl Files {
    /// Nothing is followed.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            inotify: Inotify::init()?,
            files: Vec::new(),
        })
    }

    /// Follows these; gives the content of each.
    pub fn follow(&mut self, files: Vec<FollowedFile>) -> Vec<Event> {
        self.files = files
            .into_iter()
            .map(|file| {
                // What cannot be made is not there, which is told.
                let _ = begin(&file);
                let path = Path::new(&file.path);
                let folder = path.parent().filter(|at| at.as_os_str() != OsString::new());
                File {
                    folder: folder.unwrap_or(Path::new(".")).to_owned(),
                    path: file.path,
                    watched: false,
                    told: None,
                }
            })
            .collect();
        self.look()
    }

    /// Takes what was notified; gives the content of the files that have another.
    pub fn hear(&mut self) -> Vec<Event> {
        let mut room = [0; ROOM];
        let mut any = false;
        while let Ok(events) = self.inotify.read_events(&mut room) {
            let before = any;
            any = false;
            for event in events {
                any = true;
                if event.mask.contains(inotify::EventMask::IGNORED) {
                    self.files.iter_mut().for_each(|file| file.watched = false);
                }
            }
            if !any {
                any = before;
                break;
            }
        }
        // Which file is meant matters little: those that are followed are few and short.
        if any { self.look() } else { Vec::new() }
    }

    /// Watches what is not watched yet, and looks at every file.
    pub fn look(&mut self) -> Vec<Event> {
        let mut watches = self.inotify.watches();
        let mut changed = Vec::new();
        for file in &mut self.files {
            let folder = WatchMask::CLOSE_WRITE
                | WatchMask::MOVE
                | WatchMask::CREATE
                | WatchMask::DELETE
                | WatchMask::DELETE_SELF
                | WatchMask::ONLYDIR;
            if !file.watched {
                file.watched = watches.add(&file.folder, folder).is_ok();
            }
            // It may be another file than before, or none.
            let _ = watches.add(&file.path, WatchMask::CLOSE_WRITE);
            let content = content(Path::new(&file.path));
            if file.told.as_ref() != Some(&content) {
                file.told = Some(content.clone());
                let path = file.path.clone();
                changed.push(Event::FileChanged { path, content });
            }
        }
        changed
    }

    /// Some file has to be looked at once a second.
    pub fn is_blind(&self) -> bool {
        self.files.iter().any(|file| !file.watched)
    }
}

impl AsFd for Files {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

/// Makes a file that begins with something.
fn begin(FollowedFile { path, init }: &FollowedFile) -> io::Result<()> {
    let Some(init) = init else { return Ok(()) };
    let mut options = OpenOptions::new();
    options.write(true).custom_flags(libc::O_NONBLOCK);
    if init.overwrite {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    options.open(path)?.write_all(init.text.as_bytes())
}

/// What is in a file; none when there is no file that can be read.
fn content(path: &Path) -> Option<String> {
    // A pipe or a terminal in its place must not be waited for.
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::protocol::FileBeginning;
    use std::fs;
    use std::time::{Duration, Instant};

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = format!("holdfast-track-{name}-{}", std::process::id());
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

    fn followed(path: &str, init: Option<FileBeginning>) -> FollowedFile {
        let path = path.to_owned();
        FollowedFile { path, init }
    }

    fn told(events: &[Event]) -> Vec<Option<String>> {
        let content = |event: &Event| match event {
            Event::FileChanged { content, .. } => content.clone(),
            _ => unreachable!(),
        };
        events.iter().map(content).collect()
    }

    /// The next content that is told.
    fn next(files: &mut Files) -> Option<String> {
        let start = Instant::now();
        loop {
            let events = files.hear();
            if let [one] = told(&events).as_slice() {
                return one.clone();
            }
            assert!(start.elapsed() < Duration::from_secs(20), "nothing is told");
            std::thread::yield_now();
        }
    }

    #[test]
    fn file_is_told_when_it_is_made_written_replaced_and_removed() {
        let folder = Folder::new("life");
        let path = folder.path("load");
        let mut files = Files::new().unwrap();
        let first = files.follow(vec![followed(&path, None)]);
        assert_eq!(told(&first), [None]);
        fs::write(&path, "5\n").unwrap();
        assert_eq!(next(&mut files).unwrap(), "5\n");
        fs::write(folder.path("new"), "7").unwrap();
        fs::rename(folder.path("new"), &path).unwrap();
        assert_eq!(next(&mut files).unwrap(), "7");
        fs::remove_file(&path).unwrap();
        assert_eq!(next(&mut files), None);
        assert!(files.hear().is_empty());
    }

    #[test]
    fn file_behind_a_link_and_in_a_folder_made_later_is_told() {
        let folder = Folder::new("later");
        fs::write(folder.path("target"), "1").unwrap();
        std::os::unix::fs::symlink("target", folder.path("link")).unwrap();
        let mut files = Files::new().unwrap();
        let all = vec![
            followed(&folder.path("link"), None),
            followed(&folder.path("sub/load"), None),
        ];
        assert_eq!(told(&files.follow(all)), [Some("1".into()), None]);
        assert!(files.is_blind());
        fs::write(folder.path("target"), "2").unwrap();
        assert_eq!(next(&mut files).unwrap(), "2");
        fs::create_dir(folder.path("sub")).unwrap();
        fs::write(folder.path("sub/load"), "3").unwrap();
        assert_eq!(told(&files.look()), [Some("3".into())]);
        assert!(!files.is_blind());
    }

    #[test]
    fn file_with_a_beginning_is_made_and_overwritten_only_when_asked() {
        let folder = Folder::new("init");
        let path = folder.path("load");
        let begin = |overwrite| {
            Some(FileBeginning {
                text: "9\n".into(),
                overwrite,
            })
        };
        let mut files = Files::new().unwrap();
        let made = files.follow(vec![followed(&path, begin(false))]);
        assert_eq!(told(&made), [Some("9\n".into())]);
        fs::write(&path, "1").unwrap();
        let kept = files.follow(vec![followed(&path, begin(false))]);
        assert_eq!(told(&kept), [Some("1".into())]);
        let anew = files.follow(vec![followed(&path, begin(true))]);
        assert_eq!(told(&anew), [Some("9\n".into())]);
    }

    #[test]
    fn file_that_is_endless_or_none_is_cut_or_not_there() {
        let folder = Folder::new("odd");
        fs::write(folder.path("long"), "1".repeat(100_000)).unwrap();
        let mut files = Files::new().unwrap();
        let odd = ["/dev/zero", &folder.path("long"), &folder.path("")];
        let odd = odd.iter().map(|path| followed(path, None)).collect();
        let events = files.follow(odd);
        let told = told(&events);
        assert_eq!((&told[0], &told[2]), (&None, &None));
        assert_eq!(told[1].as_ref().unwrap().len(), 128);
    }
}
