//! What an order leaves behind when it ends without whoever gave it, and who else acts for it.

use super::outgoing::Outgoing;
use super::transmit::Order;
use crate::guardian::{Entrusted, Testament};
use crate::protocol::{Address, AddressOp, Announcement, VIRTUAL_ROUTER};
use std::net::IpAddr;

/// Deletes addresses whose order lapsed; the kernel thread does it.
pub type Withdraw = Box<dyn Fn(Vec<AddressOp>) + Send>;

/// Adds addresses and announces them, and tells of the former; the kernel thread does it.
pub type Take = Box<dyn Fn(Vec<AddressOp>, Vec<Announcement>) + Send>;

/// Tells the guardian what an order leaves behind.
pub type Entrust = Box<dyn Fn(u32, Entrusted) + Send>;

/// What the guardian does for an order in its place, unless nobody cares for that; with the farewell that
/// is made for it.
pub fn entrusted((order, farewell): (&Order, Vec<Outgoing>)) -> Entrusted {
    match testament(order, &farewell) {
        Some(testament) => Entrusted::Will(testament),
        None => Entrusted::Nothing,
    }
}

/// A seal is of one moment: there is none for adverts of a time to come.
fn testament(order: &Order, farewell: &[Outgoing]) -> Option<Testament> {
    let first = order.packets.first()?;
    let adverts = order.packets.iter().filter(|packet| !packet.is_sealed());
    (order.keep > 0).then_some(Testament {
        ifindex: order.ifindex,
        vrid: first.vrid()?,
        source: first.source,
        keep: order.keep,
        interval: order.interval,
        adverts: adverts.filter_map(Outgoing::by_guardian).collect(),
        farewells: kept(farewell),
        withdraw: order.withdraw.clone(),
    })
}

/// A farewell as the guardian keeps it.
pub fn kept(farewell: &[Outgoing]) -> Vec<(IpAddr, Vec<u8>)> {
    farewell.iter().filter_map(Outgoing::by_guardian).collect()
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
