//! What is known of addresses that were added here, from what the kernel tells: which are
//! secondaries, and which somebody else has added anew since.
//!
//! An order to delete is given by somebody who may not have heard the latest yet. So it says whose
//! it takes the address for, and is refused when that is not so any more.

use crate::protocol::{Address, AddressOp};
use std::collections::HashMap;
use std::net::IpAddr;

/// Interface, address, prefix length.
type Key = (u32, IpAddr, u8);

/// By address. One is forgotten when it is deleted by order.
#[derive(Debug, Default)]
pub struct Ours {
    added: HashMap<Key, Standing>,
    /// Something was not told: what is there without being known may be ours.
    uncertain: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Standing {
    /// It was a secondary when it was added. Without promotion it stays one as long as it is
    /// there, with promotion nothing is to be done: so deleting it takes nobody along.
    secondary: bool,
    /// It is there.
    present: bool,
    /// Somebody else added it, after it was gone or before we could.
    taken: bool,
}

/// Who did what the kernel tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doer {
    /// An operation that names the address.
    Ordered,
    /// This process without an order, such as by putting back what was deleted along.
    Unordered,
    /// Another process, or the kernel.
    Other,
}

impl Ours {
    /// Takes what the kernel told of an address; true when it is by order that it is there, or gone.
    pub fn enter(&mut self, address: &Address, removed: bool, doer: Doer) -> bool {
        let key = key(address);
        match (removed, doer) {
            (true, Doer::Ordered) => {
                self.added.remove(&key);
                true
            }
            (false, Doer::Ordered) => {
                let standing = Standing {
                    secondary: address.secondary,
                    present: true,
                    taken: false,
                };
                self.added.insert(key, standing);
                true
            }
            _ => match self.added.get_mut(&key) {
                // What has not been gone is the same, such as one that was promoted.
                Some(standing) if !removed && standing.present => {
                    standing.secondary &= address.secondary;
                    !standing.taken
                }
                Some(standing) => {
                    // In IPv6 the kernel does not say who did it.
                    let other = doer == Doer::Other && address.address.is_ipv4();
                    *standing = Standing {
                        secondary: false,
                        present: !removed,
                        taken: !removed && other && !address.is_marked(),
                    };
                    false
                }
                None => false,
            },
        }
    }

    /// Takes the result of an addition.
    pub fn enter_result(&mut self, address: &Address, errno: i32) {
        let there_already = errno == libc::EEXIST && address.address.is_ipv4() && !self.uncertain;
        self.added.entry(key(address)).or_insert(Standing {
            secondary: false,
            present: true,
            taken: there_already,
        });
    }

    /// Something was not told: nothing is held against anybody.
    pub fn forget(&mut self) {
        self.added.clear();
        self.uncertain = true;
    }

    /// Whether a deletion is of an address that is not ours any more, unlike who ordered it thinks.
    pub fn is_outdated(&self, op: &AddressOp) -> bool {
        match op {
            AddressOp::Delete { address } if address.is_marked() => {
                self.added.get(&key(address)).is_some_and(|one| one.taken)
            }
            _ => false,
        }
    }

    /// Whether it was added here, and by nobody else since.
    pub fn is_ours(&self, address: &Address) -> bool {
        self.added.get(&key(address)).is_some_and(|one| !one.taken)
    }

    /// Whether it is known to be a secondary.
    pub fn is_secondary(&self, address: &Address) -> bool {
        self.added
            .get(&key(address))
            .is_some_and(|one| one.secondary)
    }
}

fn key(address: &Address) -> Key {
    (address.ifindex, address.address, address.prefix_length)
}
