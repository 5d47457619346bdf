//! Links of virtual routers above an interface: MACVLAN with a virtual MAC address, and IPVLAN.

use super::attribute::{Attributes, find, find_u32};
use super::socket::{Ask, Conversation};
use crate::error::Error;
use crate::protocol::{IpvlanMode, OwnLink};
use neli::consts::nl::NlmF;
use std::io;

/// `IFLA_*` (`linux/if_link.h`).
mod ifla {
    pub const ADDRESS: u16 = 1;
    pub const IFNAME: u16 = 3;
    pub const LINK: u16 = 5;
    pub const MASTER: u16 = 10;
    pub const LINKINFO: u16 = 18;
    pub const GROUP: u16 = 27;
    pub const INFO_KIND: u16 = 1;
    pub const INFO_DATA: u16 = 2;
    pub const MACVLAN_MODE: u16 = 1;
    pub const IPVLAN_MODE: u16 = 1;
    pub const IPVLAN_FLAGS: u16 = 2;
}

/// `MACVLAN_MODE_PRIVATE`: links of one interface do not hear each other.
const PRIVATE: u32 = 1;

/// `IPVLAN_MODE_L2`, and `IPVLAN_F_PRIVATE` and `IPVLAN_F_VEPA`.
const LAYER_2: u16 = 0;
const IPVLAN_PRIVATE: u16 = 1;
const IPVLAN_VEPA: u16 = 2;

/// Bytes of `struct ifinfomsg`.
const HEADER: usize = 16;

/// What a link is, beside its name and what is below it.
#[derive(Debug, PartialEq, Eq)]
enum Nature {
    Macvlan(Vec<u8>),
    Ipvlan(u16),
}

impl Nature {
    fn of(own: &OwnLink) -> Result<Self, Error> {
        match (own.ipvlan, &own.mac) {
            (Some(mode), _) => Ok(Self::Ipvlan(match mode {
                IpvlanMode::Bridge => 0,
                IpvlanMode::Private => IPVLAN_PRIVATE,
                IpvlanMode::Vepa => IPVLAN_VEPA,
            })),
            (None, Some(mac)) => octets(mac).map(Self::Macvlan),
            (None, None) => Err(Error::Malformed(format!("{} has no MAC address", own.name))),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Macvlan(_) => "macvlan",
            Self::Ipvlan(_) => "ipvlan",
        }
    }

    /// Whether a link that was found is one of these.
    fn is(&self, found: &Found) -> bool {
        let alike = found.kind == self.kind().as_bytes();
        match self {
            Self::Macvlan(mac) => alike && found.mac == *mac,
            Self::Ipvlan(flags) => alike && found.ipvlan_flags == *flags,
        }
    }
}

/// Makes the link and sets it up. One that is there already, from a run that had no time to clean up, is
/// taken over when it is the same, and made anew when only its interface is another.
pub fn put(kernel: &mut Conversation, own: &OwnLink) -> Result<(), Error> {
    let nature = Nature::of(own)?;
    match look(kernel, own, Which::Name(&own.name))? {
        Some(link) if nature.is(&link) && link.base == Some(own.base) => {}
        Some(link) if nature.is(&link) => {
            delete(kernel, own, link.index)?;
            create(kernel, own, &nature)?;
        }
        Some(_) => return Err(failed(own, io::Error::from_raw_os_error(libc::EEXIST))),
        None => create(kernel, own, &nature)?,
    }
    for setting in &own.settings {
        // A kernel without IPv6 has nothing to set there.
        let _ = std::fs::write(format!("/proc/sys/{}", setting.name), &setting.value);
    }
    let found = look(kernel, own, Which::Name(&own.name))?;
    let index = found.map_or(0, |link| link.index);
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
    let nature = Nature::of(own)?;
    match look(kernel, own, Which::Name(&own.name))? {
        Some(link) if nature.is(&link) => delete(kernel, own, link.index),
        _ => Ok(()),
    }
}

/// What deletes the link that is there now; none when that is something else.
pub fn deletion(kernel: &mut Conversation, own: &OwnLink) -> Result<Option<Ask>, Error> {
    let nature = Nature::of(own)?;
    let found = look(kernel, own, Which::Name(&own.name))?;
    let found = found.filter(|link| nature.is(link));
    Ok(found.map(|link| Ask {
        kind: libc::RTM_DELLINK,
        flags: NlmF::empty(),
        body: header(link.index, 0, 0),
    }))
}

/// What of a link says whether it is the one that is meant.
struct Found {
    index: u32,
    base: Option<u32>,
    /// Of the VRF, bridge or bond it belongs to.
    master: Option<u32>,
    mac: Vec<u8>,
    kind: Vec<u8>,
    ipvlan_flags: u16,
}

enum Which<'a> {
    Name(&'a str),
    Index(u32),
}

fn look(kernel: &mut Conversation, own: &OwnLink, which: Which) -> Result<Option<Found>, Error> {
    let mut attributes = Attributes::default();
    let index = match which {
        Which::Name(name) => {
            attributes.put_text(ifla::IFNAME, name);
            0
        }
        Which::Index(index) => index,
    };
    let body = [&header(index, 0, 0), attributes.as_bytes()].concat();
    let answer = match ask(kernel, own, (libc::RTM_GETLINK, NlmF::empty()), body) {
        Err(error) if error.errno() == libc::ENODEV => return Ok(None),
        answer => answer?,
    };
    Ok(answer.first().and_then(|body| found(body)))
}

fn found(body: &[u8]) -> Option<Found> {
    let index = u32::from_ne_bytes(body.get(4..8)?.try_into().ok()?);
    let attributes = body.get(HEADER..)?;
    let info = find(attributes, ifla::LINKINFO).unwrap_or_default();
    let kind = find(info, ifla::INFO_KIND).unwrap_or_default();
    let flags = find(info, ifla::INFO_DATA).and_then(|data| find(data, ifla::IPVLAN_FLAGS));
    Some(Found {
        index,
        base: find_u32(attributes, ifla::LINK),
        master: find_u32(attributes, ifla::MASTER),
        mac: find(attributes, ifla::ADDRESS).unwrap_or_default().to_vec(),
        kind: kind.strip_suffix(&[0]).unwrap_or(kind).to_vec(),
        ipvlan_flags: flags
            .and_then(|flags| flags.try_into().ok())
            .map_or(0, u16::from_ne_bytes),
    })
}

/// The VRF that has the interface below: who sends through it looks for ways in the same table.
fn vrf_below(kernel: &mut Conversation, own: &OwnLink) -> Result<Option<u32>, Error> {
    let below = look(kernel, own, Which::Index(own.base))?;
    let Some(master) = below.and_then(|link| link.master) else {
        return Ok(None);
    };
    let master = look(kernel, own, Which::Index(master))?;
    Ok(master
        .filter(|link| link.kind == b"vrf")
        .map(|link| link.index))
}

fn create(kernel: &mut Conversation, own: &OwnLink, nature: &Nature) -> Result<(), Error> {
    let mut data = Attributes::default();
    let mut attributes = Attributes::default();
    attributes.put_text(ifla::IFNAME, &own.name);
    attributes.put_u32(ifla::LINK, own.base);
    match nature {
        Nature::Macvlan(mac) => {
            data.put_u32(ifla::MACVLAN_MODE, PRIVATE);
            attributes.put(ifla::ADDRESS, mac);
        }
        Nature::Ipvlan(flags) => {
            data.put(ifla::IPVLAN_MODE, &LAYER_2.to_ne_bytes());
            data.put(ifla::IPVLAN_FLAGS, &flags.to_ne_bytes());
        }
    }
    let mut info = Attributes::default();
    info.put(ifla::INFO_KIND, nature.kind().as_bytes());
    info.nest(ifla::INFO_DATA, &data);
    if let Some(group) = own.group {
        attributes.put_u32(ifla::GROUP, group);
    }
    if let Some(vrf) = vrf_below(kernel, own)? {
        attributes.put_u32(ifla::MASTER, vrf);
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
        assert_eq!((link.index, link.base), (9, Some(2)));
        let mac = octets("00:00:5e:00:01:33").unwrap();
        assert!(Nature::Macvlan(mac).is(&link));
        assert!(!Nature::Macvlan(vec![0; 6]).is(&link) && !Nature::Ipvlan(0).is(&link));
        assert!(found(&[0; 8]).is_none_or(|link| link.index == 0));
    }
}
