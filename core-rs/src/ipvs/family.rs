//! The number of the generic netlink family, and the module that registers it.

use super::attribute::{Reader, Writer};
use super::constants::FAMILY;
use crate::error::Error;
use crate::netlink::socket::Conversation;
use neli::consts::genl::{CtrlAttr, CtrlCmd};
use neli::consts::nl::GenlId;
use std::io;
use std::process::{Command, Stdio};

/// Version of the controller family, `nlctrl`.
const CONTROLLER_VERSION: u8 = 2;

/// Finds the family; loads the module once when it is missing.
#[derive(Debug, Default)]
pub struct Loader {
    tried: bool,
}

impl Loader {
    /// Allows another attempt to load the module.
    pub fn again(&mut self) {
        self.tried = false;
    }

    /// The number of the family `IPVS`.
    pub fn resolve(&mut self, kernel: &mut Conversation) -> Result<u16, Error> {
        match find(kernel) {
            Err(error) if error.errno() == libc::ENOENT && !self.tried => {
                self.tried = true;
                load();
                find(kernel)
            }
            found => found,
        }
    }
}

fn find(kernel: &mut Conversation) -> Result<u16, Error> {
    let mut message = Writer::default();
    message.put(CtrlAttr::FamilyName.into(), FAMILY)?;
    let ask = message.ask(
        GenlId::Ctrl.into(),
        CtrlCmd::Getfamily.into(),
        CONTROLLER_VERSION,
    )?;
    let bodies = kernel.ask("find IPVS in this kernel (module ip_vs)", &ask)?;
    let body = bodies.first().ok_or_else(|| {
        Error::netlink("find IPVS in this kernel")(io::Error::from_raw_os_error(libc::ENOENT))
    })?;
    Reader::of_body(body.as_ref())?.u16(CtrlAttr::FamilyId.into())
}

/// Loads `ip_vs`. Whether that helped is seen by looking for the family again: without
/// `modprobe`, without the module or without the right to load it, it is still missing.
fn load() {
    // A daemon's PATH may lack the second place.
    for program in ["modprobe", "/sbin/modprobe"] {
        let mut modprobe = Command::new(program);
        modprobe
            .args(["-q", "ip_vs"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if modprobe.status().is_ok() {
            return;
        }
    }
}
