//! Deleting an IPv4 address without its neighbours.
//!
//! With the primary address of a subnet the kernel deletes all its secondaries, whoever put them
//! there, unless the interface's `promote_secondaries` is set: then the next one becomes primary and
//! keeps its routes, also those that prefer it as source. So that is set for the moment of the
//! deletion, in the same send: nobody can be between, and a process that is killed leaves all of it
//! done or nothing. Putting neighbours back afterwards instead would lose their routes and be seen.
//!
//! By netlink, not by `/proc/sys`, which is read-only in many containers and not of the same send.

use super::attribute::{find, is_whole};
use super::link::HEADER;
use super::ours::Ours;
use super::socket::{Ask, Conversation, encode};
use crate::error::Error;
use crate::protocol::{Address, AddressOp};
use neli::FromBytesWithInput;
use neli::consts::nl::NlmF;
use neli::consts::rtnl::{Ifla, RtAddrFamily, Rtm};
use neli::rtnl::{Ifinfomsg, IfinfomsgBuilder, RtattrBuilder};
use neli::types::{Buffer, RtBuffer};
use std::collections::BTreeSet;
use std::io::Cursor;

/// `IFLA_INET_CONF` in the `AF_INET` part of `IFLA_AF_SPEC`: read, all settings in order; written,
/// one attribute each.
const IFLA_INET_CONF: u16 = 1;

/// `IPV4_DEVCONF_PROMOTE_SECONDARIES` (`linux/ip.h`), from 1.
const PROMOTE_SECONDARIES: u16 = 20;

/// `IFLA_EXT_MASK`: what a description leaves out.
const IFLA_EXT_MASK: u16 = 29;

/// `RTEXT_FILTER_SKIP_STATS`.
const SKIP_STATS: u32 = 1 << 3;

/// Operations that go with two settings for each of their interfaces into one send.
const SHELTERED_AT_ONCE: usize = 32;

/// The interface on which a neighbour could go with what is deleted: a subnet of one address has
/// none.
fn endangered(ours: &Ours, op: &AddressOp) -> Option<u32> {
    let AddressOp::Delete { address } = op else {
        return None;
    };
    (has_neighbours(address) && !ours.is_secondary(address)).then_some(address.ifindex)
}

/// Whether others can share its subnet, which IPv4 deletes with their primary.
pub fn has_neighbours(address: &Address) -> bool {
    address.address.is_ipv4() && address.prefix_length < 32
}

/// Interfaces that may lose a primary address to `ops` and do not promote.
pub fn interfaces_to_shelter<'a>(
    kernel: &mut Conversation,
    ops: impl Iterator<Item = &'a AddressOp>,
    ours: &Ours,
) -> BTreeSet<u32> {
    let mut sheltered: BTreeSet<u32> = ops.filter_map(|op| endangered(ours, op)).collect();
    // What cannot be read cannot be restored, and is left as it is.
    sheltered.retain(|ifindex| !promotes(kernel, *ifindex).unwrap_or(true));
    sheltered
}

/// Sends the asks, with promotion on for the `sheltered` interfaces meanwhile; one `errno` each.
pub fn apply_sheltered(
    kernel: &mut Conversation,
    asks: &[Ask],
    sheltered: &BTreeSet<u32>,
) -> Result<Vec<i32>, Error> {
    const ACT: &str = "change addresses";
    if sheltered.is_empty() {
        return kernel.apply(ACT, asks);
    }
    let setting = |on: bool| {
        let ask = move |ifindex: &u32| set(*ifindex, on);
        sheltered.iter().map(ask).collect::<Result<Vec<_>, _>>()
    };
    let (on, off) = (setting(true)?, setting(false)?);
    let mut errnos = Vec::with_capacity(asks.len());
    for asks in asks.chunks(SHELTERED_AT_ONCE) {
        let all = kernel.apply(ACT, &[on.as_slice(), asks, off.as_slice()].concat())?;
        errnos.extend(all.into_iter().skip(on.len()).take(asks.len()));
    }
    Ok(errnos)
}

/// Whether the interface promotes by itself; true of one without IPv4.
pub fn promotes(kernel: &mut Conversation, ifindex: u32) -> Result<bool, Error> {
    let mut attributes = RtBuffer::new();
    attributes.push(attribute(
        Ifla::from(IFLA_EXT_MASK),
        SKIP_STATS.to_ne_bytes(),
    )?);
    let ask = Ask {
        kind: Rtm::Getlink.into(),
        flags: NlmF::empty(),
        body: encode(&message(ifindex, attributes)?)?,
    };
    let bodies = kernel.ask("read the settings of an interface", &ask)?;
    let promotes = |body: &Buffer| says_promote(body.as_ref()).unwrap_or(true);
    Ok(bodies.iter().all(promotes))
}

/// The setting in the body of `RTM_NEWLINK`; none without IPv4.
fn says_promote(bytes: &[u8]) -> Option<bool> {
    if !is_whole(bytes, HEADER) {
        return None;
    }
    let message = Ifinfomsg::from_bytes_with_input(&mut Cursor::new(bytes), bytes.len()).ok()?;
    let attributes = message.rtattrs().get_attr_handle();
    let families = attributes.get_attribute(Ifla::AfSpec)?.rta_payload();
    let inet = find(families.as_ref(), libc::AF_INET as u16)?;
    let settings = find(inet, IFLA_INET_CONF)?;
    let at = usize::from(PROMOTE_SECONDARIES - 1) * size_of::<u32>();
    let value = settings.get(at..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*value) != 0)
}

/// Asks for a value of `promote_secondaries`.
pub fn set(ifindex: u32, on: bool) -> Result<Ask, Error> {
    let setting = packed(PROMOTE_SECONDARIES, &u32::from(on).to_ne_bytes());
    let inet = packed(libc::AF_INET as u16, &packed(IFLA_INET_CONF, &setting));
    let mut attributes = RtBuffer::new();
    attributes.push(attribute(Ifla::AfSpec, inet)?);
    Ok(Ask {
        kind: Rtm::Setlink.into(),
        flags: NlmF::empty(),
        body: encode(&message(ifindex, attributes)?)?,
    })
}

/// An attribute whose payload is a multiple of 4 bytes.
fn packed(kind: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + payload.len()).unwrap_or(u16::MAX);
    [&length.to_ne_bytes(), &kind.to_ne_bytes(), payload].concat()
}

fn attribute(
    kind: Ifla,
    payload: impl Into<Vec<u8>>,
) -> Result<neli::rtnl::Rtattr<Ifla, Buffer>, Error> {
    RtattrBuilder::default()
        .rta_type(kind)
        .rta_payload(Buffer::from(payload.into().as_slice()))
        .build()
        .map_err(foreign)
}

fn message(ifindex: u32, attributes: RtBuffer<Ifla, Buffer>) -> Result<Ifinfomsg, Error> {
    IfinfomsgBuilder::default()
        .ifi_family(RtAddrFamily::Unspecified)
        .ifi_index(i32::try_from(ifindex).unwrap_or_default())
        .rtattrs(attributes)
        .build()
        .map_err(foreign)
}

fn foreign(error: impl std::fmt::Display) -> Error {
    Error::Foreign {
        what: "settings of an interface",
        reason: error.to_string(),
    }
}
