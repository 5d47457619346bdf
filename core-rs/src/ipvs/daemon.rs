//! The daemon of the kernel that tells other directors of connections, and the one that listens (`ipvsadm(8)`,
//! `--start-daemon`).

use super::attribute::Writer;
use super::constants::{VERSION, command, daemon as attribute, outer};
use crate::error::Error;
use crate::netlink::socket::{Ask, Conversation};
use crate::protocol::{SyncDaemon, SyncRole};
use std::net::IpAddr;

impl SyncRole {
    /// `IP_VS_STATE_*`.
    fn number(self) -> u32 {
        match self {
            Self::Master => 1,
            Self::Backup => 2,
        }
    }
}

/// Starts a daemon, in the place of one of its role.
pub fn start(kernel: &mut Conversation, family: u16, daemon: &SyncDaemon) -> Result<(), Error> {
    stop(kernel, family, daemon)?;
    let act = format!("start the sync daemon of IPVS on {}", daemon.interface);
    kernel.ask(&act, &new(family, daemon)?).map(drop)
}

/// Stops the daemon of a role. Stopping what does not run succeeds.
pub fn stop(kernel: &mut Conversation, family: u16, daemon: &SyncDaemon) -> Result<(), Error> {
    let mut inner = Writer::default();
    inner.put(attribute::STATE, daemon.role.number())?;
    inner.put(attribute::INTERFACE, daemon.interface.clone())?;
    inner.put(attribute::SYNC_ID, daemon.sync_id)?;
    let mut message = Writer::default();
    message.nest(outer::DAEMON, inner)?;
    let ask = message.ask(family, command::DEL_DAEMON, VERSION)?;
    match kernel.ask("stop the sync daemon of IPVS", &ask) {
        Err(error) if error.errno() == libc::ESRCH => Ok(()),
        stopped => stopped.map(drop),
    }
}

fn new(family: u16, daemon: &SyncDaemon) -> Result<Ask, Error> {
    let mut inner = Writer::default();
    inner.put(attribute::STATE, daemon.role.number())?;
    inner.put(attribute::INTERFACE, daemon.interface.clone())?;
    inner.put(attribute::SYNC_ID, daemon.sync_id)?;
    if let Some(length) = daemon.max_length {
        inner.put(attribute::MAX_LENGTH, length)?;
    }
    match daemon.group {
        Some(IpAddr::V4(group)) => inner.put(attribute::GROUP, group.octets().to_vec())?,
        Some(IpAddr::V6(group)) => inner.put(attribute::GROUP6, group.octets().to_vec())?,
        None => {}
    }
    if let Some(port) = daemon.port {
        inner.put(attribute::PORT, port)?;
    }
    if let Some(ttl) = daemon.ttl {
        inner.put(attribute::TTL, ttl)?;
    }
    let mut message = Writer::default();
    message.nest(outer::DAEMON, inner)?;
    message.ask(family, command::NEW_DAEMON, VERSION)
}
