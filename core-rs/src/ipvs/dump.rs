//! The whole IPVS table.

use super::attribute::Writer;
use super::constants::{VERSION, command};
use super::message::{destination, family_of, put_service_id, service};
use crate::error::Error;
use crate::netlink::socket::Conversation;
use crate::protocol::{Destination, Service, ServiceTable};

/// Reads all services, then the destinations of each.
pub fn table(kernel: &mut Conversation, family: u16) -> Result<Vec<ServiceTable>, Error> {
    let mut table = Vec::new();
    let ask = Writer::default().ask(family, command::GET_SERVICE, VERSION)?;
    for body in kernel.dump("list IPVS services", &ask)? {
        let service = service(body.as_ref())?;
        let destinations = destinations(kernel, family, &service)?;
        table.push(ServiceTable {
            service,
            destinations,
        });
    }
    Ok(table)
}

/// Empty as well when the service has gone since it was listed.
fn destinations(
    kernel: &mut Conversation,
    family: u16,
    service: &Service,
) -> Result<Vec<Destination>, Error> {
    let mut message = Writer::default();
    put_service_id(&mut message, &service.id)?;
    let ask = message.ask(family, command::GET_DEST, VERSION)?;
    let bodies = kernel.dump("list IPVS destinations", &ask)?;
    let of = family_of(&service.id);
    let entries = bodies.iter().map(|body| destination(body.as_ref(), of));
    entries.collect()
}
