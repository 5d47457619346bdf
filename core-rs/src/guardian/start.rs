//! Starting the guardian's program from memory.

use crate::error::Error;
use crate::sys::memory_file::MemoryFile;
use crate::sys::process::{Process, StandardStreams, null, start_to_outlive};
use socket2::{Domain, Socket, Type};
use std::ffi::CString;
use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

/// A static executable for this machine.
const PROGRAM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/guardian"));

/// How long a guardian that does not read, such as one that is stopped, is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// A guardian that runs.
#[derive(Debug)]
pub struct Running {
    /// Its process.
    pub process: Process,
    /// Where it is told; its end is the daemon's death.
    pub socket: Socket,
}

/// Where a guardian says what it does, beside syslog.
#[derive(Debug, Clone)]
pub struct Voice {
    /// On standard error.
    pub console: bool,
    /// At the end of a file.
    pub file: Option<String>,
}

/// Starts one under a name.
pub fn start(name: &str, voice: &Voice) -> Result<Running, Error> {
    let begin = || -> io::Result<Running> {
        let program = MemoryFile::of(c"holdfast-guardian", PROGRAM)?;
        let (socket, its_end) = Socket::pair(Domain::UNIX, Type::SEQPACKET, None)?;
        socket.set_write_timeout(Some(PATIENCE))?;
        let null = null()?;
        let error = io::stderr();
        let streams = StandardStreams {
            input: its_end.as_fd(),
            output: null.as_fd(),
            error: if voice.console {
                error.as_fd()
            } else {
                null.as_fd()
            },
        };
        let mut argv = vec![CString::from(c"holdfast-guardian"), CString::new(name)?];
        if let Some(file) = &voice.file {
            argv.push(CString::new(file.as_str())?);
        }
        let process = start_to_outlive(&program, &argv, &streams)?;
        Ok(Running { process, socket })
    };
    begin().map_err(Error::system("start the guardian"))
}
