//! What withdraws an address, as complete messages that another process can send.

use super::address::deletion;
use super::promotion::{has_neighbours, promotes, set};
use super::socket::{Ask, Conversation, encode, message};
use crate::error::Error;
use crate::protocol::Address;
use neli::consts::nl::NlmF;
use std::collections::BTreeMap;

/// One request for each address, to be sent in one go. The neighbours of what is deleted stay, as
/// `promotion.rs` says.
pub fn requests(kernel: &mut Conversation, addresses: &[Address]) -> Result<Vec<Vec<u8>>, Error> {
    let mut promoting: BTreeMap<u32, bool> = BTreeMap::new();
    let mut requests = Vec::with_capacity(addresses.len());
    for address in addresses {
        // What cannot be read cannot be restored, and is left as it is.
        let shelter = has_neighbours(address)
            && !*promoting
                .entry(address.ifindex)
                .or_insert_with_key(|ifindex| promotes(kernel, *ifindex).unwrap_or(true));
        let mut request = Vec::new();
        if shelter {
            request.extend(complete(&set(address.ifindex, true)?)?);
        }
        request.extend(complete(&deletion(address)?)?);
        if shelter {
            request.extend(complete(&set(address.ifindex, false)?)?);
        }
        requests.push(request);
    }
    Ok(requests)
}

/// A message with its header. The answers are told apart by nobody, so the number is any but 0.
pub fn complete(ask: &Ask) -> Result<Vec<u8>, Error> {
    encode(&message(ask, NlmF::REQUEST | ask.flags, 1)?)
}
