//! Every decoder of what comes from outside, on inputs made at random from those of `tests/corpus`: none
//! of them may panic, whatever it is given. `cargo test` takes a few thousand inputs each; with
//! `HOLDFAST_FUZZ=10000000` it takes so many of all, which is a task of its own (`deno task fuzz:core`).

use crate::announce::arp;
use crate::engine::ledger::Ledger;
use crate::engine::received::{Received, hex_bytes};
use crate::engine::verify::Verifier;
use crate::ipvs::message;
use crate::netlink::{address, link, route, rule, socket};
use crate::probe::response::Reader;
use crate::probe::smtp::Conversation;
use crate::protocol::Family;
use crate::track::connector;
use crate::wire::{Channel, Cover, Key, Proof, TrailerKey, Verify};
use std::path::Path;

/// Inputs of all decoders together, unless the environment says another number.
const INPUTS: usize = 60_000;

/// Most bytes of an input.
const LONGEST: usize = 4096;

/// A decoder, and the file of inputs it is given changed.
struct Target {
    corpus: &'static str,
    decode: fn(&[u8]),
}

const TARGETS: &[Target] = &[
    Target {
        corpus: "advert",
        decode: |bytes| adverts(bytes, Received::v4(Channel::Vrrp4, bytes)),
    },
    Target {
        corpus: "advert",
        decode: |bytes| adverts(bytes, Received::v4(Channel::Ah4, bytes)),
    },
    Target {
        corpus: "advert6",
        decode: |bytes| adverts(bytes, Some(over_v6(bytes))),
    },
    Target {
        corpus: "link",
        decode: |bytes| {
            let _ = link::decode(bytes);
        },
    },
    Target {
        corpus: "address",
        decode: |bytes| {
            let _ = address::decode(bytes);
        },
    },
    Target {
        corpus: "route",
        decode: |bytes| {
            let _ = route::decode(bytes);
        },
    },
    Target {
        corpus: "rule",
        decode: |bytes| {
            let _ = rule::decode(bytes);
        },
    },
    Target {
        corpus: "messages",
        decode: |bytes| {
            let _ = socket::messages(bytes);
        },
    },
    Target {
        corpus: "ipvs",
        decode: |bytes| {
            let _ = message::service(bytes);
            let _ = message::destination(bytes, Family::Inet);
            let _ = message::connections(bytes, Family::Inet6);
        },
    },
    Target {
        corpus: "connector",
        decode: |bytes| {
            let _ = connector::decode(bytes);
        },
    },
    Target {
        corpus: "http",
        decode: |bytes| {
            let _ = Reader::default().push(bytes);
            let mut reader = Reader::default();
            for part in bytes.chunks(7) {
                if !matches!(reader.push(part), Ok(None)) {
                    break;
                }
            }
        },
    },
    Target {
        corpus: "smtp",
        decode: |bytes| {
            let _ = Conversation::default().push(bytes);
        },
    },
    Target {
        corpus: "arp",
        decode: |bytes| {
            let _ = arp::claim(bytes);
        },
    },
];

/// As it would come by IPv6, of which the kernel keeps the header.
fn over_v6(bytes: &[u8]) -> Received<'_> {
    Received {
        channel: Channel::Vrrp6,
        source: std::net::Ipv6Addr::LOCALHOST.into(),
        destination: std::net::Ipv6Addr::LOCALHOST.into(),
        ttl: 255,
        header: &[],
        payload: bytes,
    }
}

/// Judged by every way to prove who sent it.
fn adverts(bytes: &[u8], received: Option<Received<'_>>) {
    let Some(packet) = received else { return };
    let key = Key("61".repeat(32));
    let proofs = [
        Proof::None,
        Proof::Pass {
            key: Key("6162000000000000".into()),
        },
        Proof::Ah {
            key: key.clone(),
            covers_ttl: false,
        },
        Proof::Trailer {
            keys: vec![TrailerKey { id: 1, key }],
            window: Some(3),
            lenient: bytes.len() % 2 == 0,
        },
    ];
    for (at, proof) in proofs.into_iter().enumerate() {
        let version = if at % 2 == bytes.len() % 2 { 2 } else { 3 };
        let verify = Verify::Vrrp {
            version,
            interval: (version == 2).then_some(1),
            ttl: None,
            proof,
            covers: vec![Cover::Plain, Cover::Pseudo],
            group: None,
            deaf: false,
            peers: None,
            lesser: None,
        };
        let Ok(verifier) = Verifier::read(&verify) else {
            continue;
        };
        let judged = verifier.judge(&packet, &mut Ledger::default(), 1 << 40);
        let _ = verifier.is_lesser(&packet, judged.body);
    }
}

/// Numbers that are the same in every run (xorshift).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Below `limit`; 0 when that is 0.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 1)
            .unwrap_or(0)
            .checked_rem(limit)
            .unwrap_or(0)
    }
}

/// Changes an input a few times: bits, bytes that are lengths or signs elsewhere, parts cut out, doubled or
/// taken from another.
fn change(bytes: &mut Vec<u8>, others: &[Vec<u8>], chance: &mut Chance) {
    for _ in 0..=chance.below(6) {
        let at = chance.below(bytes.len());
        match chance.below(8) {
            0 => bytes.truncate(at),
            1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
            }
            2 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = [0, 1, 3, 4, 8, 0x7f, 0x80, 0xff, b'\r', b'\n']
                        .get(chance.below(10))
                        .copied()
                        .unwrap_or_default();
                }
            }
            3 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = u8::try_from(chance.below(256)).unwrap_or_default();
                }
            }
            4 => {
                let end = bytes.len().min(at + chance.below(16));
                bytes.drain(at..end);
            }
            5 => {
                let end = bytes.len().min(at + chance.below(64));
                let part = bytes.get(at..end).unwrap_or_default().to_vec();
                bytes.splice(at..at, part);
            }
            6 => {
                let other = others.get(chance.below(others.len()));
                let other = other.map(Vec::as_slice).unwrap_or_default();
                let from = chance.below(other.len());
                let part = other.get(from..).unwrap_or_default().to_vec();
                bytes.splice(at.., part);
            }
            _ => bytes.push(u8::try_from(chance.below(256)).unwrap_or_default()),
        }
        bytes.truncate(LONGEST);
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let text = std::fs::read_to_string(folder.join(name).with_extension("hex")).unwrap_or_default();
    text.lines().filter_map(hex_bytes).collect()
}

#[test]
fn no_decoder_panics_whatever_it_is_given() {
    let inputs = std::env::var("HOLDFAST_FUZZ").ok();
    let inputs = inputs.and_then(|text| text.parse().ok()).unwrap_or(INPUTS);
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for target in TARGETS {
        let seeds = corpus(target.corpus);
        assert!(!seeds.is_empty(), "there is a corpus of {}", target.corpus);
        for seed in &seeds {
            (target.decode)(seed);
        }
        for _ in 0..inputs / TARGETS.len() {
            let mut input = seeds
                .get(chance.below(seeds.len()))
                .cloned()
                .unwrap_or_default();
            change(&mut input, &seeds, &mut chance);
            let caught = std::panic::catch_unwind(|| (target.decode)(&input));
            assert!(caught.is_ok(), "{} panics on {input:02x?}", target.corpus);
        }
    }
}
