//! Reading the IPVS table.

use super::attribute::Writer;
use super::constants::{VERSION, command};
use super::message::{
    connections as connections_of, destination, family_of, put_service_id, service,
};
use crate::error::Error;
use crate::netlink::socket::Conversation;
use crate::protocol::{Destination, DestinationConnections, Family, Service, ServiceId};

/// Reads all services.
pub fn services(kernel: &mut Conversation, family: u16) -> Result<Vec<Service>, Error> {
    let ask = Writer::default().ask(family, command::GET_SERVICE, VERSION)?;
    let bodies = kernel.dump("list IPVS services", &ask)?;
    bodies.iter().map(|body| service(body.as_ref())).collect()
}

/// Reads the destinations of a service; none when it has gone since it was listed.
pub fn destinations(
    kernel: &mut Conversation,
    family: u16,
    service: &Service,
) -> Result<Vec<Destination>, Error> {
    entries(kernel, family, &service.id, destination)
}

/// Counts the connections of the destinations of a service; none when it is not there.
pub fn connections(
    kernel: &mut Conversation,
    family: u16,
    service: &ServiceId,
) -> Result<Vec<DestinationConnections>, Error> {
    entries(kernel, family, service, connections_of)
}

fn entries<T>(
    kernel: &mut Conversation,
    family: u16,
    service: &ServiceId,
    read: fn(&[u8], Family) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut message = Writer::default();
    put_service_id(&mut message, service)?;
    let ask = message.ask(family, command::GET_DEST, VERSION)?;
    let bodies = kernel.dump("list IPVS destinations", &ask)?;
    let of = family_of(service);
    bodies.iter().map(|body| read(body.as_ref(), of)).collect()
}
