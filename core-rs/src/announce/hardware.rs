//! Hardware addresses of the links on which announcements are sent.

use crate::error::Error;
use crate::protocol::Link;
use std::net::Ipv6Addr;

/// Octets of an Ethernet address (EUI-48).
pub const ETHERNET: usize = 6;

/// Octets of an InfiniBand address (RFC 4391 §9.1.1): a queue pair and a port.
pub const INFINIBAND: usize = 20;

/// The address of a link: 6 octets, or 20 of InfiniBand.
pub fn own(link: &Link) -> Result<Vec<u8>, Error> {
    let octets: Option<Vec<u8>> = link
        .mac
        .split(':')
        .map(|octet| u8::from_str_radix(octet, 16).ok())
        .collect();
    octets
        .filter(|octets| [ETHERNET, INFINIBAND].contains(&octets.len()))
        .ok_or_else(|| Error::Foreign {
            what: "the hardware address of an interface to announce from",
            reason: format!("{} has \"{}\", not 6 or 20 octets", link.ifname, link.mac),
        })
}

/// Where everybody on the link hears: all ones, or what an InfiniBand link calls its broadcast group.
pub fn everybody(link: &Link, length: usize) -> Vec<u8> {
    if link.broadcast.len() == length {
        link.broadcast.clone()
    } else {
        vec![0xff; length]
    }
}

/// Where members of an IPv6 group hear: RFC 2464 §7 for Ethernet, RFC 4391 §4 for InfiniBand.
pub fn members(link: &Link, length: usize, group: Ipv6Addr) -> Vec<u8> {
    let octets = group.octets();
    if length != INFINIBAND {
        return [&[0x33, 0x33], octets.get(12..).unwrap_or_default()].concat();
    }
    let broadcast = everybody(link, length);
    let octet = |at: usize| broadcast.get(at).copied().unwrap_or(0xff);
    let scope = octet(5) & 0x0f;
    [
        // No queue pair of its own: multicast. Then the group of groups with the link's scope,
        // IPv6's signature and the link's partition.
        &[0, 0xff, 0xff, 0xff, 0xff, 0x10 | scope, 0x60, 0x1b],
        &[octet(8), octet(9)][..],
        octets.get(6..).unwrap_or_default(),
    ]
    .concat()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub mod tests {
    use super::*;

    /// A link as tests need it.
    pub fn link(mac: &str) -> Link {
        Link {
            ifindex: 7,
            ifname: "eth0".into(),
            up: true,
            running: true,
            loopback: false,
            arp: true,
            multicast: true,
            mac: mac.into(),
            mtu: 1500,
            master: None,
            vrf_table: None,
            broadcast: Vec::new(),
        }
    }

    /// An InfiniBand link with the broadcast group of the default partition (RFC 4391 §5).
    pub fn infiniband() -> Link {
        let mac = "80:00:00:48:fe:80:00:00:00:00:00:00:00:02:c9:03:00:0e:ac:31";
        let broadcast = "00:ff:ff:ff:ff:12:40:1b:ff:ff:00:00:00:00:00:00:ff:ff:ff:ff";
        Link {
            broadcast: own(&link(broadcast)).unwrap(),
            ..link(mac)
        }
    }

    #[test]
    fn own_takes_ethernet_and_infiniband_and_nothing_else() {
        assert_eq!(own(&link("02:00:5e:10:ff:01")).unwrap().len(), ETHERNET);
        assert_eq!(own(&infiniband()).unwrap().len(), INFINIBAND);
        for mac in ["", "0a:00:00:01", "02:00:5e:10:ff:zz"] {
            assert!(own(&link(mac)).is_err(), "{mac}");
        }
    }

    #[test]
    fn members_of_ff02_1_hear_at_33_33_on_ethernet_and_in_the_partition_on_infiniband() {
        let all = "ff02::1".parse().unwrap();
        assert_eq!(
            members(&link("02:00:5e:10:ff:01"), ETHERNET, all),
            [0x33, 0x33, 0, 0, 0, 1]
        );
        let expected = own(&link(
            "00:ff:ff:ff:ff:12:60:1b:ff:ff:00:00:00:00:00:00:00:00:00:01",
        ));
        assert_eq!(members(&infiniband(), INFINIBAND, all), expected.unwrap());
    }
}
