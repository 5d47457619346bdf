//! What an order leaves behind when it ends without whoever gave it, and who else acts for it.

use super::outgoing::Outgoing;
use super::transmit::Order;
use crate::guardian::{Entrusted, Testament};
use crate::protocol::{Address, AddressOp, Announcement, VIRTUAL_ROUTER};

/// Deletes addresses whose order lapsed; the kernel thread does it.
pub type Withdraw = Box<dyn Fn(Vec<AddressOp>) + Send>;

/// Adds addresses and announces them, and tells of the former; the kernel thread does it.
pub type Take = Box<dyn Fn(Vec<AddressOp>, Vec<Announcement>) + Send>;

/// Tells the guardian what an order leaves behind.
pub type Entrust = Box<dyn Fn(u32, Entrusted) + Send>;

/// What the guardian does for an order in its place, unless nobody cares for that.
pub fn entrusted(order: &Order, keep: u64) -> Entrusted {
    match testament(order, keep) {
        Some(testament) => Entrusted::Will(testament),
        None => Entrusted::Nothing,
    }
}

/// A seal would be stale by then, so whoever wants one gets neither adverts nor a farewell.
fn testament(order: &Order, keep: u64) -> Option<Testament> {
    let first = order.packets.first()?;
    let adverts = order.packets.iter().filter(|packet| !packet.is_sealed());
    let farewells = order.farewell.iter().filter(|packet| !packet.is_sealed());
    (keep > 0).then_some(Testament {
        ifindex: order.ifindex,
        vrid: first.vrid()?,
        source: first.source,
        keep,
        interval: order.interval,
        adverts: adverts.filter_map(Outgoing::by_guardian).collect(),
        farewells: farewells.filter_map(Outgoing::by_guardian).collect(),
        withdraw: order.withdraw.clone(),
    })
}

/// Deletions of what is ours, unless it has become somebody else's.
pub fn deletions(addresses: &[Address]) -> Vec<AddressOp> {
    let delete = |address: &Address| AddressOp::Delete {
        address: Address {
            protocol: Some(VIRTUAL_ROUTER),
            ..address.clone()
        },
    };
    addresses.iter().map(delete).collect()
}
