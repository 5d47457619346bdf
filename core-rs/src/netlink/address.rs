//! Addresses of interfaces: dump, notification, addition and deletion.

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

/// Whether a virtual router added it, as far as the kernel remembers.
pub fn is_marked(address: &Address) -> bool {
    address.protocol == Some(VIRTUAL_ROUTER)
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

fn foreign(error: impl std::fmt::Display) -> Error {
    Error::Foreign {
        what: "an address of an interface",
        reason: error.to_string(),
    }
}

/// Decodes the body of `RTM_NEWADDR` and `RTM_DELADDR`. None for families other than IPv4, IPv6.
pub fn decode(bytes: &[u8]) -> Result<Option<Address>, Error> {
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
mod tests {
    use super::*;

    fn address(text: &str, prefix_length: u8) -> Address {
        Address {
            ifindex: 3,
            address: text.parse().unwrap(),
            prefix_length,
            label: None,
            scope: 0,
            broadcast: None,
            peer: None,
            flags: 0,
            preferred_lifetime: None,
            protocol: None,
            secondary: false,
            tentative: false,
        }
    }

    /// Body sent by `ip addr add 10.1.2.3/24 brd 10.1.2.255 dev eth0 label eth0:1 proto 18`,
    /// attributes in our order.
    const NEWADDR: &[u8] = &[
        0x02, 0x18, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, // ifaddrmsg
        0x08, 0x00, 0x02, 0x00, 10, 1, 2, 3, // IFA_LOCAL
        0x08, 0x00, 0x01, 0x00, 10, 1, 2, 3, // IFA_ADDRESS
        0x08, 0x00, 0x04, 0x00, 10, 1, 2, 255, // IFA_BROADCAST
        0x0b, 0x00, 0x03, 0x00, b'e', b't', b'h', b'0', b':', b'1', 0, 0, // IFA_LABEL
        0x05, 0x00, 0x0b, 0x00, 18, 0, 0, 0, // IFA_PROTO
    ];

    #[test]
    fn ask_add_has_all_attributes_and_creates_exclusively() {
        let address = Address {
            label: Some("eth0:1".into()),
            broadcast: Some("10.1.2.255".parse().unwrap()),
            ..address("10.1.2.3", 24)
        };
        let ask = ask(&AddressOp::Add {
            address: address.clone(),
        })
        .unwrap();
        assert_eq!(ask.kind, libc::RTM_NEWADDR);
        assert_eq!(ask.flags, NlmF::CREATE | NlmF::EXCL);
        assert_eq!(ask.body, NEWADDR);
        let told = Address {
            protocol: Some(18),
            ..address
        };
        assert_eq!(decode(NEWADDR).unwrap(), Some(told));
    }

    #[test]
    fn ask_delete_has_the_identity_only() {
        let address = Address {
            label: Some("eth0:1".into()),
            broadcast: Some("10.1.2.255".parse().unwrap()),
            ..address("10.1.2.3", 24)
        };
        let ask = ask(&AddressOp::Delete { address }).unwrap();
        assert_eq!(ask.kind, libc::RTM_DELADDR);
        assert_eq!(ask.body, &NEWADDR[..24]);
    }

    #[test]
    fn decode_of_what_is_asked_is_the_address() {
        for address in [
            address("10.0.0.1", 32),
            Address {
                peer: Some("10.0.0.2".parse().unwrap()),
                ..address("10.0.0.1", 32)
            },
            address("2001:db8::1", 64),
            Address {
                flags: 0x0212,
                preferred_lifetime: Some(0),
                ..address("2001:db8::1", 128)
            },
            Address {
                flags: 0x0400,
                ..address("239.1.1.1", 32)
            },
            Address {
                scope: 253,
                ..address("169.254.0.1", 16)
            },
        ] {
            let body = encode(&message(&address, false).unwrap()).unwrap();
            let told = Address {
                protocol: Some(18),
                ..address
            };
            assert_eq!(decode(&body).unwrap(), Some(told));
        }
    }

    #[test]
    fn decode_ipv6_without_local_takes_ifa_address() {
        let mut body = vec![0x0a, 64, 0x80, 253, 2, 0, 0, 0, 20, 0, 1, 0];
        let ip: std::net::Ipv6Addr = "fe80::1".parse().unwrap();
        body.extend_from_slice(&ip.octets());
        let decoded = decode(&body).unwrap().unwrap();
        assert_eq!(decoded.address, IpAddr::V6(ip));
        assert_eq!((decoded.peer, decoded.scope), (None, 253));
    }

    #[test]
    fn decode_tells_a_secondary_in_ipv4_only() {
        let mut body = NEWADDR.to_vec();
        body[2] = 0x80 | 0x01; // PERMANENT, SECONDARY
        assert!(decode(&body).unwrap().unwrap().secondary);
        // In IPv6 the same bit says temporary.
        let mut body = vec![0x0a, 64, 0x01, 0, 2, 0, 0, 0, 20, 0, 1, 0];
        let ip: std::net::Ipv6Addr = "2001:db8::1".parse().unwrap();
        body.extend_from_slice(&ip.octets());
        assert!(!decode(&body).unwrap().unwrap().secondary);
    }

    #[test]
    fn decode_tells_a_tentative_address_in_ipv6_only() {
        let tentative = |family: u8, flags: u8| {
            let mut body = vec![family, 64, flags, 0, 2, 0, 0, 0];
            let ip: std::net::Ipv6Addr = "2001:db8::1".parse().unwrap();
            let (length, octets) = match family {
                0x0a => (20, ip.octets().to_vec()),
                _ => (8, vec![10, 0, 0, 1]),
            };
            body.extend([length, 0, 1, 0]);
            body.extend(octets);
            decode(&body).unwrap().unwrap().tentative
        };
        // PERMANENT alone, with TENTATIVE, with OPTIMISTIC too, with DADFAILED.
        let found = [0x80, 0xc0, 0xc4, 0x88].map(|flags| tentative(0x0a, flags));
        assert_eq!(found, [false, true, false, true]);
        assert!(!tentative(0x02, 0xc0));
    }

    /// Body sent by `ip -6 addr add 2001:db8::1/64 dev eth0 nodad home preferred_lft 100`, attributes
    /// in our order and without `IFA_PROTO`.
    #[test]
    fn decode_tells_flags_and_lifetime() {
        let mut body = vec![0x0a, 64, 0x12, 0, 2, 0, 0, 0, 20, 0, 1, 0];
        let ip: std::net::Ipv6Addr = "2001:db8::1".parse().unwrap();
        body.extend_from_slice(&ip.octets());
        body.extend([8, 0, 8, 0, 0x92, 0x02, 0, 0]); // IFA_FLAGS, with PERMANENT
        body.extend([20, 0, 6, 0, 100, 0, 0, 0]); // IFA_CACHEINFO
        body.extend([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
        let told = decode(&body).unwrap().unwrap();
        assert_eq!((told.flags, told.preferred_lifetime), (0x0212, Some(100)));
    }

    #[test]
    fn decode_truncated_is_an_error() {
        assert!(decode(&NEWADDR[..6]).is_err());
        assert!(decode(&NEWADDR[..14]).is_err());
    }
}
