//! Routes: what the kernel is asked, and where notifications say that something happened.

use super::attribute::{Attributes, find, find_u32};
use super::socket::Ask;
use crate::protocol::{
    Deed, Encapsulation, Family, MetricValue, NextHop, Prefix, Route, RouteMetric, RoutePlace,
    RouteSpot, Tunnel,
};
use neli::consts::nl::NlmF;
use std::net::IpAddr;

/// `RTA_*` (`linux/rtnetlink.h`).
mod rta {
    pub const DST: u16 = 1;
    pub const SRC: u16 = 2;
    pub const OIF: u16 = 4;
    pub const GATEWAY: u16 = 5;
    pub const PRIORITY: u16 = 6;
    pub const PREFSRC: u16 = 7;
    pub const METRICS: u16 = 8;
    pub const MULTIPATH: u16 = 9;
    pub const FLOW: u16 = 11;
    pub const TABLE: u16 = 15;
    pub const VIA: u16 = 18;
    pub const PREF: u16 = 20;
    pub const ENCAP_TYPE: u16 = 21;
    pub const ENCAP: u16 = 22;
    pub const EXPIRES: u16 = 23;
    pub const TTL_PROPAGATE: u16 = 26;
}

/// `RTAX_LOCK`: bits of the metrics that are locked.
const LOCK: u16 = 1;

/// `RTNH_F_ONLINK`.
const ONLINK: u8 = 4;

/// `RTM_F_CLONED`: an entry of a cache, no route.
const CLONED: u32 = 0x200;

/// `IP6_RT_PRIO_USER`: the metric of IPv6 routes that say none.
const IPV6_PRIORITY: u32 = 1024;

/// Bytes of `struct rtmsg`.
const HEADER: usize = 12;

/// What is asked to add or delete a route.
pub fn ask(op: Deed, route: &Route) -> Ask {
    let (kind, flags) = match (op, route.place) {
        (Deed::Delete, _) => (libc::RTM_DELROUTE, NlmF::empty()),
        (Deed::Add, None) => (libc::RTM_NEWROUTE, NlmF::CREATE),
        (Deed::Add, Some(RoutePlace::Add)) => (libc::RTM_NEWROUTE, NlmF::CREATE | NlmF::EXCL),
        (Deed::Add, Some(RoutePlace::Append)) => (libc::RTM_NEWROUTE, NlmF::CREATE | NlmF::APPEND),
    };
    Ask {
        kind,
        flags,
        body: body(route),
    }
}

/// Where a route is.
pub fn spot(route: &Route) -> RouteSpot {
    let inet6 = route.family == Family::Inet6;
    let priority = route.priority.unwrap_or(0);
    RouteSpot {
        family: route.family,
        table: route.table,
        destination: route.destination,
        tos: if inet6 { 0 } else { route.tos.unwrap_or(0) },
        priority: if inet6 && priority == 0 {
            IPV6_PRIORITY
        } else {
            priority
        },
    }
}

/// Where the body of `RTM_NEWROUTE` or `RTM_DELROUTE` says that something happened; none for what
/// is no route of IPv4 or IPv6.
pub fn decode(body: &[u8]) -> Option<RouteSpot> {
    let (header, attributes) = body.split_first_chunk::<HEADER>()?;
    let [family, prefix_length, _, tos, table, _, _, _, flags @ ..] = *header;
    let (family, any) = match i32::from(family) {
        libc::AF_INET => (Family::Inet, IpAddr::from([0; 4])),
        libc::AF_INET6 => (Family::Inet6, IpAddr::from([0; 16])),
        _ => return None,
    };
    if u32::from_ne_bytes(flags) & CLONED != 0 {
        return None;
    }
    let address = find(attributes, rta::DST).and_then(address_of);
    Some(RouteSpot {
        family,
        table: find_u32(attributes, rta::TABLE).unwrap_or_else(|| table.into()),
        destination: Prefix {
            address: address.unwrap_or(any),
            prefix_length,
        },
        tos,
        priority: find_u32(attributes, rta::PRIORITY).unwrap_or(0),
    })
}

fn body(route: &Route) -> Vec<u8> {
    let mut attributes = Attributes::default();
    if route.destination.prefix_length > 0 {
        attributes.put(rta::DST, &octets(route.destination.address));
    }
    if let Some(source) = route.source {
        attributes.put(rta::SRC, &octets(source.address));
    }
    attributes.put_u32(rta::TABLE, route.table);
    if let Some(priority) = route.priority {
        attributes.put_u32(rta::PRIORITY, priority);
    }
    if let Some(source) = route.preferred_source {
        attributes.put(rta::PREFSRC, &octets(source));
    }
    put_metrics(&mut attributes, &route.metrics);
    if let Some(expires) = route.expires {
        attributes.put_u32(rta::EXPIRES, expires);
    }
    if let Some(preference) = route.preference {
        attributes.put(rta::PREF, &[preference]);
    }
    if let Some(propagate) = route.ttl_propagate {
        attributes.put(rta::TTL_PROPAGATE, &[u8::from(propagate)]);
    }
    let mut flags = 0;
    match route.next_hops.as_slice() {
        [] => {}
        [only] => {
            if let Some(device) = only.device {
                attributes.put_u32(rta::OIF, device);
            }
            put_hop(&mut attributes, only, route.family);
            flags = flags_of(only);
        }
        several => {
            let hops: Vec<_> = several.iter().flat_map(|hop| packed(hop, route)).collect();
            attributes.put(rta::MULTIPATH, &hops);
        }
    }
    let header = [
        family_number(route.family),
        route.destination.prefix_length,
        route.source.map_or(0, |source| source.prefix_length),
        route.tos.unwrap_or(0),
        // Larger numbers are in the attribute only (`RT_TABLE_UNSPEC`).
        u8::try_from(route.table).unwrap_or(0),
        route.protocol,
        route.scope,
        route.kind,
    ];
    [
        header.as_slice(),
        &u32::from(flags).to_ne_bytes(),
        attributes.as_bytes(),
    ]
    .concat()
}

/// `struct rtnexthop` and its attributes.
fn packed(hop: &NextHop, route: &Route) -> Vec<u8> {
    let mut attributes = Attributes::default();
    put_hop(&mut attributes, hop, route.family);
    let length = u16::try_from(8 + attributes.as_bytes().len()).unwrap_or(u16::MAX);
    let hops = u8::try_from(hop.weight.unwrap_or(1).saturating_sub(1)).unwrap_or(u8::MAX);
    [
        length.to_ne_bytes().as_slice(),
        &[flags_of(hop), hops],
        &hop.device.unwrap_or(0).to_ne_bytes(),
        attributes.as_bytes(),
    ]
    .concat()
}

fn flags_of(hop: &NextHop) -> u8 {
    if hop.onlink { ONLINK } else { 0 }
}

/// What a next hop has beside its interface.
fn put_hop(attributes: &mut Attributes, hop: &NextHop, family: Family) {
    if let Some(gateway) = hop.gateway {
        let own = gateway.is_ipv4() == (family == Family::Inet);
        if own {
            attributes.put(rta::GATEWAY, &octets(gateway));
        } else {
            // struct rtvia
            let number = match gateway {
                IpAddr::V4(_) => libc::AF_INET,
                IpAddr::V6(_) => libc::AF_INET6,
            };
            let family = u16::try_from(number).unwrap_or_default();
            let via = [family.to_ne_bytes().as_slice(), &octets(gateway)].concat();
            attributes.put(rta::VIA, &via);
        }
    }
    if let Some(realms) = hop.realms {
        attributes.put_u32(rta::FLOW, realms);
    }
    if let Some(encapsulation) = &hop.encapsulation {
        let (number, inner) = wrapped(encapsulation);
        attributes.put(rta::ENCAP_TYPE, &number.to_ne_bytes());
        attributes.nest(rta::ENCAP, &inner);
    }
}

/// `LWTUNNEL_ENCAP_*` and its attributes, all in network order.
fn wrapped(encapsulation: &Encapsulation) -> (u16, Attributes) {
    let mut inner = Attributes::default();
    let number = match encapsulation {
        Encapsulation::Mpls { labels } => {
            let last = labels.len().saturating_sub(1);
            let entry = |(at, label): (usize, &u32)| {
                // RFC 3032: label, 3 bits of class, bottom of stack, TTL.
                ((label << 12) | (u32::from(at == last) << 8)).to_be_bytes()
            };
            let stack: Vec<_> = labels.iter().enumerate().flat_map(entry).collect();
            inner.put(1, &stack);
            1
        }
        Encapsulation::Ip(tunnel) => {
            put_tunnel(&mut inner, tunnel, [4, 5]);
            2
        }
        Encapsulation::Ila { locator } => {
            let number = u64::from_str_radix(locator, 16).unwrap_or(0);
            inner.put(1, &number.to_be_bytes());
            3
        }
        Encapsulation::Ip6(tunnel) => {
            put_tunnel(&mut inner, tunnel, [4, 5]);
            4
        }
    };
    (number, inner)
}

/// `LWTUNNEL_IP_*` and `LWTUNNEL_IP6_*` have the same numbers.
fn put_tunnel(inner: &mut Attributes, tunnel: &Tunnel, [ttl, tos]: [u16; 2]) {
    if let Some(id) = tunnel.id {
        inner.put(1, &id.to_be_bytes());
    }
    if let Some(destination) = tunnel.destination {
        inner.put(2, &octets(destination));
    }
    if let Some(source) = tunnel.source {
        inner.put(3, &octets(source));
    }
    if let Some(value) = tunnel.ttl {
        inner.put(ttl, &[value]);
    }
    if let Some(value) = tunnel.tos {
        inner.put(tos, &[value]);
    }
    if let Some(flags) = tunnel.flags {
        // keepalived: gives the number as it is in memory, though the kernel takes it for big endian.
        inner.put(6, &flags.to_ne_bytes());
    }
}

fn put_metrics(attributes: &mut Attributes, metrics: &[RouteMetric]) {
    if metrics.is_empty() {
        return;
    }
    let mut inner = Attributes::default();
    let bit = |one: &RouteMetric| {
        let bit = 1u32.checked_shl(one.metric.into()).unwrap_or(0);
        if one.locked { bit } else { 0 }
    };
    let locks = metrics.iter().map(bit).fold(0, |all, one| all | one);
    if locks != 0 {
        inner.put_u32(LOCK, locks);
    }
    for RouteMetric { metric, value, .. } in metrics {
        match value {
            MetricValue::Number(number) => inner.put_u32((*metric).into(), *number),
            MetricValue::Name(name) => inner.put_text((*metric).into(), name),
        }
    }
    attributes.nest(rta::METRICS, &inner);
}

/// `AF_*` of a family.
pub fn family_number(family: Family) -> u8 {
    let number = match family {
        Family::Inet => libc::AF_INET,
        Family::Inet6 => libc::AF_INET6,
    };
    u8::try_from(number).unwrap_or_default()
}

/// The bytes of an address.
pub fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn address_of(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}
