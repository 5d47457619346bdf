//! What is in the kernel that is of no order alone, told to the guardian as what undoes it: when this
//! process dies without a word, all of that goes after the addresses.

use super::own_link;
use super::socket::{Conversation, transaction};
use super::withdrawal::complete;
use super::{route, rule};
use crate::error::Error;
use crate::guardian::Deed;
use crate::nft;
use crate::protocol::{self, KernelOp, Thing};
use crate::settings::Settings;
use std::collections::BTreeMap;

/// Takes what undoes something, by a number that grows with each; absent: nothing does any more.
pub type Bequeath = Box<dyn Fn(u32, Option<Deed>) + Send>;

/// What was told.
pub struct Estate {
    bequeath: Bequeath,
    numbers: BTreeMap<Key, u32>,
    last: u32,
}

/// What two operations on one thing have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// Its body in a message.
    Route(Vec<u8>),
    Rule(Vec<u8>),
    Nft(nft::value::TableId),
    Setting(String),
    Link(String),
}

impl Estate {
    /// Nothing yet.
    pub fn new(bequeath: Bequeath) -> Self {
        Self {
            bequeath,
            numbers: BTreeMap::new(),
            last: 0,
        }
    }

    /// Notes an operation that succeeded.
    pub fn enter(&mut self, op: &KernelOp, kernel: &mut Conversation, settings: &Settings) {
        let Some(key) = key(&op.thing) else { return };
        if op.op == protocol::Deed::Delete {
            if let Some(number) = self.numbers.remove(&key) {
                (self.bequeath)(number, None);
            }
            return;
        }
        if op.stays {
            return;
        }
        // What cannot be composed stays, as all of it did before there was a guardian.
        let Ok(Some(deed)) = undoing(&op.thing, kernel, settings) else {
            return;
        };
        // One that is told again keeps its place.
        let number = *self.numbers.entry(key).or_insert_with(|| {
            self.last += 1;
            self.last
        });
        (self.bequeath)(number, Some(deed));
    }
}

fn key(thing: &Thing) -> Option<Key> {
    match thing {
        Thing::Route(route) => Some(Key::Route(route::ask(protocol::Deed::Add, route).body)),
        Thing::Rule(rule) => Some(Key::Rule(rule::ask(protocol::Deed::Add, rule).body)),
        Thing::Nft(table) => Some(Key::Nft(table.id())),
        Thing::Sysctl(sysctl) => Some(Key::Setting(sysctl.name.clone())),
        Thing::OwnLink(link) => Some(Key::Link(link.name.clone())),
        Thing::SyncDaemon(_) | Thing::IpvsTimeouts(_) => None,
    }
}

fn undoing(
    thing: &Thing,
    kernel: &mut Conversation,
    settings: &Settings,
) -> Result<Option<Deed>, Error> {
    const DELETE: protocol::Deed = protocol::Deed::Delete;
    Ok(match thing {
        Thing::Route(route) => Some(Deed::Route(complete(&route::ask(DELETE, route))?)),
        Thing::Rule(rule) => Some(Deed::Route(complete(&rule::ask(DELETE, rule))?)),
        Thing::Nft(table) => {
            let asks = nft::transaction::remove(&table.id())?;
            Some(Deed::Netfilter(transaction(&asks, 1)?))
        }
        Thing::Sysctl(sysctl) => settings
            .before(&sysctl.name)
            .map(|(was, is)| Deed::Setting {
                name: sysctl.name.clone(),
                is: is.to_owned(),
                was: was.to_owned(),
            }),
        Thing::OwnLink(link) => {
            let ask = own_link::deletion(kernel, link)?;
            ask.map(|ask| complete(&ask).map(Deed::Route)).transpose()?
        }
        Thing::SyncDaemon(_) | Thing::IpvsTimeouts(_) => None,
    })
}
