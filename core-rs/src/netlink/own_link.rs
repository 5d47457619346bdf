//! Links of virtual routers above an interface: MACVLAN with a virtual MAC address.

use super::attribute::{Attributes, find, find_u32};
use super::socket::{Ask, Conversation};
use crate::error::Error;
use crate::protocol::OwnLink;
use neli::consts::nl::NlmF;
use std::io;

/// `IFLA_*` (`linux/if_link.h`).
mod ifla {
    pub const ADDRESS: u16 = 1;
    pub const IFNAME: u16 = 3;
    pub const LINK: u16 = 5;
    pub const LINKINFO: u16 = 18;
    pub const GROUP: u16 = 27;
    pub const INFO_KIND: u16 = 1;
    pub const INFO_DATA: u16 = 2;
    pub const MACVLAN_MODE: u16 = 1;
}

/// `MACVLAN_MODE_PRIVATE`: links of one interface do not hear each other.
const PRIVATE: u32 = 1;

const KIND: &[u8] = b"macvlan";

/// Bytes of `struct ifinfomsg`.
const HEADER: usize = 16;

/// Makes the link and sets it up. One that is there already, from a run that had no time to clean up, is
/// taken over when it is the same, and made anew when only its interface is another.
pub fn put(kernel: &mut Conversation, own: &OwnLink) -> Result<(), Error> {
    let mac = octets(&own.mac)?;
    let found = look(kernel, own)?;
    let is_same = found
        .as_ref()
        .is_some_and(|link| link.base == Some(own.base) && link.mac == mac && link.is_macvlan);
    match &found {
        Some(_) if is_same => {}
        Some(link) if link.is_macvlan && link.mac == mac => {
            delete(kernel, own, link.index)?;
            create(kernel, own, &mac)?;
        }
        Some(_) => return Err(failed(own, io::Error::from_raw_os_error(libc::EEXIST))),
        None => create(kernel, own, &mac)?,
    }
    for setting in &own.settings {
        // A kernel without IPv6 has nothing to set there.
        let _ = std::fs::write(format!("/proc/sys/{}", setting.name), &setting.value);
    }
    let index = look(kernel, own)?.map_or(0, |link| link.index);
    let up = libc::IFF_UP as u32;
    ask(
        kernel,
        own,
        (libc::RTM_NEWLINK, NlmF::empty()),
        header(index, up, up),
    )
    .map(drop)
}

/// Deletes the link, unless its name is that of something else by now.
pub fn remove(kernel: &mut Conversation, own: &OwnLink) -> Result<(), Error> {
    let mac = octets(&own.mac)?;
    match look(kernel, own)? {
        Some(link) if link.is_macvlan && link.mac == mac => delete(kernel, own, link.index),
        _ => Ok(()),
    }
}

/// What of a link says whether it is the one that is meant.
struct Found {
    index: u32,
    base: Option<u32>,
    mac: Vec<u8>,
    is_macvlan: bool,
}

fn look(kernel: &mut Conversation, own: &OwnLink) -> Result<Option<Found>, Error> {
    let mut attributes = Attributes::default();
    attributes.put_text(ifla::IFNAME, &own.name);
    let body = [&header(0, 0, 0), attributes.as_bytes()].concat();
    let answer = match ask(kernel, own, (libc::RTM_GETLINK, NlmF::empty()), body) {
        Err(error) if error.errno() == libc::ENODEV => return Ok(None),
        answer => answer?,
    };
    Ok(answer.first().and_then(|body| found(body)))
}

fn found(body: &[u8]) -> Option<Found> {
    let index = u32::from_ne_bytes(body.get(4..8)?.try_into().ok()?);
    let attributes = body.get(HEADER..)?;
    let kind = find(attributes, ifla::LINKINFO).and_then(|info| find(info, ifla::INFO_KIND));
    Some(Found {
        index,
        base: find_u32(attributes, ifla::LINK),
        mac: find(attributes, ifla::ADDRESS).unwrap_or_default().to_vec(),
        is_macvlan: kind.is_some_and(|kind| kind.strip_suffix(&[0]).unwrap_or(kind) == KIND),
    })
}

fn create(kernel: &mut Conversation, own: &OwnLink, mac: &[u8]) -> Result<(), Error> {
    let mut data = Attributes::default();
    data.put_u32(ifla::MACVLAN_MODE, PRIVATE);
    let mut info = Attributes::default();
    info.put(ifla::INFO_KIND, KIND);
    info.nest(ifla::INFO_DATA, &data);
    let mut attributes = Attributes::default();
    attributes.put_text(ifla::IFNAME, &own.name);
    attributes.put_u32(ifla::LINK, own.base);
    attributes.put(ifla::ADDRESS, mac);
    if let Some(group) = own.group {
        attributes.put_u32(ifla::GROUP, group);
    }
    attributes.nest(ifla::LINKINFO, &info);
    let body = [&header(0, 0, 0), attributes.as_bytes()].concat();
    let flags = NlmF::CREATE | NlmF::EXCL;
    ask(kernel, own, (libc::RTM_NEWLINK, flags), body).map(drop)
}

fn delete(kernel: &mut Conversation, own: &OwnLink, index: u32) -> Result<(), Error> {
    let deletion = (libc::RTM_DELLINK, NlmF::empty());
    ask(kernel, own, deletion, header(index, 0, 0)).map(drop)
}

fn ask(
    kernel: &mut Conversation,
    own: &OwnLink,
    (kind, flags): (u16, NlmF),
    body: Vec<u8>,
) -> Result<Vec<Vec<u8>>, Error> {
    let act = format!("make the link {}", own.name);
    let answers = kernel.ask(&act, &Ask { kind, flags, body })?;
    Ok(answers.iter().map(|body| body.as_ref().to_vec()).collect())
}

/// `struct ifinfomsg`: family, type, index, flags and which of them change.
fn header(index: u32, flags: u32, change: u32) -> Vec<u8> {
    [
        [0; 4],
        index.to_ne_bytes(),
        flags.to_ne_bytes(),
        change.to_ne_bytes(),
    ]
    .concat()
}

fn octets(mac: &str) -> Result<Vec<u8>, Error> {
    let octets: Option<Vec<u8>> = mac
        .split(':')
        .map(|octet| u8::from_str_radix(octet, 16).ok())
        .collect();
    octets
        .filter(|octets| octets.len() == 6)
        .ok_or_else(|| Error::Malformed(format!("{mac} is no MAC address")))
}

fn failed(own: &OwnLink, source: io::Error) -> Error {
    Error::netlink(format!("make the link {}", own.name))(source)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What the kernel tells of `ip link add vrrp.51 link eth0 type macvlan mode private`, as far as it
    /// counts, composed by hand.
    #[test]
    fn found_reads_index_base_address_and_kind() {
        let mut info = Attributes::default();
        info.put_text(ifla::INFO_KIND, "macvlan");
        let mut attributes = Attributes::default();
        attributes.put_text(ifla::IFNAME, "vrrp.51");
        attributes.put_u32(ifla::LINK, 2);
        attributes.put(ifla::ADDRESS, &[0, 0, 0x5e, 0, 1, 51]);
        attributes.nest(ifla::LINKINFO, &info);
        let body = [&header(9, 1, 0), attributes.as_bytes()].concat();
        let link = found(&body).unwrap();
        assert_eq!((link.index, link.base, link.is_macvlan), (9, Some(2), true));
        assert_eq!(link.mac, octets("00:00:5e:00:01:33").unwrap());
        assert!(found(&[0; 8]).is_none_or(|link| link.index == 0));
    }
}
