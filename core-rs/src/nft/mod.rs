//! Tables of nftables that are ours alone: put in place whole, in one transaction of the kernel, and watched.
//!
//! No program of the host is needed. The crates that speak nftables either need the C library `libnftnl` or are
//! not permissively licensed, so the few messages stand here; `neli` supplies socket and attributes.

pub mod constants;
pub mod element;
pub mod expression;
pub mod notify;
#[doc(hidden)]
pub mod sample;
pub mod transaction;
pub mod value;

use crate::error::Error;
use crate::netlink::socket::{Ask, Conversation};
use neli::consts::socket::NlFamily;
use notify::Notices;
use std::collections::BTreeSet;
use value::{ElementChange, TableId};

/// Tables of nftables. Its sockets are opened by the first of them.
#[derive(Default)]
pub struct Nft {
    kernel: Option<Conversation>,
    notices: Option<Notices>,
    /// Tables put in place and not removed since.
    ours: BTreeSet<TableId>,
}

impl Nft {
    /// Changes what sets of a table hold.
    pub fn change(&mut self, table: &TableId, changes: &[ElementChange]) -> Result<(), Error> {
        self.transact("change", &table.name, &transaction::change(table, changes)?)
    }

    /// Puts a table in place, and watches it from then on.
    pub fn replace(&mut self, table: &value::Table) -> Result<(), Error> {
        self.watch()?;
        self.transact("replace", &table.name, &transaction::replace(table)?)?;
        self.ours.insert(table.id());
        Ok(())
    }

    /// Removes a table.
    pub fn remove(&mut self, table: &TableId) -> Result<(), Error> {
        self.ours.remove(table);
        self.transact("remove", &table.name, &transaction::remove(table)?)
    }

    /// What hears of changes, once there is something to hear of.
    pub fn notices(&self) -> Option<&Notices> {
        self.notices.as_ref()
    }

    /// Tables of ours that somebody else has changed or removed.
    pub fn changed(&mut self) -> Vec<TableId> {
        let (Some(kernel), Some(notices)) = (&self.kernel, &mut self.notices) else {
            return Vec::new();
        };
        notices
            .take(kernel.port(), &self.ours)
            .into_iter()
            .collect()
    }

    /// Hears from now on what becomes of tables.
    fn watch(&mut self) -> Result<(), Error> {
        if self.notices.is_none() {
            self.notices = Some(Notices::open()?);
        }
        Ok(())
    }

    fn transact(&mut self, act: &str, name: &str, asks: &[Ask]) -> Result<(), Error> {
        let kernel = match self.kernel.take() {
            Some(kernel) => kernel,
            None => Conversation::open(NlFamily::Netfilter)?,
        };
        let kernel = self.kernel.insert(kernel);
        kernel.transact(&format!("{act} table {name} of nftables"), asks)
    }
}
