use super::*;
use crate::wire::{Cover, Key};

const GROUP: IpAddr = IpAddr::V4(Ipv4Addr::new(224, 0, 0, 18));

/// Advert of keepalived (`wire.md` §1.2) from 10.0.0.1 to 224.0.0.18, TTL 255, without checksum.
fn advert() -> Template {
    Template {
        channel: Channel::Vrrp4,
        source: Ipv4Addr::new(10, 0, 0, 1).into(),
        destinations: vec![GROUP],
        ttl: 255,
        hex: "2105c801010100000a0909096162000000000000".into(),
        checksum: Some(Checksum {
            at: 6,
            cover: Cover::Plain,
        }),
        seal: None,
    }
}

fn one(template: Template) -> Outgoing {
    Outgoing::compose_all(&[template], 2).unwrap().remove(0)
}

#[test]
fn compose_of_an_advert_gives_keepalived_s_bytes() {
    let mut packet = one(advert());
    packet.stamp(Stamp {
        identification: 1,
        number: 0,
    });
    let captured = "45c0002800010000ff7000000a000001e0000012\
                        2105c8010101a1830a0909096162000000000000";
    assert_eq!(packet.bytes(), from_hex("", captured).unwrap());
}

#[test]
fn compose_v6_has_hop_limit_class_and_a_checksum_with_the_pseudo_header() {
    let source: Ipv6Addr = "fe80::1".parse().unwrap();
    let group: Ipv6Addr = "ff02::12".parse().unwrap();
    let packet = one(Template {
        channel: Channel::Vrrp6,
        source: source.into(),
        destinations: vec![group.into()],
        hex: "3105640100640000fe80000000000000000000000000abcd".into(),
        checksum: Some(Checksum {
            at: 6,
            cover: Cover::Pseudo,
        }),
        ..advert()
    });
    let bytes = packet.bytes();
    assert_eq!(bytes[..8], [0x6c, 0, 0, 0, 0, 24, 112, 255]);
    assert_eq!(bytes[8..24], source.octets());
    assert_eq!(bytes[24..40], group.octets());
    let carriage = Carriage {
        source: source.into(),
        destination: group.into(),
        protocol: 112,
    };
    assert_eq!(checksum(&bytes[40..], Cover::Pseudo, carriage), 0);
}

#[test]
fn compose_of_what_is_no_datagram_says_why() {
    let cases = [
        (
            Template {
                hex: "45c".into(),
                ..advert()
            },
            "template.hex is not hexadecimal",
        ),
        (
            Template {
                hex: "2105".into(),
                ..advert()
            },
            "its checksum lies outside",
        ),
        (
            Template {
                channel: Channel::Vrrp6,
                ..advert()
            },
            "its addresses are of another family",
        ),
        (
            Template {
                hex: "00".repeat(65_535),
                ..advert()
            },
            "it is too long",
        ),
    ];
    for (template, reason) in cases {
        let error = Outgoing::compose_all(&[template], 2).unwrap_err();
        assert!(error.to_string().ends_with(reason), "{error}");
    }
}

#[test]
fn stamp_of_a_trailer_counts_up_and_never_prints_the_key() {
    let seal = Seal::Trailer {
        id: 7,
        key: Key("5a".repeat(32)),
    };
    assert!(!format!("{seal:?}").contains("5a"));
    let mut packet = one(Template {
        seal: Some(seal),
        ..advert()
    });
    assert!(!format!("{packet:?}").contains("90, 90"));
    let mut ledger = Ledger::default();
    let packets = std::slice::from_ref(&packet);
    let number = Outgoing::next_number(packets, &mut ledger, 0x0102_0304_0506_0000);
    packet.stamp(Stamp {
        identification: 1,
        number,
    });
    let trailer = &packet.bytes()[40..];
    assert_eq!(trailer[..12], [1, 7, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0]);
    assert_eq!(trailer.len(), 28);
}
