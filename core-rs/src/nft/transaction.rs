//! The messages that lead to a table, to no table, and to other elements of its sets. The kernel carries out all
//! of them or none.

use super::constants::{self, LIST_ELEMENT, SUBSYSTEM, chain, message, rule, set, table};
use super::element::{entries, key_length, list, padded};
use super::expression;
use super::value::{
    Chain, ChainKind, Element, ElementChange, HookPoint, Rule, Set, Table, TableFamily, TableId,
    Type,
};
use crate::error::Error;
use crate::ipvs::attribute::Writer;
use crate::netlink::socket::Ask;
use neli::consts::nl::NlmF;

/// Elements of one message: an attribute has at most 64 KiB.
const ELEMENTS_AT_ONCE: usize = 256;

/// `NF_ACCEPT`, the policy of every chain.
const ACCEPT: u32 = 1;

/// `NFTNL_UDATA_RULE_COMMENT`: what `nft` shows as comment.
const COMMENT: u8 = 0;

/// Puts `table` in the place of whatever has its name.
pub fn replace(table: &Table) -> Result<Vec<Ask>, Error> {
    let id = table.id();
    let mut asks = remove(&id)?;
    asks.push(new_table(&id)?);
    for (number, set) in (1..).zip(&table.sets) {
        asks.push(new_set(&id, set, number)?);
        asks.extend(elements(&id, (set, &set.elements), true)?);
    }
    for chain in &table.chains {
        asks.push(new_chain(&id, chain)?);
    }
    for chain in &table.chains {
        for rule in &chain.rules {
            asks.push(new_rule(&id, chain, rule)?);
        }
    }
    Ok(asks)
}

/// Removes a table, also when it is absent: it is made first.
pub fn remove(id: &TableId) -> Result<Vec<Ask>, Error> {
    let mut message = Writer::default();
    message.put(table::NAME, id.name.clone())?;
    let delete = ask(id, message::DEL_TABLE, NlmF::empty(), message)?;
    Ok(vec![new_table(id)?, delete])
}

/// Changes what sets hold. What is to be deleted is added first: then it is there.
pub fn change(id: &TableId, changes: &[ElementChange]) -> Result<Vec<Ask>, Error> {
    let mut asks = Vec::new();
    for ElementChange { set, add, delete } in changes {
        asks.extend(elements(id, (set, delete), true)?);
        asks.extend(elements(id, (set, delete), false)?);
        asks.extend(elements(id, (set, add), true)?);
    }
    Ok(asks)
}

fn new_table(id: &TableId) -> Result<Ask, Error> {
    let mut message = Writer::default();
    message.put(table::NAME, id.name.clone())?;
    ask(id, message::NEW_TABLE, NlmF::CREATE, message)
}

fn new_set(id: &TableId, of: &Set, number: u32) -> Result<Ask, Error> {
    if of.key.is_empty() {
        return Err(Error::Malformed(format!("set {} has no key", of.name)));
    }
    let concatenated = of.key.len() > 1;
    let mut flags = 0;
    if of.intervals {
        flags |= set::FLAG_INTERVAL;
    }
    if of.value.is_some() {
        flags |= set::FLAG_MAP;
    }
    if concatenated && of.intervals {
        flags |= set::FLAG_CONCAT;
    }
    let mut message = Writer::default();
    message.put(set::TABLE, id.name.clone())?;
    message.put(set::NAME, of.name.clone())?;
    message.put(set::FLAGS, u32::to_be_bytes(flags))?;
    message.put(set::KEY_TYPE, key_type(&of.key).to_be_bytes())?;
    message.put(
        set::KEY_LENGTH,
        u32::to_be_bytes(key_length(&of.key) as u32),
    )?;
    if let Some(value) = of.value {
        message.put(set::DATA_TYPE, value.number().to_be_bytes())?;
        message.put(set::DATA_LENGTH, u32::to_be_bytes(value.length() as u32))?;
    }
    if concatenated && of.intervals {
        let mut fields = Writer::default();
        for part in &of.key {
            let mut field = Writer::default();
            let length = padded(part.length()) as u32;
            field.put(set::FIELD_LENGTH, length.to_be_bytes())?;
            fields.nest(LIST_ELEMENT, field)?;
        }
        let mut description = Writer::default();
        description.nest(set::DESCRIPTION_CONCAT, fields)?;
        message.nest(set::DESCRIPTION, description)?;
    }
    message.put(set::ID, number.to_be_bytes())?;
    message.put(set::USER_DATA, byte_orders(of))?;
    ask(id, message::NEW_SET, NlmF::CREATE, message)
}

/// What `nft` notes of a set in order to show it: the order of bytes of key and value.
fn byte_orders(of: &Set) -> Vec<u8> {
    /// `NFTNL_UDATA_SET_KEYBYTEORDER`.
    const KEY: u8 = 0;
    /// `NFTNL_UDATA_SET_DATABYTEORDER`.
    const VALUE: u8 = 1;
    let order = |host: bool| u32::to_ne_bytes(if host { 1 } else { 2 });
    let note = |kind: u8, host: bool| [&[kind, 4][..], &order(host)[..]].concat();
    // To the program names of interfaces are in the order of the host as numbers are.
    let is_host = |one: &Type| one.is_number() || *one == Type::Ifname;
    let mut notes = note(KEY, matches!(of.key.as_slice(), [one] if is_host(one)));
    if let Some(value) = of.value {
        notes.extend(note(VALUE, is_host(&value)));
    }
    notes
}

/// The type of a concatenation is the types of its parts, 6 bits each.
fn key_type(key: &[Type]) -> u32 {
    key.iter().fold(0, |sum, part| sum << 6 | part.number())
}

fn elements(id: &TableId, of: (&Set, &[Element]), add: bool) -> Result<Vec<Ask>, Error> {
    let (set, elements) = of;
    let mut asks = Vec::new();
    for some in elements.chunks(ELEMENTS_AT_ONCE) {
        let mut all = Vec::new();
        for element in some {
            all.extend(entries(set, element)?);
        }
        let mut message = Writer::default();
        message.put(constants::element::LIST_TABLE, id.name.clone())?;
        message.put(constants::element::LIST_SET, set.name.clone())?;
        message.nest(constants::element::LIST_ELEMENTS, list(all)?)?;
        asks.push(match add {
            true => ask(id, message::NEW_ELEMENT, NlmF::CREATE, message)?,
            false => ask(id, message::DEL_ELEMENT, NlmF::empty(), message)?,
        });
    }
    Ok(asks)
}

fn new_chain(id: &TableId, of: &Chain) -> Result<Ask, Error> {
    let mut message = Writer::default();
    message.put(chain::TABLE, id.name.clone())?;
    message.put(chain::NAME, of.name.clone())?;
    if let Some(hook) = &of.hook {
        let mut inner = Writer::default();
        let number = hook_number(id.family, hook.at)?;
        inner.put(chain::HOOK_NUMBER, number.to_be_bytes())?;
        inner.put(chain::HOOK_PRIORITY, hook.priority.to_be_bytes())?;
        if let Some(device) = &hook.device {
            inner.put(chain::HOOK_DEVICE, device.clone())?;
        }
        message.nest(chain::HOOK, inner)?;
        message.put(chain::POLICY, ACCEPT.to_be_bytes())?;
        let kind = match hook.kind {
            ChainKind::Filter => "filter",
            ChainKind::Nat => "nat",
            ChainKind::Route => "route",
        };
        message.put(chain::TYPE, kind.to_owned())?;
    }
    ask(id, message::NEW_CHAIN, NlmF::CREATE, message)
}

/// `NF_INET_*`, `NF_ARP_*` and `NF_NETDEV_*`.
fn hook_number(family: TableFamily, at: HookPoint) -> Result<u32, Error> {
    let number = match (family, at) {
        (TableFamily::Netdev, HookPoint::Ingress) | (TableFamily::Arp, HookPoint::Input) => 0,
        (TableFamily::Netdev, HookPoint::Egress) | (TableFamily::Arp, HookPoint::Output) => 1,
        (TableFamily::Inet | TableFamily::Ip | TableFamily::Ip6, at) => match at {
            HookPoint::Prerouting => 0,
            HookPoint::Input => 1,
            HookPoint::Forward => 2,
            HookPoint::Output => 3,
            HookPoint::Postrouting => 4,
            HookPoint::Ingress | HookPoint::Egress => return Err(no_hook(family, at)),
        },
        _ => return Err(no_hook(family, at)),
    };
    Ok(number)
}

fn no_hook(family: TableFamily, at: HookPoint) -> Error {
    Error::Malformed(format!("a table of {family:?} has no hook {at:?}"))
}

fn new_rule(id: &TableId, of: &Chain, one: &Rule) -> Result<Ask, Error> {
    let mut message = Writer::default();
    message.put(rule::TABLE, id.name.clone())?;
    message.put(rule::CHAIN, of.name.clone())?;
    message.nest(rule::EXPRESSIONS, expression::list(id.family, &one.does)?)?;
    if let Some(comment) = &one.comment {
        let mut bytes = comment.as_bytes().to_vec();
        bytes.push(0);
        let length = u8::try_from(bytes.len())
            .ok()
            .filter(|length| *length <= 128)
            .ok_or_else(|| Error::Malformed(format!("comment {comment} is too long")))?;
        let mut noted = vec![COMMENT, length];
        noted.append(&mut bytes);
        message.put(rule::USER_DATA, noted)?;
    }
    ask(id, message::NEW_RULE, NlmF::CREATE | NlmF::APPEND, message)
}

/// A message to the table's family: `struct nfgenmsg`, then the attributes.
fn ask(id: &TableId, kind: u16, flags: NlmF, message: Writer) -> Result<Ask, Error> {
    let mut body = vec![id.family.number(), 0, 0, 0];
    body.extend(message.attributes()?);
    Ok(Ask {
        kind: SUBSYSTEM << 8 | kind,
        flags,
        body,
    })
}

impl TableFamily {
    /// `NFPROTO_*`.
    pub fn number(self) -> u8 {
        match self {
            Self::Inet => 1,
            Self::Ip => 2,
            Self::Arp => 3,
            Self::Netdev => 5,
            Self::Ip6 => 10,
        }
    }
}
