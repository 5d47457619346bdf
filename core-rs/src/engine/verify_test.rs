use super::*;
use crate::engine::outgoing::{Outgoing, Stamp};
use crate::wire::{Checksum, Key, Seal, Template, TrailerKey};
use std::net::Ipv4Addr;

const GROUP: IpAddr = IpAddr::V4(Ipv4Addr::new(224, 0, 0, 18));
const SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
/// A time of day, and one second of it.
const WALL: u64 = 1_700_000_000 << 32;
const SECOND: u64 = 1 << 32;

fn key(byte: &str) -> Key {
    Key(byte.repeat(32))
}

fn verify(version: u8, proof: Proof) -> Verify {
    Verify::Vrrp {
        version,
        interval: (version == 2).then_some(1),
        ttl: Some(255),
        proof,
        covers: vec![if version == 2 {
            Cover::Plain
        } else {
            Cover::Pseudo
        }],
        group: Some(GROUP),
        deaf: false,
        peers: None,
        lesser: None,
    }
}

fn trailer(keys: &[(u8, &str)], window: Option<u32>, lenient: bool) -> Proof {
    let keys = keys.iter().map(|(id, byte)| TrailerKey {
        id: *id,
        key: key(byte),
    });
    Proof::Trailer {
        keys: keys.collect(),
        window,
        lenient,
    }
}

/// An advert as it is sent: the IPv4 datagram.
fn sent(version: u8, seal: Option<Seal>, number: u64) -> Vec<u8> {
    let (hex, cover) = match version {
        2 => ("2105c801020100000a0909090000000000000000", Cover::Plain),
        _ => ("3105c801006400000a090909", Cover::Pseudo),
    };
    let hex = match seal {
        Some(Seal::Ah { .. }) => hex.to_owned(),
        _ => hex.replacen("c80102", "c80100", 1),
    };
    let template = Template {
        channel: match seal {
            Some(Seal::Ah { .. }) => Channel::Ah4,
            _ => Channel::Vrrp4,
        },
        source: SOURCE,
        destinations: vec![GROUP],
        ttl: 255,
        hex,
        checksum: Some(Checksum { at: 6, cover }),
        seal,
    };
    let mut packet = Outgoing::compose_all(&[template], 2).unwrap().remove(0);
    packet.stamp(Stamp {
        identification: 9,
        number,
    });
    packet.bytes().to_vec()
}

fn signed(id: u8, byte: &str, number: u64) -> Vec<u8> {
    let key = key(byte);
    sent(3, Some(Seal::Trailer { id, key }), number)
}

fn judge(verifier: &Verifier, ledger: &mut Ledger, bytes: &[u8]) -> Judgement {
    let channel = if bytes[9] == 51 {
        Channel::Ah4
    } else {
        Channel::Vrrp4
    };
    let packet = Received::v4(channel, bytes).unwrap();
    verifier.judge(&packet, ledger, WALL).judgement
}

fn once(verify: &Verify, bytes: &[u8]) -> Judgement {
    let verifier = Verifier::read(verify).unwrap();
    judge(&verifier, &mut Ledger::default(), bytes)
}

#[test]
fn judge_admits_what_is_sent_by_the_same_configuration() {
    assert_eq!(
        once(&verify(2, Proof::None), &sent(2, None, 0)),
        Judgement::Admitted
    );
    assert_eq!(
        once(&verify(3, Proof::None), &sent(3, None, 0)),
        Judgement::Admitted
    );
    for covers_ttl in [true, false] {
        let key = key("5a");
        let seal = Seal::Ah {
            key: key.clone(),
            covers_ttl,
        };
        let proof = Proof::Ah { key, covers_ttl };
        let bytes = sent(2, Some(seal), 7);
        assert_eq!(once(&verify(2, proof), &bytes), Judgement::Admitted);
    }
    let proof = trailer(&[(1, "5a")], Some(5), false);
    let bytes = signed(1, "5a", WALL);
    assert_eq!(once(&verify(3, proof), &bytes), Judgement::Admitted);
}

#[test]
fn judge_of_a_sealed_advert_with_any_bit_changed_that_is_covered_admits_it_never() {
    let ah = Proof::Ah {
        key: key("5a"),
        covers_ttl: true,
    };
    let seal = Seal::Ah {
        key: key("5a"),
        covers_ttl: true,
    };
    let hmac = trailer(&[(1, "5a")], None, false);
    for (verify, bytes, free) in [
        // TOS, fragment and checksum of the header; protocol and total length decide otherwise.
        (
            verify(2, ah),
            sent(2, Some(seal), 7),
            vec![1, 2, 3, 6, 7, 9, 10, 11],
        ),
        (
            verify(3, hmac),
            signed(1, "5a", WALL),
            vec![1, 2, 3, 4, 5, 6, 7, 9, 10, 11],
        ),
    ] {
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut other = bytes.clone();
                other[at] ^= 1 << bit;
                let channel = if bytes[9] == 51 {
                    Channel::Ah4
                } else {
                    Channel::Vrrp4
                };
                let Some(packet) = Received::v4(channel, &other) else {
                    continue;
                };
                let verifier = Verifier::read(&verify).unwrap();
                let judged = verifier.judge(&packet, &mut Ledger::default(), WALL);
                let admitted = judged.judgement == Judgement::Admitted;
                assert!(!admitted || free.contains(&at), "byte {at}, bit {bit}");
            }
        }
    }
}

#[test]
fn judge_of_an_authentication_header_wants_a_number_after_the_last() {
    let proof = Proof::Ah {
        key: key("5a"),
        covers_ttl: true,
    };
    let seal = |byte| Seal::Ah {
        key: key(byte),
        covers_ttl: true,
    };
    let verifier = Verifier::read(&verify(2, proof)).unwrap();
    let mut ledger = Ledger::default();
    let mut judge = |bytes: &[u8]| judge(&verifier, &mut ledger, bytes);
    assert_eq!(judge(&sent(2, Some(seal("5a")), 7)), Judgement::Admitted);
    assert_eq!(judge(&sent(2, Some(seal("5a")), 7)), Judgement::AuthFailure);
    assert_eq!(judge(&sent(2, Some(seal("5b")), 8)), Judgement::AuthFailure);
    assert_eq!(judge(&sent(2, Some(seal("5a")), 8)), Judgement::Admitted);
    assert_eq!(judge(&sent(2, None, 0)), Judgement::AuthenticationHeader);
}

#[test]
fn judge_of_a_trailer_names_what_is_wrong_in_keepalived_s_order() {
    let verifier = Verifier::read(&verify(3, trailer(&[(1, "5a")], Some(5), false))).unwrap();
    let mut ledger = Ledger::default();
    let mut judge = |bytes: &[u8]| judge(&verifier, &mut ledger, bytes);
    assert_eq!(judge(&sent(3, None, 0)), Judgement::TrailerMissing);
    let mut reserved = signed(9, "5b", 0);
    let at = reserved.len() - TRAILER_LENGTH + 2;
    reserved[at] = 1;
    assert_eq!(judge(&reserved), Judgement::TrailerMalformed);
    assert_eq!(
        judge(&signed(9, "5b", WALL - 6 * SECOND)),
        Judgement::TrailerStale
    );
    assert_eq!(
        judge(&signed(9, "5b", WALL + 6 * SECOND)),
        Judgement::TrailerStale
    );
    assert_eq!(judge(&signed(9, "5b", WALL)), Judgement::TrailerUnknownKey);
    assert_eq!(judge(&signed(1, "5b", WALL)), Judgement::TrailerForged);
    assert_eq!(judge(&signed(1, "5a", WALL)), Judgement::Admitted);
    assert_eq!(judge(&signed(1, "5a", WALL)), Judgement::TrailerReplayed);
    assert_eq!(
        judge(&signed(1, "5a", WALL - SECOND)),
        Judgement::TrailerReplayed
    );
    assert_eq!(judge(&signed(1, "5a", WALL + SECOND)), Judgement::Admitted);
}

#[test]
fn judge_of_trailers_by_the_number_alone_and_leniently_and_with_two_keys() {
    let old = signed(2, "5b", 1);
    assert_eq!(
        once(
            &verify(3, trailer(&[(1, "5a"), (2, "5b")], None, false)),
            &old
        ),
        Judgement::Admitted
    );
    let lenient = verify(3, trailer(&[(1, "5a")], Some(5), true));
    assert_eq!(once(&lenient, &sent(3, None, 0)), Judgement::Admitted);
    let forged = signed(1, "5b", WALL);
    assert_eq!(once(&lenient, &forged), Judgement::TrailerForged);
}

/// A generator without state beyond a word (xorshift64*): the same inputs in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// `FUZZ` says how many inputs, a million when it is not set: adverts of every kind with some bytes
/// changed, cut or added, and noise.
#[test]
fn judge_of_random_bytes_never_panics_and_admits_no_forgery() {
    let inputs = std::env::var("FUZZ")
        .ok()
        .and_then(|text| text.parse().ok());
    let inputs: usize = inputs.unwrap_or(1_000_000);
    let ah = Seal::Ah {
        key: key("5a"),
        covers_ttl: true,
    };
    let seeds = [
        sent(2, None, 0),
        sent(3, None, 0),
        sent(2, Some(ah), 7),
        signed(1, "5a", WALL),
    ];
    let ah = Proof::Ah {
        key: key("5b"),
        covers_ttl: true,
    };
    let verifiers: Vec<_> = [
        verify(2, Proof::None),
        verify(3, Proof::None),
        verify(2, ah),
        verify(3, trailer(&[(1, "5b")], Some(5), false)),
    ]
    .iter()
    .map(|verify| Verifier::read(verify).unwrap())
    .collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut ledger, mut judged) = (Ledger::default(), 0);
    for _ in 0..inputs {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        for _ in 0..random.below(4) {
            let at = random.below(bytes.len());
            bytes[at] = random.next().to_be_bytes()[0];
        }
        match random.below(8) {
            0 => bytes.truncate(random.below(bytes.len())),
            1 => bytes.extend((0..random.below(64)).map(|at| at.to_be_bytes()[7])),
            2 => bytes
                .iter_mut()
                .skip(20)
                .for_each(|byte| *byte = random.next().to_be_bytes()[0]),
            _ => {}
        }
        let channel = [Channel::Vrrp4, Channel::Ah4][random.below(2)];
        let v6 = Received {
            channel: Channel::Vrrp6,
            source: "fe80::1".parse().unwrap(),
            destination: "ff02::12".parse().unwrap(),
            ttl: 255,
            header: &[],
            payload: bytes.get(20..).unwrap_or_default(),
        };
        let packets = [Received::v4(channel, &bytes), Some(v6)];
        for packet in packets.into_iter().flatten() {
            for (at, verifier) in verifiers.iter().enumerate() {
                let found = verifier.judge(&packet, &mut ledger, WALL);
                assert!(found.body.len() <= packet.payload.len());
                let _ = verifier.is_lesser(&packet, found.body);
                // Nobody here has the key the others sign with.
                assert!(at < 2 || found.judgement != Judgement::Admitted);
                judged += 1;
            }
        }
    }
    assert!(judged >= inputs);
}
