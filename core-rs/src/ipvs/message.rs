//! Services and destinations as netlink attributes, both ways.

use super::attribute::{Reader, Writer};
use super::constants::{FLAG_HASHED, destination as dest, forwarding, outer, service as svc};
use crate::error::Error;
use crate::netlink::link::text;
use crate::protocol::{Destination, Family, Forwarding, Protocol, Service, ServiceId};
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
#[cfg(target_endian = "little")] // as the captures
mod tests {
    use super::super::captures;
    use super::super::constants::{VERSION, command};
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(digits).collect()
    }

    fn tcp(address: &str, port: u16) -> ServiceId {
        ServiceId::Address {
            protocol: Protocol::Tcp,
            address: address.parse().unwrap(),
            port,
        }
    }

    const MARK_7: ServiceId = ServiceId::Fwmark {
        family: Family::Inet,
        mark: 7,
    };

    fn of(id: ServiceId, scheduler: &str, flags: u32, timeout: u32, netmask: u8) -> Service {
        Service {
            id,
            scheduler: scheduler.into(),
            flags,
            timeout,
            netmask,
            persistence_engine: None,
        }
    }

    fn to(address: &str, port: u16, forwarding: Forwarding, weight: u32) -> Destination {
        Destination {
            address: address.parse().unwrap(),
            port,
            forwarding,
            weight,
            upper_threshold: 0,
            lower_threshold: 0,
        }
    }

    const GUE: Forwarding = Forwarding::Tunnel {
        tunnel_type: 1,
        port: 5555,
        flags: 1,
    };

    #[test]
    fn put_service_is_what_ipvsadm_sends() {
        for (value, capture) in [
            (
                of(tcp("10.23.8.80", 80), "wrr", 1, 360, 24),
                captures::ADD_PERSISTENT,
            ),
            (of(MARK_7, "rr", 0, 0, 32), captures::ADD_FWMARK),
            (
                of(tcp("2001:db8::80", 443), "sh", 0x11, 60, 64),
                captures::ADD_IPV6,
            ),
        ] {
            let mut message = Writer::default();
            put_service(&mut message, &value).unwrap();
            let body = message.body(command::NEW_SERVICE, VERSION).unwrap();
            assert_eq!(body, bytes(capture), "{value:?}");
            assert_eq!(service(&body).unwrap(), value);
        }
    }

    /// ipvsadm repeats the whole service where the identity is enough: compared from the second
    /// attribute on.
    #[test]
    fn put_destination_is_what_ipvsadm_sends() {
        let nat = Destination {
            upper_threshold: 1000,
            lower_threshold: 800,
            ..to("10.23.8.1", 8080, Forwarding::Nat, 3)
        };
        for (value, capture) in [
            (nat, captures::ADD_NAT),
            (to("192.0.2.2", 0, GUE, 5), captures::ADD_GUE),
            (
                to("2001:db8::1", 443, Forwarding::Dr, 2),
                captures::ADD_DIRECT_IPV6,
            ),
        ] {
            let mut message = Writer::default();
            put_destination(&mut message, &value).unwrap();
            let body = message.body(command::NEW_DEST, VERSION).unwrap();
            let capture = bytes(capture);
            assert_eq!(body[..4], capture[..4]);
            let first = usize::from(u16::from_le_bytes([capture[4], capture[5]]));
            assert_eq!(body[4..], capture[4 + first..], "{value:?}");
            assert_eq!(destination(&body, Family::Inet).unwrap(), value);
        }
    }

    #[test]
    fn put_service_id_is_what_ipvsadm_asks_with() {
        let mut message = Writer::default();
        put_service_id(&mut message, &tcp("10.23.8.80", 80)).unwrap();
        let body = message.body(command::GET_DEST, VERSION).unwrap();
        assert_eq!(body, bytes(captures::GET_DESTINATIONS));
    }

    #[test]
    fn service_reads_what_the_kernel_dumps_without_the_hashed_flag() {
        let dns = ServiceId::Address {
            protocol: Protocol::Udp,
            address: "10.23.8.80".parse().unwrap(),
            port: 53,
        };
        for (capture, value) in [
            (captures::SERVICE_OPS, of(dns, "rr", 4, 0, 32)),
            (captures::SERVICE_FWMARK, of(MARK_7, "wlc", 1, 360, 24)),
            (
                captures::SERVICE_IPV6,
                of(tcp("2001:db8::80", 443), "sh", 0x11, 60, 64),
            ),
        ] {
            assert_eq!(service(&bytes(capture)).unwrap(), value);
        }
    }

    #[test]
    fn destination_reads_what_the_kernel_dumps() {
        let nat = Destination {
            upper_threshold: 1000,
            lower_threshold: 800,
            ..to("10.23.8.2", 8080, Forwarding::Nat, 0)
        };
        for (capture, value) in [
            (captures::DESTINATION_NAT, nat),
            (captures::DESTINATION_GUE, to("192.0.2.2", 0, GUE, 65535)),
            (
                captures::DESTINATION_IPV6,
                to("2001:db8::1", 443, Forwarding::Nat, 1),
            ),
        ] {
            assert_eq!(destination(&bytes(capture), Family::Inet).unwrap(), value);
        }
    }

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

    #[test]
    fn no_truncation_of_a_dump_panics() {
        let (whole_service, whole_destination) = (
            bytes(captures::SERVICE_IPV6),
            bytes(captures::DESTINATION_GUE),
        );
        for end in 0..whole_service.len() {
            assert!(service(&whole_service[..end]).is_err());
        }
        for end in 0..whole_destination.len() {
            assert!(destination(&whole_destination[..end], Family::Inet).is_err());
        }
    }
}
