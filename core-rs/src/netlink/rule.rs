//! Rules of policy routing: what the kernel is asked, and where notifications say that something
//! happened.

use super::attribute::{Attributes, find_u32};
use super::route::{family_number, octets};
use super::socket::Ask;
use crate::protocol::{Deed, Family, PolicyRule, RuleSpot, Span};
use neli::consts::nl::NlmF;

/// `FRA_*` (`linux/fib_rules.h`).
mod fra {
    pub const DST: u16 = 1;
    pub const SRC: u16 = 2;
    pub const IIFNAME: u16 = 3;
    pub const GOTO: u16 = 4;
    pub const PRIORITY: u16 = 6;
    pub const FWMARK: u16 = 10;
    pub const FLOW: u16 = 11;
    pub const TUN_ID: u16 = 12;
    pub const SUPPRESS_IFGROUP: u16 = 13;
    pub const SUPPRESS_PREFIXLEN: u16 = 14;
    pub const TABLE: u16 = 15;
    pub const FWMASK: u16 = 16;
    pub const OIFNAME: u16 = 17;
    pub const L3MDEV: u16 = 19;
    pub const UID_RANGE: u16 = 20;
    pub const PROTOCOL: u16 = 21;
    pub const IP_PROTO: u16 = 22;
    pub const SPORT_RANGE: u16 = 23;
    pub const DPORT_RANGE: u16 = 24;
}

/// `FIB_RULE_INVERT`.
const INVERT: u32 = 2;

/// Bytes of `struct fib_rule_hdr`.
const HEADER: usize = 12;

/// What is asked to add or delete a rule. One that is there is not added again.
pub fn ask(op: Deed, rule: &PolicyRule) -> Ask {
    let (kind, flags) = match op {
        Deed::Add => (libc::RTM_NEWRULE, NlmF::CREATE | NlmF::EXCL),
        Deed::Delete => (libc::RTM_DELRULE, NlmF::empty()),
    };
    Ask {
        kind,
        flags,
        body: body(rule),
    }
}

/// Where a rule is.
pub fn spot(rule: &PolicyRule) -> RuleSpot {
    RuleSpot {
        family: rule.family,
        priority: rule.priority,
    }
}

/// Where the body of `RTM_NEWRULE` or `RTM_DELRULE` says that something happened; none for other
/// families.
pub fn decode(body: &[u8]) -> Option<RuleSpot> {
    let (header, attributes) = body.split_first_chunk::<HEADER>()?;
    let [family, ..] = *header;
    let family = match i32::from(family) {
        libc::AF_INET => Family::Inet,
        libc::AF_INET6 => Family::Inet6,
        _ => return None,
    };
    Some(RuleSpot {
        family,
        priority: find_u32(attributes, fra::PRIORITY).unwrap_or(0),
    })
}

fn body(rule: &PolicyRule) -> Vec<u8> {
    let mut attributes = Attributes::default();
    for (kind, prefix) in [(fra::SRC, rule.source), (fra::DST, rule.destination)] {
        if let Some(prefix) = prefix.filter(|one| one.prefix_length > 0) {
            attributes.put(kind, &octets(prefix.address));
        }
    }
    let names = [
        (fra::IIFNAME, &rule.input_device),
        (fra::OIFNAME, &rule.output_device),
    ];
    for (kind, name) in names {
        if let Some(name) = name {
            attributes.put_text(kind, name);
        }
    }
    let numbers = [
        (fra::PRIORITY, Some(rule.priority)),
        (fra::TABLE, rule.table),
        (fra::GOTO, rule.target),
        (fra::FWMARK, rule.mark.map(|mark| mark.value)),
        (fra::FWMASK, rule.mark.map(|mark| mark.mask)),
        (fra::FLOW, rule.realms),
        (fra::SUPPRESS_IFGROUP, rule.suppress_group),
        (fra::SUPPRESS_PREFIXLEN, rule.suppress_prefix_length),
    ];
    for (kind, number) in numbers {
        if let Some(number) = number {
            attributes.put_u32(kind, number);
        }
    }
    if let Some(id) = rule.tunnel_id {
        attributes.put(fra::TUN_ID, &id.to_be_bytes());
    }
    if rule.l3mdev {
        attributes.put(fra::L3MDEV, &[1]);
    }
    if let Some(Span { from, to }) = rule.users {
        attributes.put(
            fra::UID_RANGE,
            &[from.to_ne_bytes(), to.to_ne_bytes()].concat(),
        );
    }
    attributes.put(fra::PROTOCOL, &[rule.protocol]);
    if let Some(protocol) = rule.ip_protocol {
        attributes.put(fra::IP_PROTO, &[protocol]);
    }
    let ports = [
        (fra::SPORT_RANGE, rule.source_ports),
        (fra::DPORT_RANGE, rule.destination_ports),
    ];
    for (kind, span) in ports {
        if let Some(Span { from, to }) = span {
            let [from, to] = [from, to].map(|port| u16::try_from(port).unwrap_or(u16::MAX));
            attributes.put(kind, &[from.to_ne_bytes(), to.to_ne_bytes()].concat());
        }
    }
    let length =
        |prefix: Option<crate::protocol::Prefix>| prefix.map_or(0, |one| one.prefix_length);
    let header = [
        family_number(rule.family),
        length(rule.destination),
        length(rule.source),
        rule.tos.unwrap_or(0),
        // Larger numbers are in the attribute only (`RT_TABLE_UNSPEC`).
        rule.table
            .and_then(|table| u8::try_from(table).ok())
            .unwrap_or(0),
        0,
        0,
        rule.action,
    ];
    let flags = if rule.not { INVERT } else { 0 };
    [
        header.as_slice(),
        &flags.to_ne_bytes(),
        attributes.as_bytes(),
    ]
    .concat()
}
