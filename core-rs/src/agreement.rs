//! Writes `src/native/samples.ts`: one sample of everything that passes the boundary, as values of
//! the generated types and as the drained stream. `deno check` proves the types,
//! `src/native/records_test.ts` the stream.

#![allow(clippy::panic, clippy::unwrap_used)]

use crate::nft::sample;
use crate::nft::value::TableFamily;
use crate::protocol::*;
use crate::record::{self, Kind, PacketHead};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeSet;
use std::fmt::{Debug, Write};
use std::net::{IpAddr, Ipv4Addr};

const VIP: Ipv4Addr = Ipv4Addr::new(10, 23, 8, 80);
const REAL: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 10));

fn address() -> Address {
    Address {
        ifindex: 2,
        address: VIP.into(),
        prefix_length: 24,
        label: Some("eth0:1".into()),
        scope: 0,
        broadcast: Some(Ipv4Addr::new(10, 23, 8, 255).into()),
        peer: None,
        flags: 0x200,
        preferred_lifetime: Some(60),
        protocol: Some(18),
        secondary: true,
        tentative: true,
    }
}

fn group() -> IpAddr {
    Ipv4Addr::new(224, 0, 0, 18).into()
}

fn key() -> Key {
    Key("5ec2e7".into())
}

fn template(cover: Cover, seal: Option<Seal>) -> Template {
    Template {
        channel: Channel::Vrrp4,
        source: VIP.into(),
        destinations: vec![group()],
        ttl: 255,
        hex: "2133640001010000".into(),
        checksum: Some(Checksum { at: 6, cover }),
        seal,
    }
}

fn templates() -> Vec<Template> {
    let ah = Seal::Ah {
        key: key(),
        covers_ttl: true,
    };
    let trailer = Seal::Trailer { id: 7, key: key() };
    let old = Cover::PseudoTo {
        destination: group(),
    };
    vec![
        template(Cover::Plain, None),
        template(Cover::Pseudo, Some(ah)),
        template(old, Some(trailer)),
    ]
}

fn watch(proof: Proof) -> EngineCall {
    EngineCall::Watch {
        order: 2,
        seq: 1,
        ifindex: 2,
        tags: vec![Tag {
            channel: Channel::Vrrp4,
            at: 1,
            size: 1,
            value: 51,
        }],
        verify: Some(Box::new(Verify::Vrrp {
            version: 2,
            interval: Some(1),
            ttl: Some(255),
            proof,
            covers: vec![Cover::Plain],
            group: Some(group()),
            deaf: false,
            peers: Some(vec![Peer {
                address: VIP.into(),
                min_ttl: 254,
                max_ttl: 255,
            }]),
            lesser: Some(Lesser {
                from: 1,
                below: 100,
                source: Some(VIP.into()),
                every: 100_000,
            }),
        })),
        expect: Some(Expected {
            source: VIP.into(),
            destination: group(),
            ttl: 255,
            hex: "2133".into(),
        }),
        hears: Some(Hears {
            destination: group(),
            sources: vec![VIP.into()],
        }),
        timeout: Some(3_609_375),
        rearm: Some(3_609_375),
    }
}

fn service_id() -> ServiceId {
    ServiceId::Address {
        protocol: Protocol::Tcp,
        address: VIP.into(),
        port: 80,
    }
}

fn service() -> Service {
    Service {
        id: service_id(),
        scheduler: "wrr".into(),
        flags: 1,
        timeout: 50,
        netmask: 32,
        persistence_engine: Some("sip".into()),
    }
}

fn destination(forwarding: Forwarding) -> Destination {
    Destination {
        address: REAL,
        port: 80,
        forwarding,
        weight: 3,
        upper_threshold: 0,
        lower_threshold: 0,
    }
}

fn tunnel() -> Forwarding {
    Forwarding::Tunnel {
        tunnel_type: 1,
        port: 6080,
        flags: 1,
    }
}

fn probe(exchange: Exchange) -> Box<Probe> {
    Box::new(Probe {
        address: REAL,
        port: 80,
        source: Some(VIP.into()),
        source_port: Some(1024),
        ifname: Some("eth1".into()),
        fwmark: Some(7),
        timeout: 3_000_000,
        exchange,
    })
}

const ACCOUNT: Account = Account { uid: 33, gid: 33 };

const TIMEOUTS: IpvsTimeouts = IpvsTimeouts {
    tcp: 900,
    tcp_fin: 120,
    udp: 300,
};

fn prefix(text: &str, prefix_length: u8) -> Prefix {
    let address = text.parse().unwrap();
    Prefix {
        address,
        prefix_length,
    }
}

fn next_hop(encapsulation: Encapsulation) -> NextHop {
    NextHop {
        device: Some(2),
        gateway: Some(REAL),
        weight: Some(2),
        onlink: true,
        encapsulation: Some(encapsulation),
        realms: Some(3),
    }
}

fn route() -> Route {
    let tunnel = Tunnel {
        id: Some(7),
        source: Some(VIP.into()),
        destination: Some(REAL),
        tos: Some(8),
        ttl: Some(64),
        flags: Some(1),
    };
    Route {
        family: Family::Inet,
        destination: prefix("10.0.0.0", 8),
        source: Some(prefix("2001:db8::", 32)),
        tos: Some(16),
        table: 100,
        priority: Some(20),
        kind: 1,
        scope: 0,
        protocol: 18,
        preferred_source: Some(VIP.into()),
        next_hops: vec![
            next_hop(Encapsulation::Mpls {
                labels: vec![16, 17],
            }),
            next_hop(Encapsulation::Ip(tunnel.clone())),
            next_hop(Encapsulation::Ip6(tunnel)),
            next_hop(Encapsulation::Ila {
                locator: "0123456789abcdef".into(),
            }),
        ],
        metrics: vec![
            RouteMetric {
                metric: 2,
                value: MetricValue::Number(1400),
                locked: true,
            },
            RouteMetric {
                metric: 16,
                value: MetricValue::Name("cubic".into()),
                locked: false,
            },
        ],
        expires: Some(60),
        preference: Some(3),
        ttl_propagate: Some(true),
        place: Some(RoutePlace::Append),
    }
}

fn rule() -> PolicyRule {
    let span = Span { from: 1, to: 1023 };
    PolicyRule {
        family: Family::Inet,
        priority: 100,
        action: 1,
        table: Some(100),
        target: Some(200),
        l3mdev: true,
        not: true,
        source: Some(prefix("10.0.0.0", 8)),
        destination: Some(prefix("192.0.2.0", 24)),
        tos: Some(16),
        mark: Some(Mark {
            value: 1,
            mask: 0xff,
        }),
        input_device: Some("eth0".into()),
        output_device: Some("eth1".into()),
        realms: Some(3),
        tunnel_id: Some(7),
        suppress_group: Some(1),
        suppress_prefix_length: Some(0),
        users: Some(span),
        ip_protocol: Some(6),
        source_ports: Some(span),
        destination_ports: Some(span),
        protocol: 18,
    }
}

fn sync_daemon() -> SyncDaemon {
    SyncDaemon {
        role: SyncRole::Backup,
        interface: "eth0".into(),
        sync_id: 51,
        max_length: Some(1400),
        port: Some(8848),
        ttl: Some(1),
        group: Some(Ipv4Addr::new(224, 0, 0, 81).into()),
    }
}

fn taken_place() -> Announcement {
    Announcement {
        ifindex: 2,
        addresses: vec![VIP.into()],
        repeat: 5,
        arp_pace: None,
        na_pace: None,
    }
}

fn engine_calls() -> Vec<EngineCall> {
    vec![
        EngineCall::Listen {
            ifindex: 2,
            ifname: "eth0".into(),
            channels: vec![Channel::Vrrp4, Channel::Ah4, Channel::Vrrp6],
            groups: vec![group()],
            receive_buffer: Some(65_536),
        },
        EngineCall::Unlisten { ifindex: 2 },
        EngineCall::Transmit {
            order: 1,
            ifindex: 2,
            packets: templates(),
            interval: 1_000_000,
            immediately: true,
            lease: 3_000_000,
            farewell: templates(),
            withdraw: vec![address()],
            patience: Some(3_000_000),
            keep: 1_100_000,
        },
        EngineCall::Prepare {
            watches: vec![Awaited { order: 2, seq: 1 }],
            calls: vec![EngineCall::Transmit {
                order: 2,
                ifindex: 2,
                packets: templates(),
                interval: 1_000_000,
                immediately: true,
                lease: 3_000_000,
                farewell: templates(),
                withdraw: vec![address()],
                patience: None,
                keep: 1_100_000,
            }],
            ops: vec![AddressOp::Add { address: address() }],
            places: vec![taken_place()],
        },
        EngineCall::Withhold { order: 2 },
        EngineCall::Leave { within: 30_000_000 },
        EngineCall::Cease {
            order: 1,
            farewell: true,
            handover: false,
        },
        EngineCall::Renew,
        EngineCall::Settle,
        EngineCall::Send {
            order: 1,
            ifindex: 2,
            packets: templates(),
        },
        watch(Proof::None),
        watch(Proof::Pass { key: key() }),
        watch(Proof::Ah {
            key: key(),
            covers_ttl: true,
        }),
        watch(Proof::Trailer {
            keys: vec![TrailerKey { id: 7, key: key() }],
            window: Some(5),
            lenient: true,
        }),
        EngineCall::Unwatch { order: 2 },
        EngineCall::Counters,
    ]
}

fn kernel_calls() -> Vec<KernelCall> {
    vec![
        KernelCall::Follow {
            interfaces: vec!["eth0".into()],
            addresses: vec![VIP.into()],
            polled: vec![
                Polled {
                    ifname: "eth0".into(),
                    method: None,
                },
                Polled {
                    ifname: "eth1".into(),
                    method: Some(BeatMethod::Ethtool),
                },
            ],
        },
        KernelCall::Buffers {
            told: Some(Buffer {
                bytes: 1_048_576,
                force: true,
            }),
            answered: None,
            ipvs: Some(Buffer {
                bytes: 65_536,
                force: false,
            }),
        },
        KernelCall::Look {
            interfaces: vec!["eth0".into()],
            addresses: vec![VIP.into()],
        },
        KernelCall::AddressApply {
            ops: vec![
                AddressOp::Add { address: address() },
                AddressOp::Delete { address: address() },
            ],
        },
        KernelCall::KernelApply {
            ops: vec![
                KernelOp {
                    op: Deed::Add,
                    stays: true,
                    thing: Thing::Route(route()),
                },
                KernelOp {
                    op: Deed::Delete,
                    stays: false,
                    thing: Thing::Rule(rule()),
                },
                KernelOp {
                    op: Deed::Add,
                    stays: false,
                    thing: Thing::Nft(sample::table()),
                },
                KernelOp {
                    op: Deed::Add,
                    stays: false,
                    thing: Thing::Nft(sample::copying(TableFamily::Ip)),
                },
                KernelOp {
                    op: Deed::Add,
                    stays: false,
                    thing: Thing::Sysctl(Sysctl {
                        name: "net/ipv4/vs/conntrack".into(),
                        value: "1".into(),
                    }),
                },
                KernelOp {
                    op: Deed::Delete,
                    stays: false,
                    thing: Thing::OwnLink(OwnLink {
                        name: "vrrp.51".into(),
                        base: 2,
                        mac: Some("00:00:5e:00:01:33".into()),
                        ipvlan: None,
                        group: Some(7),
                        settings: Vec::new(),
                    }),
                },
                KernelOp {
                    op: Deed::Add,
                    stays: false,
                    thing: Thing::OwnLink(OwnLink {
                        name: "vrrp.52".into(),
                        base: 2,
                        mac: None,
                        ipvlan: Some(IpvlanMode::Vepa),
                        group: None,
                        settings: Vec::new(),
                    }),
                },
                KernelOp {
                    op: Deed::Add,
                    stays: false,
                    thing: Thing::SyncDaemon(sync_daemon()),
                },
                KernelOp {
                    op: Deed::Add,
                    stays: false,
                    thing: Thing::IpvsTimeouts(TIMEOUTS),
                },
            ],
        },
        KernelCall::SettingsWere {
            settings: vec![
                setting(),
                Changed::IpvsTimeouts {
                    was: timeouts(900),
                    is: timeouts(7_200),
                },
            ],
        },
        KernelCall::Announce {
            places: vec![Announcement {
                ifindex: 2,
                addresses: vec![VIP.into()],
                repeat: 5,
                arp_pace: Some(Pace {
                    interval: 10_000,
                    lane: Lane::Group { number: 1 },
                }),
                na_pace: Some(Pace {
                    interval: 10_000,
                    lane: Lane::Interface { ifindex: 2 },
                }),
            }],
        },
        KernelCall::NftReplace {
            table: sample::table(),
        },
        KernelCall::NftRemove {
            table: sample::table().id(),
        },
        KernelCall::NftElements {
            table: sample::table().id(),
            changes: sample::changes(),
        },
    ]
}

fn ipvs_calls() -> Vec<IpvsCall> {
    vec![
        IpvsCall::IpvsInfo,
        IpvsCall::IpvsDump,
        IpvsCall::IpvsDifference { afresh: true },
        IpvsCall::IpvsApply {
            ops: vec![
                IpvsOp::Flush,
                IpvsOp::NewService { service: service() },
                IpvsOp::SetService { service: service() },
                IpvsOp::NewDestination {
                    id: service_id(),
                    destination: destination(Forwarding::Nat),
                },
                IpvsOp::SetDestination {
                    id: service_id(),
                    destination: destination(tunnel()),
                },
                IpvsOp::DeleteDestination {
                    id: service_id(),
                    destination: destination(Forwarding::Dr),
                },
                IpvsOp::DeleteService {
                    id: ServiceId::Fwmark {
                        family: Family::Inet,
                        mark: 9,
                    },
                },
            ],
        },
        IpvsCall::IpvsConnections {
            services: vec![service_id()],
        },
        IpvsCall::IpvsTimeouts,
        IpvsCall::IpvsWatch {
            interval: 1_000_000,
        },
        IpvsCall::IpvsSetTimeouts { timeouts: TIMEOUTS },
    ]
}

fn probe_calls() -> Vec<ProbeCall> {
    let failed = Outcome::Failed {
        request: 0,
        failure: Failure::ConnectTimeout,
        errno: 110,
    };
    let http = Exchange::Http {
        limit: 60_000_000,
        tls: Some(Tls {
            verify: true,
            ca: Some("/etc/ca.pem".into()),
            certificate: Some("/etc/client.pem".into()),
            key: Some("/etc/client.key".into()),
            password: Some("secret".into()),
        }),
        requests: vec![HttpRequest {
            head: "GET / HTTP/1.0\r\n\r\n".into(),
            server_name: Some("a.example".into()),
            close_notify: true,
            pattern: Some(Pattern {
                text: "ok$".into(),
                before_last_line_feed: true,
                from: 1,
                to: Some(2),
            }),
        }],
    };
    let ops = vec![
        ProbeOp::Probe {
            order: 3,
            seq: 1,
            probe: probe(http),
            delay: 0,
            interval: 6_000_000,
            jitter: Some(500_000),
            expect: Some(failed),
        },
        ProbeOp::Probe {
            order: 4,
            seq: 1,
            probe: probe(Exchange::Connect),
            delay: 100_000,
            interval: 0,
            jitter: None,
            expect: None,
        },
        ProbeOp::Probe {
            order: 5,
            seq: 1,
            probe: probe(Exchange::Smtp {
                hello: "HELO a.example\r\n".into(),
                limit: 60_000_000,
            }),
            delay: 0,
            interval: 6_000_000,
            jitter: None,
            expect: Some(Outcome::Replies {
                codes: vec![220, 250, 221],
            }),
        },
        ProbeOp::Probe {
            order: 6,
            seq: 1,
            probe: probe(Exchange::Dns {
                hex: "0000010000010000000000000000060001".into(),
            }),
            delay: 0,
            interval: 6_000_000,
            jitter: None,
            expect: Some(Outcome::Answer { code: 0 }),
        },
        ProbeOp::Probe {
            order: 7,
            seq: 1,
            probe: probe(Exchange::Datagram {
                hex: "6b6165".into(),
                pattern: Some(BytePattern {
                    hex: "a50f".into(),
                    mask: "f0ff".into(),
                }),
            }),
            delay: 0,
            interval: 6_000_000,
            jitter: None,
            expect: Some(Outcome::Datagram {
                length: 2,
                matches: true,
            }),
        },
        ProbeOp::Probe {
            order: 8,
            seq: 1,
            probe: probe(Exchange::Datagram {
                hex: String::new(),
                pattern: None,
            }),
            delay: 0,
            interval: 6_000_000,
            jitter: None,
            expect: Some(Outcome::Silent),
        },
        ProbeOp::Probe {
            order: 9,
            seq: 1,
            probe: probe(Exchange::Ping),
            delay: 0,
            interval: 6_000_000,
            jitter: None,
            expect: Some(Outcome::Echoed),
        },
        ProbeOp::Unprobe { order: 3 },
    ];
    vec![ProbeCall::Probes { ops }, ProbeCall::ProbeCounters]
}

fn child_calls() -> Vec<ChildCall> {
    vec![
        ChildCall::Children {
            without: vec!["IFS".into()],
            with: vec![Variable {
                name: "TZ".into(),
                value: "UTC".into(),
            }],
            open_files: Some(1024),
        },
        ChildCall::Judge {
            program: "/bin/true".into(),
            account: Some(ACCOUNT),
        },
        ChildCall::Spawn {
            child: 5,
            argv: vec!["/bin/true".into()],
            account: Some(ACCOUNT),
            guard: Some(vec!["/usr/bin/id".into()]),
            limit: Some(3_000_000),
            grace: 2_000_000,
        },
        ChildCall::EndChild { child: 5 },
        ChildCall::OpenFifo {
            path: "/run/fifo".into(),
            account: Some(Account {
                uid: 65534,
                gid: 65534,
            }),
        },
        ChildCall::WriteFifo {
            path: "/run/fifo".into(),
            text: "INSTANCE \"VI_1\" MASTER 100\n".into(),
        },
        ChildCall::CloseFifo {
            path: "/run/fifo".into(),
        },
        ChildCall::Notify {
            socket: "/run/systemd/notify".into(),
            text: "READY=1".into(),
        },
    ]
}

fn track_calls() -> Vec<TrackCall> {
    vec![
        TrackCall::FollowFiles {
            files: vec![
                FollowedFile {
                    path: "/run/load".into(),
                    init: None,
                },
                FollowedFile {
                    path: "/run/weight".into(),
                    init: Some(FileBeginning {
                        text: "5\n".into(),
                        overwrite: true,
                    }),
                },
            ],
        },
        TrackCall::FollowProcesses {
            patterns: vec![
                ProcessPattern {
                    name: "web".into(),
                    command: "nginx".into(),
                    arguments: None,
                    arguments_match: ArgumentMatch::Exact,
                    full_command: false,
                },
                ProcessPattern {
                    name: "proxy".into(),
                    command: "/usr/sbin/haproxy".into(),
                    arguments: Some(vec!["-f".into()]),
                    arguments_match: ArgumentMatch::Initial,
                    full_command: true,
                },
            ],
            receive_buffer: Some(1_000_000),
            force: true,
        },
        TrackCall::SayLocally {
            texts: vec!["{}".into()],
            to: Some("holdfast-routers.7.8".into()),
        },
    ]
}

fn timeouts(tcp: u32) -> IpvsTimeouts {
    IpvsTimeouts {
        tcp,
        tcp_fin: 120,
        udp: 300,
    }
}

fn setting() -> Changed {
    Changed::Sysctl {
        name: "net/ipv4/conf/eth0/arp_ignore".into(),
        was: "0".into(),
        is: "1".into(),
    }
}

fn guardian_calls() -> Vec<GuardianCall> {
    vec![
        GuardianCall::Guard {
            name: "/run/keepalived.pid".into(),
            console: false,
            file: Some("/var/log/holdfast.log".into()),
        },
        GuardianCall::Inherit {
            name: "/run/keepalived.pid".into(),
        },
        GuardianCall::Renounce {
            routers: vec![HELD],
            wait: true,
        },
        GuardianCall::Bridge { within: 15_000_000 },
    ]
}

fn side_calls() -> Vec<SideCall> {
    vec![
        SideCall::Mail(Mail {
            server: "mail.example".into(),
            port: 25,
            timeout: 30_000_000,
            helo: "node1".into(),
            from: "root@node1".into(),
            to: vec!["ops@example".into()],
            text: "Subject: test\n\ntest\n".into(),
        }),
        SideCall::PutFile {
            path: "/tmp/keepalived.data".into(),
            text: "Grüße ✓".into(),
            mode: 0o666,
        },
        SideCall::CountPorts {
            addresses: vec![VIP.into()],
            least: 50_000,
        },
        SideCall::Threads {
            settings: vec![
                ThreadSetting::Name {
                    role: ThreadRole::Loop,
                    name: Some("keepalived".into()),
                },
                ThreadSetting::Nice {
                    role: ThreadRole::Vrrp,
                    nice: Some(-10),
                },
                ThreadSetting::RealTime {
                    role: ThreadRole::Checker,
                    priority: Some(50),
                },
                ThreadSetting::Processors {
                    role: ThreadRole::Helper,
                    numbers: Some(vec![0, 1]),
                },
                ThreadSetting::RealTimeLimit {
                    limit: Some(10_000),
                },
                ThreadSetting::LockMemory { on: true },
                ThreadSetting::CoreDumps,
            ],
        },
        SideCall::LogOpen {
            lane: LogLane::File,
            path: Some("/var/log/holdfast".into()),
        },
        SideCall::LogFlush {
            lane: LogLane::Console,
        },
    ]
}

fn replies() -> Vec<Reply> {
    let count = OrderCount { order: 1, count: 7 };
    let results = [
        CallResult::Done,
        CallResult::Failed {
            status: 8,
            errno: 19,
            message: "no socket listens on interface 9".into(),
        },
        CallResult::Applied {
            errnos: vec![0, 17],
        },
        CallResult::Followed {
            links: vec![link()],
            addresses: vec![address()],
        },
        CallResult::Inherited {
            lives: true,
            planned: true,
            routers: vec![HELD],
        },
        CallResult::IpvsInfo {
            version: 0x01_02_01,
            table_size: 4096,
        },
        CallResult::IpvsTable {
            services: vec![ServiceTable {
                service: service(),
                destinations: vec![destination(Forwarding::Local)],
            }],
            gone: Some(vec![service_id()]),
        },
        CallResult::IpvsConnections {
            counts: vec![ServiceConnections {
                service: service_id(),
                destinations: vec![DestinationConnections {
                    address: VIP.into(),
                    port: 80,
                    connections: 7,
                }],
            }],
        },
        CallResult::PortsInUse {
            uses: vec![PortUse {
                address: VIP.into(),
                connections: 60_001,
                busiest: Some(BusiestPair {
                    server: VIP.into(),
                    port: 80,
                    protocol: 6,
                    connections: 60_000,
                }),
            }],
        },
        CallResult::IpvsTimeouts { timeouts: TIMEOUTS },
        CallResult::Counters {
            transmissions: vec![SendCount {
                order: 1,
                count: 7,
                late: 1_500,
            }],
            watches: vec![WatchCount {
                order: 1,
                count: 7,
                lesser: 2,
                resigned: 1,
                dropped: vec![DropCount {
                    judgement: Judgement::Checksum,
                    count: 9,
                }],
            }],
            dropped_packets: 3,
            lag: Lag {
                worst: 2_000_000,
                times: 2,
                total: 2_040_000,
                asleep: 0,
            },
        },
        CallResult::ProbeCounters {
            probes: vec![count],
        },
    ];
    let numbered = |(id, result)| Reply { id, result };
    (1..).zip(results).map(numbered).collect()
}

const HELD: HeldRouter = HeldRouter {
    ifindex: 2,
    vrid: 51,
    ipv6: false,
};

fn link() -> Link {
    Link {
        ifindex: 2,
        ifname: "eth0".into(),
        up: true,
        running: true,
        loopback: false,
        arp: true,
        multicast: true,
        mac: "02:00:00:00:00:01".into(),
        mtu: 1500,
        master: Some(7),
        vrf_table: Some(10),
        broadcast: Vec::new(),
    }
}

fn events() -> Vec<Event> {
    let responses = vec![HttpResponse {
        status: 200,
        digest: "d41d8cd98f00b204e9800998ecf8427e".into(),
        length: 0,
        end: BodyEnd::Cut,
        matched: Some(true),
    }];
    let outcome = |outcome| Event::Outcome {
        order: 3,
        seq: 1,
        outcome,
    };
    vec![
        Event::Expired { order: 2, seq: 1 },
        Event::TakenOver {
            watches: vec![Awaited { order: 2, seq: 1 }],
            orders: vec![2],
            ops: vec![AddressOp::Add { address: address() }],
            places: vec![taken_place()],
        },
        Event::TakeoverApplied {
            ops: vec![AddressOp::Add { address: address() }],
            errnos: vec![0],
        },
        Event::Lapsed { order: 1 },
        Event::GuardianEnded { replaced: true },
        Event::FifoDropped {
            path: "/run/fifo".into(),
            count: 2,
        },
        Event::FileChanged {
            path: "/run/load".into(),
            content: Some("5\n".into()),
        },
        Event::ProcessCount {
            name: "web".into(),
            count: 3,
        },
        Event::LogDropped {
            lane: LogLane::Console,
            count: 12,
        },
        Event::Signal { number: 15 },
        Event::Unseen {
            time: 5_000_000,
            asleep: 2_000_000,
        },
        Event::SendFailed {
            order: 1,
            errno: 100,
        },
        Event::SendResumed { order: 1 },
        Event::Claimed {
            ifindex: 2,
            address: VIP.into(),
            mac: "02:00:00:00:00:09".into(),
        },
        Event::LocalSaid {
            name: "holdfast-routers.7.8".into(),
            pid: 7,
            text: "{}".into(),
        },
        Event::LocalGone {
            name: "holdfast-routers.7.8".into(),
        },
        Event::LocalRefused { count: 3 },
        Event::SettingWas { setting: setting() },
        Event::AnnounceFailed {
            ifname: "eth0".into(),
            errno: 100,
        },
        Event::Link {
            link: link(),
            removed: true,
        },
        Event::Address {
            address: address(),
            removed: false,
            ordered: true,
        },
        Event::IpvsServices {
            services: vec![ServiceTable {
                service: service(),
                destinations: vec![destination(Forwarding::Local)],
            }],
        },
        Event::IpvsChanged,
        Event::NftChanged {
            table: sample::table().id(),
        },
        Event::Shaken {
            spot: Some(Spot::Route(RouteSpot {
                family: Family::Inet,
                table: 254,
                destination: prefix("0.0.0.0", 0),
                tos: 0,
                priority: 0,
            })),
        },
        Event::Shaken {
            spot: Some(Spot::Rule(RuleSpot {
                family: Family::Inet6,
                priority: 100,
            })),
        },
        Event::Shaken { spot: None },
        Event::ChildLate { child: 5 },
        Event::ChildEnded {
            child: 5,
            exit: ChildExit::Exited { code: 3 },
        },
        Event::ChildEnded {
            child: 6,
            exit: ChildExit::Signalled { signal: 15 },
        },
        outcome(Outcome::Connected),
        outcome(Outcome::Responses { responses }),
    ]
}

/// Every reply and event, then an IPv4 packet, then an IPv6 packet with each judgement. The times count
/// up from 1.
fn stream() -> Vec<u8> {
    let mut out = Vec::new();
    let mut times = 1..;
    let mut time = || times.next().unwrap();
    for reply in replies() {
        let json = serde_json::to_vec(&reply).unwrap();
        record::push_json(&mut out, Kind::Reply, time(), &json);
    }
    for event in events() {
        let json = serde_json::to_vec(&event).unwrap();
        record::push_json(&mut out, Kind::Event, time(), &json);
    }
    let head = PacketHead {
        ifindex: 2,
        source: Ipv4Addr::new(10, 0, 0, 1).into(),
        destination: group(),
        ttl: 255,
        protocol: 112,
        judgement: Judgement::Unjudged,
    };
    record::push_packet(&mut out, &head, time(), &[0x21, 5, 100, 0]);
    for judgement in Judgement::ALL {
        let head = PacketHead {
            source: "fe80::1".parse().unwrap(),
            destination: "ff02::12".parse().unwrap(),
            judgement,
            ..head
        };
        record::push_packet(&mut out, &head, time(), &[0x31, 5, 100, 0]);
    }
    out
}

fn generate() -> String {
    let mut out = String::from(
        "\
/**
 * Samples of everything that passes the boundary, written by the core: do not edit, run
 * `UPDATE_PROTOCOL=1 cargo test agreement` instead.
 */

// deno-fmt-ignore-file
import type { Call, Event, Reply } from \"../core/protocol.ts\";
",
    );
    let calls = [
        texts(&engine_calls()),
        texts(&kernel_calls()),
        texts(&ipvs_calls()),
        texts(&probe_calls()),
        texts(&child_calls()),
        texts(&track_calls()),
        texts(&guardian_calls()),
        texts(&side_calls()),
    ];
    list(&mut out, ("Every call.", "CALLS", "Call"), &calls.concat());
    list(
        &mut out,
        ("Every result.", "REPLIES", "Reply"),
        &texts(&replies()),
    );
    list(
        &mut out,
        ("Every event.", "EVENTS", "Event"),
        &texts(&events()),
    );
    let hex: Vec<_> = stream()
        .chunks(48)
        .map(|line| {
            line.iter()
                .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
        })
        .collect();
    let hex = hex.join("\" +\n  \"");
    writeln!(
        out,
        "\n/** All replies, all events, an IPv4 packet, an IPv6 packet with each judgement, as drained; the times count up from 1. */\n\
         export const STREAM =\n  \"{hex}\";"
    )
    .unwrap();
    out
}

fn texts<T: Serialize>(values: &[T]) -> Vec<String> {
    let text = |value| serde_json::to_string(value).unwrap();
    values.iter().map(text).collect()
}

fn list(out: &mut String, (docs, name, of): (&str, &str, &str), values: &[String]) {
    write!(
        out,
        "\n/** {docs} */\nexport const {name}: readonly {of}[] = ["
    )
    .unwrap();
    for value in values {
        write!(out, "\n  {value},").unwrap();
    }
    out.push_str("\n];\n");
}

#[test]
fn agreement_samples_equal_the_file_that_is_checked_in() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/native/samples.ts");
    let text = generate();
    if std::env::var_os("UPDATE_PROTOCOL").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == text,
        "src/native/samples.ts differs: run UPDATE_PROTOCOL=1 cargo test agreement"
    );
}

#[test]
fn agreement_every_call_result_and_event_has_a_sample() {
    let found = generate();
    let wanted = crate::bindings::generate();
    for tag in ["call", "result", "event", "op", "kind", "method"] {
        let values = |text: &str, start: &str| -> BTreeSet<String> {
            let values = text.split(start).skip(1);
            values
                .map(|rest| rest.split('"').next().unwrap().to_owned())
                .collect()
        };
        let samples = values(&found, &format!("\"{tag}\":\""));
        let declared = values(&wanted, &format!("readonly {tag}: \""));
        let missing: Vec<_> = declared.difference(&samples).collect();
        assert!(missing.is_empty(), "{tag}: {missing:?}");
    }
}

#[test]
fn agreement_samples_read_back_are_equal() {
    fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(values: Vec<T>) {
        for value in values {
            let json = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value);
        }
    }
    check(engine_calls());
    check(kernel_calls());
    check(ipvs_calls());
    check(probe_calls());
    check(child_calls());
    check(track_calls());
    check(guardian_calls());
    check(side_calls());
    check(replies());
    check(events());
}
