use super::*;

fn address(text: &str, prefix_length: u8) -> Address {
    Address {
        ifindex: 3,
        address: text.parse().unwrap(),
        prefix_length,
        label: None,
        scope: 0,
        broadcast: None,
        peer: None,
        flags: 0,
        preferred_lifetime: None,
        protocol: None,
        secondary: false,
        tentative: false,
    }
}

/// Body sent by `ip addr add 10.1.2.3/24 brd 10.1.2.255 dev eth0 label eth0:1 proto 18`,
/// attributes in our order.
const NEWADDR: &[u8] = &[
    0x02, 0x18, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, // ifaddrmsg
    0x08, 0x00, 0x02, 0x00, 10, 1, 2, 3, // IFA_LOCAL
    0x08, 0x00, 0x01, 0x00, 10, 1, 2, 3, // IFA_ADDRESS
    0x08, 0x00, 0x04, 0x00, 10, 1, 2, 255, // IFA_BROADCAST
    0x0b, 0x00, 0x03, 0x00, b'e', b't', b'h', b'0', b':', b'1', 0, 0, // IFA_LABEL
    0x05, 0x00, 0x0b, 0x00, 18, 0, 0, 0, // IFA_PROTO
];

#[test]
fn ask_add_has_all_attributes_and_creates_exclusively() {
    let address = Address {
        label: Some("eth0:1".into()),
        broadcast: Some("10.1.2.255".parse().unwrap()),
        ..address("10.1.2.3", 24)
    };
    let ask = ask(&AddressOp::Add {
        address: address.clone(),
    })
    .unwrap();
    assert_eq!(ask.kind, libc::RTM_NEWADDR);
    assert_eq!(ask.flags, NlmF::CREATE | NlmF::EXCL);
    assert_eq!(ask.body, NEWADDR);
    let told = Address {
        protocol: Some(18),
        ..address
    };
    assert_eq!(decode(NEWADDR).unwrap(), Some(told));
}

#[test]
fn ask_delete_has_the_identity_only() {
    let address = Address {
        label: Some("eth0:1".into()),
        broadcast: Some("10.1.2.255".parse().unwrap()),
        ..address("10.1.2.3", 24)
    };
    let ask = ask(&AddressOp::Delete { address }).unwrap();
    assert_eq!(ask.kind, libc::RTM_DELADDR);
    assert_eq!(ask.body, &NEWADDR[..24]);
}

#[test]
fn decode_of_what_is_asked_is_the_address() {
    for address in [
        address("10.0.0.1", 32),
        Address {
            peer: Some("10.0.0.2".parse().unwrap()),
            ..address("10.0.0.1", 32)
        },
        address("2001:db8::1", 64),
        Address {
            flags: 0x0212,
            preferred_lifetime: Some(0),
            ..address("2001:db8::1", 128)
        },
        Address {
            flags: 0x0400,
            ..address("239.1.1.1", 32)
        },
        Address {
            scope: 253,
            ..address("169.254.0.1", 16)
        },
    ] {
        let body = encode(&message(&address, false).unwrap()).unwrap();
        let told = Address {
            protocol: Some(18),
            ..address
        };
        assert_eq!(decode(&body).unwrap(), Some(told));
    }
}

#[test]
fn decode_ipv6_without_local_takes_ifa_address() {
    let mut body = vec![0x0a, 64, 0x80, 253, 2, 0, 0, 0, 20, 0, 1, 0];
    let ip: std::net::Ipv6Addr = "fe80::1".parse().unwrap();
    body.extend_from_slice(&ip.octets());
    let decoded = decode(&body).unwrap().unwrap();
    assert_eq!(decoded.address, IpAddr::V6(ip));
    assert_eq!((decoded.peer, decoded.scope), (None, 253));
}

#[test]
fn decode_tells_a_secondary_in_ipv4_only() {
    let mut body = NEWADDR.to_vec();
    body[2] = 0x80 | 0x01; // PERMANENT, SECONDARY
    assert!(decode(&body).unwrap().unwrap().secondary);
    // In IPv6 the same bit says temporary.
    let mut body = vec![0x0a, 64, 0x01, 0, 2, 0, 0, 0, 20, 0, 1, 0];
    let ip: std::net::Ipv6Addr = "2001:db8::1".parse().unwrap();
    body.extend_from_slice(&ip.octets());
    assert!(!decode(&body).unwrap().unwrap().secondary);
}

#[test]
fn decode_tells_a_tentative_address_in_ipv6_only() {
    let tentative = |family: u8, flags: u8| {
        let mut body = vec![family, 64, flags, 0, 2, 0, 0, 0];
        let ip: std::net::Ipv6Addr = "2001:db8::1".parse().unwrap();
        let (length, octets) = match family {
            0x0a => (20, ip.octets().to_vec()),
            _ => (8, vec![10, 0, 0, 1]),
        };
        body.extend([length, 0, 1, 0]);
        body.extend(octets);
        decode(&body).unwrap().unwrap().tentative
    };
    // PERMANENT alone, with TENTATIVE, with OPTIMISTIC too, with DADFAILED.
    let found = [0x80, 0xc0, 0xc4, 0x88].map(|flags| tentative(0x0a, flags));
    assert_eq!(found, [false, true, false, true]);
    assert!(!tentative(0x02, 0xc0));
}

/// Body sent by `ip -6 addr add 2001:db8::1/64 dev eth0 nodad home preferred_lft 100`, attributes
/// in our order and without `IFA_PROTO`.
#[test]
fn decode_tells_flags_and_lifetime() {
    let mut body = vec![0x0a, 64, 0x12, 0, 2, 0, 0, 0, 20, 0, 1, 0];
    let ip: std::net::Ipv6Addr = "2001:db8::1".parse().unwrap();
    body.extend_from_slice(&ip.octets());
    body.extend([8, 0, 8, 0, 0x92, 0x02, 0, 0]); // IFA_FLAGS, with PERMANENT
    body.extend([20, 0, 6, 0, 100, 0, 0, 0]); // IFA_CACHEINFO
    body.extend([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
    let told = decode(&body).unwrap().unwrap();
    assert_eq!((told.flags, told.preferred_lifetime), (0x0212, Some(100)));
}

#[test]
fn decode_truncated_is_an_error() {
    assert!(decode(&NEWADDR[..6]).is_err());
    assert!(decode(&NEWADDR[..14]).is_err());
}
