//! Version, table size and connection timeouts of IPVS.

use super::attribute::{Reader, Writer};
use super::constants::{VERSION, command, info as attribute, outer};
use crate::error::Error;
use crate::netlink::socket::Conversation;
use crate::protocol::{CallResult, IpvsTimeouts};

/// Reads version and table size.
pub fn info(kernel: &mut Conversation, family: u16) -> Result<CallResult, Error> {
    let answer = get(
        kernel,
        family,
        command::GET_INFO,
        "ask IPVS for its version",
    )?;
    Ok(CallResult::IpvsInfo {
        version: answer.u32(attribute::VERSION)?,
        table_size: answer.u32(attribute::CONN_TAB_SIZE)?,
    })
}

/// Reads the timeouts.
pub fn timeouts(kernel: &mut Conversation, family: u16) -> Result<IpvsTimeouts, Error> {
    let answer = get(
        kernel,
        family,
        command::GET_CONFIG,
        "ask IPVS for its timeouts",
    )?;
    // The kernel leaves out those of protocols it was built without.
    let seconds = |kind| {
        let bytes = answer.optional(kind)?;
        Ok::<u32, Error>(bytes.map_or(0, u32::from_ne_bytes))
    };
    Ok(IpvsTimeouts {
        tcp: seconds(outer::TIMEOUT_TCP)?,
        tcp_fin: seconds(outer::TIMEOUT_TCP_FIN)?,
        udp: seconds(outer::TIMEOUT_UDP)?,
    })
}

/// Sets the timeouts that are not 0.
pub fn set_timeouts(
    kernel: &mut Conversation,
    family: u16,
    timeouts: IpvsTimeouts,
) -> Result<(), Error> {
    let mut message = Writer::default();
    message.put(outer::TIMEOUT_TCP, timeouts.tcp)?;
    message.put(outer::TIMEOUT_TCP_FIN, timeouts.tcp_fin)?;
    message.put(outer::TIMEOUT_UDP, timeouts.udp)?;
    let ask = message.ask(family, command::SET_CONFIG, VERSION)?;
    kernel.ask("set the timeouts of IPVS", &ask).map(drop)
}

fn get(
    kernel: &mut Conversation,
    family: u16,
    command: u8,
    act: &'static str,
) -> Result<Reader, Error> {
    let ask = Writer::default().ask(family, command, VERSION)?;
    let bodies = kernel.ask(act, &ask)?;
    let body = bodies.first().ok_or_else(|| Error::Foreign {
        what: "the answer of IPVS",
        reason: "it is empty".into(),
    })?;
    Reader::of_body(body.as_ref())
}
