//! Addresses of interfaces: dump, notification, addition and deletion.

use super::attribute::is_whole;
use super::link::text;
use super::ours::Ours;
use super::promotion::{apply_sheltered, interfaces_to_shelter};
use super::socket::{Ask, Conversation, encode};
use crate::error::Error;
use crate::protocol::{Address, AddressOp, VIRTUAL_ROUTER};
use neli::consts::nl::NlmF;
use neli::consts::rtnl::{Ifa, IfaF, RtAddrFamily, RtScope, Rtm};
use neli::rtnl::{Ifaddrmsg, IfaddrmsgBuilder, Rtattr, RtattrBuilder};
use neli::types::{Buffer, RtBuffer};
use neli::{FromBytesWithInput, Size, ToBytes};
use std::io::Cursor;
use std::net::IpAddr;

/// `IFA_PROTO` (`linux/if_addr.h`): who added an address. Kernels before 5.18 pass it over.
const IFA_PROTO: u16 = 11;

/// `IFA_F_*` that can be asked for: `NODAD`, `HOMEADDRESS`, `MANAGETEMPADDR`, `NOPREFIXROUTE`,
/// `MCAUTOJOIN`.
const ASKED: u32 = 0x02 | 0x10 | 0x100 | 0x200 | 0x400;

/// `INFINITY_LIFE_TIME` of `struct ifa_cacheinfo` (`linux/if_addr.h`).
const FOREVER: u32 = u32::MAX;

/// Reads all addresses, IPv4 and IPv6.
pub fn list(kernel: &mut Conversation) -> Result<Vec<Address>, Error> {
    let mut addresses = Vec::new();
    for family in [RtAddrFamily::Inet, RtAddrFamily::Inet6] {
        let header = IfaddrmsgBuilder::default()
            .ifa_family(family)
            .ifa_prefixlen(0)
            .ifa_scope(RtScope::Universe)
            .ifa_index(0);
        let ask = Ask {
            kind: Rtm::Getaddr.into(),
            flags: NlmF::empty(),
            body: encode(&header.build().map_err(foreign)?)?,
        };
        for body in kernel.dump("list addresses", &ask)? {
            addresses.extend(decode(body.as_ref())?);
        }
    }
    Ok(addresses)
}

/// Carries out the operations, in order, and returns one `errno` each. Adding what exists and
/// deleting what is absent succeed. What shares a subnet with what is deleted stays. A deletion of
/// what is taken for ours and is not any more is not carried out: `ESTALE`.
pub fn apply(
    kernel: &mut Conversation,
    ops: &[AddressOp],
    ours: &mut Ours,
) -> Result<Vec<i32>, Error> {
    let outdated: Vec<bool> = ops.iter().map(|op| ours.is_outdated(op)).collect();
    let valid = || {
        ops.iter()
            .zip(&outdated)
            .filter(|(_, old)| !**old)
            .map(|(op, _)| op)
    };
    let asks = valid().map(ask).collect::<Result<Vec<_>, _>>()?;
    let sheltered = interfaces_to_shelter(kernel, valid(), ours);
    let mut errnos = apply_sheltered(kernel, &asks, &sheltered)?.into_iter();
    let mut each = |(op, old): (&AddressOp, &bool)| match old {
        true => libc::ESTALE,
        false => result(op, errnos.next().unwrap_or(libc::EIO), ours),
    };
    Ok(ops.iter().zip(&outdated).map(&mut each).collect())
}

/// What an operation came to.
fn result(op: &AddressOp, errno: i32, ours: &mut Ours) -> i32 {
    match op {
        AddressOp::Add { address } if matches!(errno, 0 | libc::EEXIST) => {
            ours.enter_result(address, errno);
            0
        }
        // The interface has gone and took its addresses along.
        AddressOp::Delete { .. } if matches!(errno, libc::EADDRNOTAVAIL | libc::ENODEV) => 0,
        _ => errno,
    }
}

/// Adds addresses again as the kernel told that it deleted them: bodies of `RTM_DELADDR`, with all
/// their attributes.
pub fn put_back(kernel: &mut Conversation, bodies: &[Vec<u8>]) -> Result<Vec<i32>, Error> {
    let ask = |body: &Vec<u8>| Ask {
        kind: Rtm::Newaddr.into(),
        flags: NlmF::CREATE | NlmF::EXCL,
        body: body.clone(),
    };
    let asks: Vec<_> = bodies.iter().map(ask).collect();
    kernel.apply("put addresses back", &asks)
}

fn ask(op: &AddressOp) -> Result<Ask, Error> {
    let (kind, flags, address) = match op {
        AddressOp::Add { address } => (Rtm::Newaddr, NlmF::CREATE | NlmF::EXCL, address),
        AddressOp::Delete { address } => (Rtm::Deladdr, NlmF::empty(), address),
    };
    let deleting = kind == Rtm::Deladdr;
    Ok(Ask {
        kind: kind.into(),
        flags,
        body: encode(&message(address, deleting)?)?,
    })
}

/// What deletes an address.
pub fn deletion(address: &Address) -> Result<Ask, Error> {
    Ok(Ask {
        kind: Rtm::Deladdr.into(),
        flags: NlmF::empty(),
        body: encode(&message(address, true)?)?,
    })
}

/// Composes the body. For a deletion it has the identity only: the kernel would also compare the
/// label.
fn message(address: &Address, deleting: bool) -> Result<Ifaddrmsg, Error> {
    let mut attributes = RtBuffer::new();
    attributes.push(attribute(Ifa::Local, octets(address.address))?);
    let remote = address.peer.unwrap_or(address.address);
    attributes.push(attribute(Ifa::Address, octets(remote))?);
    if !deleting {
        if let Some(broadcast) = address.broadcast {
            attributes.push(attribute(Ifa::Broadcast, octets(broadcast))?);
        }
        if let Some(label) = &address.label {
            attributes.push(attribute(Ifa::Label, label.clone())?);
        }
        attributes.push(attribute(Ifa::from(IFA_PROTO), VIRTUAL_ROUTER)?);
        let flags = address.flags & ASKED;
        if flags != 0 {
            attributes.push(attribute(Ifa::Flags, flags)?);
        }
        if let Some(preferred) = address.preferred_lifetime {
            attributes.push(attribute(Ifa::Cacheinfo, lifetimes(preferred))?);
        }
    }
    let family = match address.address {
        IpAddr::V4(_) => RtAddrFamily::Inet,
        IpAddr::V6(_) => RtAddrFamily::Inet6,
    };
    IfaddrmsgBuilder::default()
        .ifa_family(family)
        .ifa_prefixlen(address.prefix_length)
        .ifa_flags(IfaF::empty())
        .ifa_scope(RtScope::from(address.scope))
        .ifa_index(address.ifindex)
        .rtattrs(attributes)
        .build()
        .map_err(foreign)
}

fn attribute<P: Size + ToBytes>(kind: Ifa, payload: P) -> Result<Rtattr<Ifa, Buffer>, Error> {
    RtattrBuilder::default()
        .rta_type(kind)
        .rta_payload(payload)
        .build()
        .map_err(foreign)
}

/// `struct ifa_cacheinfo` of an address that is valid forever: preferred, valid, and two times that
/// only the kernel tells.
fn lifetimes(preferred: u32) -> Buffer {
    let fields = [preferred, FOREVER, 0, 0].map(u32::to_ne_bytes);
    Buffer::from(fields.concat())
}

fn octets(address: IpAddr) -> Buffer {
    match address {
        IpAddr::V4(address) => Buffer::from(address.octets().as_slice()),
        IpAddr::V6(address) => Buffer::from(address.octets().as_slice()),
    }
}

/// Bytes of `struct ifaddrmsg`.
const HEADER: usize = 8;

fn foreign(error: impl std::fmt::Display) -> Error {
    Error::Foreign {
        what: "an address of an interface",
        reason: error.to_string(),
    }
}

/// Decodes the body of `RTM_NEWADDR` and `RTM_DELADDR`. None for families other than IPv4, IPv6.
pub fn decode(bytes: &[u8]) -> Result<Option<Address>, Error> {
    if !is_whole(bytes, HEADER) {
        return Err(foreign("it is cut"));
    }
    let message = Ifaddrmsg::from_bytes_with_input(&mut Cursor::new(bytes), bytes.len());
    let message = message.map_err(foreign)?;
    let attributes = message.rtattrs().get_attr_handle();
    let attribute = |kind: Ifa| {
        let found = attributes.get_attribute(kind);
        found.map(|attribute| attribute.rta_payload().as_ref())
    };
    let ip = |kind: Ifa| attribute(kind).and_then(ip_of);
    // IPv6 without a peer has IFA_ADDRESS only; with one IFA_ADDRESS is the peer, as in IPv4.
    let remote = ip(Ifa::Address);
    let Some(address) = ip(Ifa::Local).or(remote) else {
        return Ok(None);
    };
    Ok(Some(Address {
        ifindex: *message.ifa_index(),
        address,
        prefix_length: *message.ifa_prefixlen(),
        label: attribute(Ifa::Label).map(text),
        scope: (*message.ifa_scope()).into(),
        broadcast: ip(Ifa::Broadcast),
        peer: remote.filter(|remote| *remote != address),
        protocol: attribute(Ifa::from(IFA_PROTO)).and_then(|bytes| bytes.first().copied()),
        flags: attribute(Ifa::Flags).and_then(word).unwrap_or(0) & ASKED,
        preferred_lifetime: attribute(Ifa::Cacheinfo)
            .and_then(word)
            .filter(|preferred| address.is_ipv6() && *preferred != FOREVER),
        secondary: address.is_ipv4() && message.ifa_flags().contains(IfaF::SECONDARY),
        tentative: address.is_ipv6() && is_tentative(*message.ifa_flags()),
    }))
}

/// Whether the kernel sends nothing from an address: it looks for others that have it, or has found
/// one. An optimistic address it uses meanwhile (RFC 4429).
fn is_tentative(flags: IfaF) -> bool {
    let waits = flags.contains(IfaF::TENTATIVE) && !flags.contains(IfaF::OPTIMISTIC);
    waits || flags.contains(IfaF::DADFAILED)
}

/// The first 32 bits.
fn word(bytes: &[u8]) -> Option<u32> {
    let (word, _) = bytes.split_first_chunk::<4>()?;
    Some(u32::from_ne_bytes(*word))
}

fn ip_of(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
#[path = "address_test.rs"]
mod tests;
