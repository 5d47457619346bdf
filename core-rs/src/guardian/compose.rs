//! A will in the guardian's words: datagrams and netlink messages as they are sent.

use super::message::{Heading, LONGEST, Message};
use crate::error::Error;
use crate::netlink::socket::Conversation;
use crate::netlink::withdrawal;
use crate::protocol::Address;
use std::net::IpAddr;

/// What an order leaves behind when the daemon dies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Testament {
    /// Interface of the virtual router.
    pub ifindex: u32,
    /// Virtual router.
    pub vrid: u8,
    /// From where the farewell is sent.
    pub source: IpAddr,
    /// How long things may stay for want of a successor, µs.
    pub keep: u64,
    /// Time between adverts, µs.
    pub interval: u64,
    /// What is sent every interval while the guardian speaks in this process's place; as farewells.
    pub adverts: Vec<(IpAddr, Vec<u8>)>,
    /// Destinations and datagrams: IPv4 with header, IPv6 without.
    pub farewells: Vec<(IpAddr, Vec<u8>)>,
    /// What goes.
    pub withdraw: Vec<Address>,
}

/// What an order entrusts to the guardian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrusted {
    /// To be done when the daemon dies.
    Will(Testament),
    /// Farewells in place of those of the will: the seals of these had become stale.
    Resealed(Vec<(IpAddr, Vec<u8>)>),
    /// Nothing: what it left before is done, or not to be done.
    Nothing,
    /// The withdrawal of its will, now: the farewell is sent, or the node was beaten.
    Handover {
        /// By somebody who announces itself just now.
        beaten: bool,
    },
    /// Everything: this process ends for another one to take its place, which is to come within this
    /// time, µs.
    Everything {
        /// How long the guardian speaks for it.
        within: u64,
    },
}

/// The messages that tell a will.
pub fn tell(
    order: u32,
    testament: &Testament,
    kernel: &mut Conversation,
) -> Result<Vec<Message>, Error> {
    let mut messages = vec![Message::Will(Heading {
        order,
        ifindex: testament.ifindex,
        vrid: testament.vrid,
        source: testament.source,
        keep: testament.keep,
        interval: testament.interval,
    })];
    let farewells = testament.farewells.iter();
    messages.extend(farewells.map(|(destination, bytes)| Message::Farewell {
        destination: *destination,
        bytes: bytes.clone(),
    }));
    let adverts = testament.adverts.iter();
    messages.extend(adverts.map(|(destination, bytes)| Message::Advert {
        destination: *destination,
        bytes: bytes.clone(),
    }));
    let requests = withdrawal::requests(kernel, &testament.withdraw)?;
    let withdrawn = testament.withdraw.iter().zip(requests);
    messages.extend(withdrawn.map(|(address, request)| Message::Withdraw {
        address: Some(address.address),
        request,
    }));
    messages.push(Message::Sealed);
    messages.retain(|message| message.encode().len() <= LONGEST);
    Ok(messages)
}
