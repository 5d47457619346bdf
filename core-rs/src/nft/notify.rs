//! What the kernel tells of tables: only whether somebody else touched one of ours.

use super::constants::{GROUP, SUBSYSTEM, message, table};
use super::value::TableId;
use crate::error::Error;
use crate::netlink::socket::{Message, messages};
use crate::sys::netlink::{descriptor, force_receive_buffer};
use neli::consts::socket::{Msg, NlFamily};
use neli::nl::NlPayload;
use neli::socket::NlSocket;
use neli::utils::Groups;
use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd};

/// Wanted receive buffer. When it is full all tables count as changed, so its size is no matter of right.
const RECEIVE_BUFFER: i32 = 1 << 20;

/// The kernel sends notifications one by one, each of at most a page or two.
const RECEIVE_BYTES: usize = 64 << 10;

/// Notifications heard at once.
const AT_ONCE: usize = 1024;

/// A socket that hears of all tables.
pub struct Notices {
    socket: NlSocket,
    received: Vec<u8>,
}

impl Notices {
    /// Opens the socket.
    pub fn open() -> Result<Self, Error> {
        let open = || -> io::Result<NlSocket> {
            let groups = Groups::new_groups(&[GROUP]);
            let socket = NlSocket::connect(NlFamily::Netfilter, None, groups)?;
            // Less is enough.
            let _ = force_receive_buffer(&socket, RECEIVE_BUFFER);
            socket.nonblock()?;
            Ok(socket)
        };
        Ok(Self {
            socket: open().map_err(Error::netlink("subscribe to nftables"))?,
            received: vec![0; RECEIVE_BYTES],
        })
    }

    /// Takes what has come without waiting: which of `ours` others than `us` have touched.
    pub fn take(&mut self, us: u32, ours: &BTreeSet<TableId>) -> BTreeSet<TableId> {
        let mut touched = BTreeSet::new();
        for _ in 0..AT_ONCE {
            match self.socket.recv(&mut self.received, Msg::DONTWAIT) {
                Ok((len, _)) => match messages(self.received.get(..len).unwrap_or_default()) {
                    Ok(told) => touched.extend(told.iter().filter_map(|one| other(one, us, ours))),
                    Err(_) => touched.extend(ours.iter().cloned()),
                },
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // Something was lost (ENOBUFS); the next attempt shows what follows.
                Err(error) if error.raw_os_error() == Some(libc::ENOBUFS) => {
                    touched.extend(ours.iter().cloned());
                }
                Err(_) => break,
            }
        }
        touched
    }
}

impl AsFd for Notices {
    fn as_fd(&self) -> BorrowedFd<'_> {
        descriptor(&self.socket)
    }
}

/// The table of ours a message tells of, unless we did it.
fn other(told: &Message, us: u32, ours: &BTreeSet<TableId>) -> Option<TableId> {
    let kind = *told.nl_type();
    if kind >> 8 != SUBSYSTEM || kind & 0xff == message::NEW_GENERATION || *told.nl_pid() == us {
        return None;
    }
    let NlPayload::Payload(body) = told.nl_payload() else {
        return None;
    };
    let (head, attributes) = body.as_ref().split_at_checked(4)?;
    let family = head.first().copied().unwrap_or_default();
    let name = name_of(attributes)?;
    ours.iter()
        .find(|id| id.family.number() == family && id.name.as_bytes() == name)
        .cloned()
}

/// The name of the table: the first attribute of its number.
fn name_of(mut attributes: &[u8]) -> Option<&[u8]> {
    while let [a, b, c, d, ..] = attributes {
        let length = usize::from(u16::from_ne_bytes([*a, *b]));
        let kind = u16::from_ne_bytes([*c, *d]);
        let payload = attributes.get(4..length)?;
        if kind == table::NAME {
            return payload.split(|byte| *byte == 0).next();
        }
        attributes = attributes.get(length.next_multiple_of(4)..)?;
    }
    None
}
