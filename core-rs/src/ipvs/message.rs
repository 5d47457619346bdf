//! Services and destinations as netlink attributes, both ways.

use super::attribute::{Reader, Writer};
use super::constants::{FLAG_HASHED, destination as dest, forwarding, outer, service as svc};
use crate::error::Error;
use crate::netlink::link::text;
use crate::protocol::{
    Destination, DestinationConnections, Family, Forwarding, Protocol, Service, ServiceId,
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Writes what identifies a service into [`outer::SERVICE`].
pub fn put_service_id(message: &mut Writer, id: &ServiceId) -> Result<(), Error> {
    message.nest(outer::SERVICE, service_id(id)?)
}

/// Writes a whole service into [`outer::SERVICE`].
pub fn put_service(message: &mut Writer, service: &Service) -> Result<(), Error> {
    let mut inner = service_id(&service.id)?;
    inner.put(svc::SCHED_NAME, service.scheduler.clone())?;
    if let Some(engine) = &service.persistence_engine {
        inner.put(svc::PE_NAME, engine.clone())?;
    }
    inner.put(
        svc::FLAGS,
        flags_bytes(service.flags & !FLAG_HASHED, u32::MAX),
    )?;
    inner.put(svc::TIMEOUT, service.timeout)?;
    inner.put(
        svc::NETMASK,
        netmask_bytes(family_of(&service.id), service.netmask),
    )?;
    message.nest(outer::SERVICE, inner)
}

/// Writes what identifies a destination into [`outer::DEST`].
pub fn put_destination_id(message: &mut Writer, destination: &Destination) -> Result<(), Error> {
    message.nest(outer::DEST, destination_id(destination)?)
}

/// Writes a whole destination into [`outer::DEST`].
pub fn put_destination(message: &mut Writer, destination: &Destination) -> Result<(), Error> {
    let mut inner = destination_id(destination)?;
    let (method, (tunnel_type, port, flags)) = match destination.forwarding {
        Forwarding::Nat => (forwarding::MASQ, (0, 0, 0)),
        Forwarding::Local => (forwarding::LOCALNODE, (0, 0, 0)),
        Forwarding::Dr => (forwarding::DROUTE, (0, 0, 0)),
        Forwarding::Tunnel {
            tunnel_type,
            port,
            flags,
        } => (forwarding::TUNNEL, (tunnel_type, port, flags)),
    };
    inner.put(dest::FWD_METHOD, method)?;
    inner.put(dest::WEIGHT, destination.weight)?;
    inner.put(dest::TUN_TYPE, tunnel_type)?;
    inner.put(dest::TUN_PORT, u16::to_be_bytes(port))?;
    inner.put(dest::TUN_FLAGS, flags)?;
    inner.put(dest::U_THRESH, destination.upper_threshold)?;
    inner.put(dest::L_THRESH, destination.lower_threshold)?;
    message.nest(outer::DEST, inner)
}

/// Reads a service from the body of a dump entry.
pub fn service(body: &[u8]) -> Result<Service, Error> {
    let inner = Reader::of_body(body)?.nested(outer::SERVICE)?;
    let family = family(inner.u16(svc::AF)?)?;
    let id = if inner.get(svc::FWMARK).is_some() {
        ServiceId::Fwmark {
            family,
            mark: inner.u32(svc::FWMARK)?,
        }
    } else {
        ServiceId::Address {
            protocol: protocol(inner.u16(svc::PROTOCOL)?)?,
            address: ip(family, inner.array(svc::ADDR)?),
            port: inner.port(svc::PORT)?,
        }
    };
    let flags = inner.array::<8>(svc::FLAGS)?;
    let [a, b, c, d, ..] = flags;
    Ok(Service {
        id,
        scheduler: text(inner.get(svc::SCHED_NAME).unwrap_or_default()),
        flags: u32::from_ne_bytes([a, b, c, d]) & !FLAG_HASHED,
        timeout: inner.u32(svc::TIMEOUT)?,
        netmask: netmask(family, inner.array(svc::NETMASK)?),
        persistence_engine: inner.get(svc::PE_NAME).map(text),
    })
}

/// Reads how many connections a destination has from the body of a dump entry; `service` is the family of its service.
pub fn connections(body: &[u8], service: Family) -> Result<DestinationConnections, Error> {
    let inner = Reader::of_body(body)?.nested(outer::DEST)?;
    let family = match inner.optional(dest::ADDR_FAMILY)? {
        Some(bytes) => family(u16::from_ne_bytes(bytes))?,
        None => service,
    };
    let kinds = [dest::ACTIVE_CONNS, dest::INACT_CONNS, dest::PERSIST_CONNS];
    let mut connections = 0;
    for kind in kinds {
        connections += u64::from(inner.u32(kind)?);
    }
    Ok(DestinationConnections {
        address: ip(family, inner.array(dest::ADDR)?),
        port: inner.port(dest::PORT)?,
        connections,
    })
}

/// Reads a destination from the body of a dump entry; `service` is the family of its service.
pub fn destination(body: &[u8], service: Family) -> Result<Destination, Error> {
    let inner = Reader::of_body(body)?.nested(outer::DEST)?;
    let family = match inner.optional(dest::ADDR_FAMILY)? {
        Some(bytes) => family(u16::from_ne_bytes(bytes))?,
        None => service,
    };
    let forwarding = match inner.u32(dest::FWD_METHOD)? & forwarding::MASK {
        forwarding::MASQ => Forwarding::Nat,
        forwarding::LOCALNODE => Forwarding::Local,
        forwarding::DROUTE => Forwarding::Dr,
        forwarding::TUNNEL => {
            let [tunnel_type] = inner.optional(dest::TUN_TYPE)?.unwrap_or_default();
            let port = inner.optional(dest::TUN_PORT)?.unwrap_or_default();
            let flags = inner.optional(dest::TUN_FLAGS)?.unwrap_or_default();
            Forwarding::Tunnel {
                tunnel_type,
                port: u16::from_be_bytes(port),
                flags: u16::from_ne_bytes(flags),
            }
        }
        other => return Err(unknown("forwarding method", other)),
    };
    Ok(Destination {
        address: ip(family, inner.array(dest::ADDR)?),
        port: inner.port(dest::PORT)?,
        forwarding,
        weight: inner.u32(dest::WEIGHT)?,
        upper_threshold: inner.u32(dest::U_THRESH)?,
        lower_threshold: inner.u32(dest::L_THRESH)?,
    })
}

/// The address family of a service.
pub fn family_of(id: &ServiceId) -> Family {
    match id {
        ServiceId::Fwmark { family, .. } => *family,
        ServiceId::Address { address, .. } => family_of_ip(*address),
    }
}

fn service_id(id: &ServiceId) -> Result<Writer, Error> {
    let mut inner = Writer::default();
    inner.put(svc::AF, family_number(family_of(id)))?;
    match id {
        ServiceId::Fwmark { mark, .. } => inner.put(svc::FWMARK, *mark)?,
        ServiceId::Address {
            protocol,
            address,
            port,
        } => {
            inner.put(svc::PROTOCOL, protocol_number(*protocol))?;
            inner.put(svc::ADDR, ip_bytes(*address))?;
            inner.put(svc::PORT, port.to_be_bytes())?;
        }
    }
    Ok(inner)
}

fn destination_id(destination: &Destination) -> Result<Writer, Error> {
    let mut inner = Writer::default();
    let family = family_number(family_of_ip(destination.address));
    inner.put(dest::ADDR_FAMILY, family)?;
    inner.put(dest::ADDR, ip_bytes(destination.address))?;
    inner.put(dest::PORT, destination.port.to_be_bytes())?;
    Ok(inner)
}

fn family_of_ip(address: IpAddr) -> Family {
    match address {
        IpAddr::V4(_) => Family::Inet,
        IpAddr::V6(_) => Family::Inet6,
    }
}

fn family_number(family: Family) -> u16 {
    match family {
        Family::Inet => libc::AF_INET as u16,
        Family::Inet6 => libc::AF_INET6 as u16,
    }
}

fn family(number: u16) -> Result<Family, Error> {
    match i32::from(number) {
        libc::AF_INET => Ok(Family::Inet),
        libc::AF_INET6 => Ok(Family::Inet6),
        _ => Err(unknown("address family", number.into())),
    }
}

fn protocol_number(protocol: Protocol) -> u16 {
    match protocol {
        Protocol::Tcp => libc::IPPROTO_TCP as u16,
        Protocol::Udp => libc::IPPROTO_UDP as u16,
        Protocol::Sctp => libc::IPPROTO_SCTP as u16,
    }
}

fn protocol(number: u16) -> Result<Protocol, Error> {
    match i32::from(number) {
        libc::IPPROTO_TCP => Ok(Protocol::Tcp),
        libc::IPPROTO_UDP => Ok(Protocol::Udp),
        libc::IPPROTO_SCTP => Ok(Protocol::Sctp),
        _ => Err(unknown("protocol", number.into())),
    }
}

/// `union nf_inet_addr`.
fn ip_bytes(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        IpAddr::V6(address) => address.octets(),
    }
}

fn ip(family: Family, bytes: [u8; 16]) -> IpAddr {
    match family {
        Family::Inet => {
            let [a, b, c, d, ..] = bytes;
            Ipv4Addr::from([a, b, c, d]).into()
        }
        Family::Inet6 => Ipv6Addr::from(bytes).into(),
    }
}

/// `struct ip_vs_flags`.
fn flags_bytes(flags: u32, mask: u32) -> [u8; 8] {
    let ([a, b, c, d], [e, f, g, h]) = (flags.to_ne_bytes(), mask.to_ne_bytes());
    [a, b, c, d, e, f, g, h]
}

/// What is out of range is left to the kernel to refuse, so that it fails alone.
fn netmask_bytes(family: Family, prefix: u8) -> [u8; 4] {
    match family {
        Family::Inet => {
            let host_bits = 32_u32.saturating_sub(prefix.into());
            u32::MAX.checked_shl(host_bits).unwrap_or(0).to_be_bytes()
        }
        Family::Inet6 => u32::from(prefix).to_ne_bytes(),
    }
}

fn netmask(family: Family, bytes: [u8; 4]) -> u8 {
    match family {
        Family::Inet => u32::from_be_bytes(bytes).leading_ones() as u8,
        Family::Inet6 => u32::from_ne_bytes(bytes).try_into().unwrap_or(u8::MAX),
    }
}

fn unknown(what: &str, number: u32) -> Error {
    Error::Foreign {
        what: "an entry of the IPVS table",
        reason: format!("unknown {what} {number}"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn netmask_bytes_of_every_prefix_read_back() {
        for prefix in 0..=32 {
            let bytes = netmask_bytes(Family::Inet, prefix);
            assert_eq!(netmask(Family::Inet, bytes), prefix);
        }
        for prefix in 1..=128 {
            let bytes = netmask_bytes(Family::Inet6, prefix);
            assert_eq!(netmask(Family::Inet6, bytes), prefix);
        }
    }
}
