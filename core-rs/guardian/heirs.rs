//! Successors: daemons that start in the place of the one before, and say what they take over.

use super::message::{RECORD, Record, Router};
use super::system;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::{UnixListener, UnixStream};

/// Connections of successors, and where they come in.
#[derive(Default)]
pub struct Heirs {
    listener: Option<UnixListener>,
    heirs: Vec<Heir>,
}

struct Heir {
    stream: UnixStream,
    /// It knows what there is to take.
    told: bool,
    /// The part of a record that has come.
    begun: Vec<u8>,
    gone: bool,
}

impl Heirs {
    /// Without a listener nobody comes.
    pub fn at(listener: Option<UnixListener>) -> Self {
        if let Some(listener) = &listener {
            // It is asked only when somebody waits.
            let _ = listener.set_nonblocking(true);
        }
        Self {
            listener,
            heirs: Vec::new(),
        }
    }

    /// To wait for.
    pub fn descriptors(&self) -> impl Iterator<Item = RawFd> + '_ {
        let listener = self.listener.iter().map(AsRawFd::as_raw_fd);
        listener.chain(self.heirs.iter().map(|heir| heir.stream.as_raw_fd()))
    }

    /// Lets in whoever waits and may: this user or root. Others are not answered.
    pub fn admit(&mut self) {
        while let Some(Ok((stream, _))) = self.listener.as_ref().map(UnixListener::accept) {
            if stream.set_nonblocking(true).is_ok() && system::is_of_this_user_or_root(&stream) {
                self.heirs.push(Heir {
                    stream,
                    told: false,
                    begun: Vec::new(),
                    gone: false,
                });
            }
        }
    }

    /// Tells those that do not know yet what there is to take; true when there are such.
    pub fn tell(&mut self, routers: &[Router], planned: bool) -> bool {
        let mut records: Vec<u8> = Vec::with_capacity((routers.len() + 1) * RECORD);
        for router in routers {
            records.extend(Record::Held(*router).encode());
        }
        records.extend(Record::All { planned }.encode());
        let mut news = false;
        for heir in self.heirs.iter_mut().filter(|heir| !heir.told) {
            heir.told = true;
            news = true;
            // What does not fit is more than anybody has; its reader gives up, and takes nothing.
            heir.gone = heir.stream.write_all(&records).is_err();
        }
        news
    }

    /// What they have said.
    pub fn listen(&mut self) -> Vec<Record> {
        let mut said = Vec::new();
        for heir in &mut self.heirs {
            let mut buffer = [0; 64 * RECORD];
            loop {
                match heir.stream.read(&mut buffer) {
                    Ok(0) => heir.gone = true,
                    Ok(length) => {
                        heir.begun.extend(buffer.get(..length).unwrap_or_default());
                        continue;
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    Err(error) => heir.gone |= error.kind() != std::io::ErrorKind::WouldBlock,
                }
                break;
            }
            let whole = heir.begun.len() / RECORD * RECORD;
            let records = heir.begun.drain(..whole).collect::<Vec<_>>();
            let records = records.chunks_exact(RECORD);
            said.extend(records.filter_map(|one| Record::decode(one.try_into().ok()?)));
        }
        self.heirs.retain(|heir| !heir.gone);
        said
    }
}
