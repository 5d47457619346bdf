//! Routes and rules against a real kernel, in a network namespace of its own: what is ordered is what ip(8)
//! shows, and others at work are told of.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{Listener, ear, in_namespace, is_inside, run};
use holdfast_core::netlink::{KernelHandle, KernelThread};
use holdfast_core::protocol::{CallResult, Changed, Event, KernelCall, KernelOp, Spot};

#[test]
fn kernel_things_in_a_namespace() {
    in_namespace("routes_are_what_was_ordered");
    in_namespace("rules_are_what_was_ordered");
    in_namespace("others_at_work_are_told_of");
    in_namespace("settings_are_what_they_were_also_after_an_end_without_a_word");
}

/// Two interfaces that are up, `$0` and `$1` in the texts of the tables below.
fn interfaces() -> [String; 2] {
    run("ip link set lo up");
    run("ip link add v0 type veth peer name v1");
    for (name, v4, v6) in [
        ("v0", "10.9.0.1/24", "2001:db8:0::1/64"),
        ("v1", "10.9.1.1/24", "2001:db8:1::1/64"),
    ] {
        run(&format!("ip link set {name} up"));
        run(&format!("ip addr add {v4} dev {name}"));
        run(&format!("ip addr add {v6} dev {name} nodad"));
    }
    ["v0", "v1"].map(|name| {
        let line = run(&format!("ip -o link show {name}"));
        line.split(':').next().unwrap().to_owned()
    })
}

fn operation(op: &str, kind: &str, value: &str, [v0, v1]: &[String; 2]) -> KernelOp {
    let value = value.replace("$0", v0).replace("$1", v1);
    let text = format!(r#"{{"op":"{op}","kind":"{kind}","value":{value}}}"#);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn errnos(ear: &Listener, kernel: &KernelHandle, ops: Vec<KernelOp>) -> Vec<i32> {
    match ear.call(kernel, KernelCall::KernelApply { ops }) {
        CallResult::Applied { errnos } => errnos,
        other => panic!("{other:?}"),
    }
}

/// What ip(8) shows in both families.
fn both(what: &str) -> String {
    run(&format!("ip -4 -d {what}")) + &run(&format!("ip -6 -d {what}"))
}

/// Blanks as ip(8) does not care for them.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Routes, and what ip(8) shows of them (`-d`, in their family, all tables).
const ROUTES: &[(&str, &str)] = &[
    (
        r#"{"family":"inet","destination":{"address":"192.0.2.0","prefixLength":24},"table":254,"type":1,"scope":0,
            "protocol":18,"nextHops":[{"gateway":"10.9.0.2"}]}"#,
        "unicast 192.0.2.0/24 via 10.9.0.2 dev v0 table main proto keepalived scope global",
    ),
    (
        r#"{"family":"inet","destination":{"address":"0.0.0.0","prefixLength":0},"table":1000,"type":1,"scope":0,
            "tos":16,"priority":20,"protocol":18,"preferredSource":"10.9.1.1","nextHops":[{"device":$0,"gateway":"10.9.7.7",
            "onlink":true,"realms":262149}],
            "metrics":[{"metric":2,"value":1400,"locked":true},{"metric":8,"value":1360},{"metric":13,"value":200},
            {"metric":16,"value":"reno"},{"metric":12,"value":1}]}"#,
        "unicast default tos 0x10 via 10.9.7.7 dev v0 table 1000 proto keepalived scope global src 10.9.1.1 metric 20 \
         onlink realms 4/5 mtu lock 1400 advmss 1360 features ecn rto_min 200ms congctl reno",
    ),
    (
        r#"{"family":"inet","destination":{"address":"198.51.100.0","prefixLength":24},"table":254,"type":1,"scope":0,
            "protocol":18,"nextHops":[{"device":$0,"gateway":"10.9.0.2","weight":3},{"device":$1,"gateway":"10.9.1.2"}]}"#,
        "unicast 198.51.100.0/24 table main proto keepalived scope global nexthop via 10.9.0.2 dev v0 weight 3 \
         nexthop via 10.9.1.2 dev v1 weight 1",
    ),
    (
        r#"{"family":"inet","destination":{"address":"203.0.113.9","prefixLength":32},"table":254,"type":6,"scope":0,
            "protocol":18,"nextHops":[]}"#,
        "blackhole 203.0.113.9 table main proto keepalived scope global",
    ),
    (
        r#"{"family":"inet","destination":{"address":"203.0.113.10","prefixLength":32},"table":254,"type":1,"scope":0,
            "protocol":18,"nextHops":[{"device":$0,"gateway":"2001:db8::2"}]}"#,
        "unicast 203.0.113.10 via inet6 2001:db8::2 dev v0 table main proto keepalived scope global",
    ),
    (
        r#"{"family":"inet6","destination":{"address":"2001:db8:99::","prefixLength":64},"table":254,"type":1,"scope":0,
            "protocol":18,"expires":600,"preference":1,"nextHops":[{"device":$0,"gateway":"2001:db8:0::2"}],
            "metrics":[{"metric":10,"value":9}]}"#,
        "unicast 2001:db8:99::/64 via 2001:db8::2 dev v0 table main proto keepalived scope global metric 1024 expires",
    ),
    (
        r#"{"family":"inet6","destination":{"address":"::","prefixLength":0},"table":77,"type":1,"scope":0,"priority":5,
            "protocol":18,"nextHops":[{"device":$0,"gateway":"2001:db8:0::2"},{"device":$1,"gateway":"2001:db8:1::2"}]}"#,
        "unicast default table 77 proto keepalived scope global metric 5",
    ),
];

#[test]
#[ignore = "run by kernel_things_in_a_namespace"]
fn routes_are_what_was_ordered() {
    if !is_inside() {
        return;
    }
    let links = interfaces();
    let (sink, ear) = ear();
    let thread = KernelThread::spawn(sink).unwrap();
    let kernel = thread.handle();
    let all = |op| -> Vec<_> {
        let each = |(route, _): &(&str, &str)| operation(op, "route", route, &links);
        ROUTES.iter().map(each).collect()
    };
    let before = both("route show table all");
    let fine = vec![0; ROUTES.len()];
    assert_eq!(errnos(&ear, &kernel, all("add")), fine);
    assert_eq!(errnos(&ear, &kernel, all("add")), fine, "they are there");
    let shown = words(&both("route show table all"));
    for (_, text) in ROUTES {
        assert!(shown.contains(&words(text)), "{text}\n{shown}");
    }
    assert!(shown.contains("hoplimit 9 pref high"), "{shown}");
    assert_eq!(errnos(&ear, &kernel, all("delete")), fine);
    assert_eq!(errnos(&ear, &kernel, all("delete")), fine, "they are gone");
    let after = both("route show table all");
    assert_eq!(words(&after), words(&before));

    // What the kernel refuses is told; one beside it is carried out. A second one in its place is
    // not ours to delete.
    let bad = ROUTES[0].0.replace("10.9.0.2", "172.31.0.1");
    run("ip route add 192.0.2.0/24 via 10.9.1.2");
    let ops = vec![
        operation("add", "route", &bad, &links),
        operation("add", "route", ROUTES[0].0, &links),
    ];
    assert_eq!(errnos(&ear, &kernel, ops), [libc::ENETUNREACH, 0]);
    let first = run("ip route get 192.0.2.1");
    assert!(first.contains("via 10.9.0.2"), "ours counts: {first}");
    let ops = vec![operation("delete", "route", ROUTES[0].0, &links)];
    assert_eq!(errnos(&ear, &kernel, ops), [0]);
    assert!(run("ip route get 192.0.2.1").contains("via 10.9.1.2"));
    let exclusive = ROUTES[0]
        .0
        .replace(r#""table""#, r#""place":"add","table""#);
    let ops = vec![operation("add", "route", &exclusive, &links)];
    assert_eq!(errnos(&ear, &kernel, ops), [libc::EEXIST]);
}

/// Rules, and what ip(8) shows of them.
const RULES: &[(&str, &str)] = &[
    (
        r#"{"family":"inet","priority":16384,"action":1,"table":1000,"protocol":18,
            "source":{"address":"10.9.0.0","prefixLength":24},"destination":{"address":"192.0.2.0","prefixLength":24},
            "tos":16,"mark":{"value":7,"mask":255},"inputDevice":"v0","outputDevice":"v1","suppressPrefixLength":0,
            "users":{"from":0,"to":0},"ipProtocol":6,"sourcePorts":{"from":1,"to":1023},
            "destinationPorts":{"from":80,"to":80},"not":true}"#,
        "16384: not from 10.9.0.0/24 to 192.0.2.0/24 tos 0x10 fwmark 0x7/0xff iif v0 oif v1 uidrange 0-0 ipproto tcp \
         sport 1-1023 dport 80 lookup 1000 suppress_prefixlength 0 proto keepalived",
    ),
    (
        r#"{"family":"inet","priority":16383,"action":2,"target":16384,"protocol":18}"#,
        "16383: from all goto 16384 proto keepalived",
    ),
    (
        r#"{"family":"inet6","priority":100,"action":7,"protocol":18,
            "source":{"address":"2001:db8::","prefixLength":32},"tunnelId":9}"#,
        "100: from 2001:db8::/32 tun_id 9 unreachable proto keepalived",
    ),
];

#[test]
#[ignore = "run by kernel_things_in_a_namespace"]
fn rules_are_what_was_ordered() {
    if !is_inside() {
        return;
    }
    let links = interfaces();
    let (sink, ear) = ear();
    let thread = KernelThread::spawn(sink).unwrap();
    let kernel = thread.handle();
    let all = |op| -> Vec<_> {
        let each = |(rule, _): &(&str, &str)| operation(op, "rule", rule, &links);
        RULES.iter().map(each).collect()
    };
    let before = both("rule");
    let fine = vec![0; RULES.len()];
    assert_eq!(errnos(&ear, &kernel, all("add")), fine);
    assert_eq!(errnos(&ear, &kernel, all("add")), fine, "they are there");
    let shown = words(&both("rule"));
    for (_, text) in RULES {
        assert!(shown.contains(&words(text)), "{text}\n{shown}");
        assert_eq!(
            shown.matches(&words(text)).count(),
            1,
            "{text} once\n{shown}"
        );
    }
    assert_eq!(errnos(&ear, &kernel, all("delete")), fine);
    assert_eq!(errnos(&ear, &kernel, all("delete")), fine, "they are gone");
    assert_eq!(words(&both("rule")), words(&before));
}

#[test]
#[ignore = "run by kernel_things_in_a_namespace"]
fn others_at_work_are_told_of() {
    if !is_inside() {
        return;
    }
    let links = interfaces();
    let (sink, ear) = ear();
    let thread = KernelThread::spawn(sink).unwrap();
    let kernel = thread.handle();
    let ops = || {
        vec![
            operation("add", "route", ROUTES[0].0, &links),
            operation("add", "route", ROUTES[5].0, &links),
            operation("add", "rule", RULES[1].0, &links),
        ]
    };
    run("ip rule add prio 16384 table 1000");
    assert_eq!(errnos(&ear, &kernel, ops()), [0, 0, 0]);
    let shaken = || {
        ear.event(|event| match event {
            Event::Shaken { spot } => Some(*spot),
            _ => None,
        })
    };
    // What concerns nobody comes first and is not told.
    run("ip route add 172.30.0.0/16 dev v1");
    run("ip route del 192.0.2.0/24 via 10.9.0.2");
    let Some(Spot::Route(spot)) = shaken() else {
        panic!("no route")
    };
    assert_eq!(spot.destination.address.to_string(), "192.0.2.0");
    assert_eq!((spot.table, spot.priority, spot.tos), (254, 0, 0));
    run("ip -6 route del 2001:db8:99::/64");
    let Some(Spot::Route(spot)) = shaken() else {
        panic!("no route")
    };
    assert_eq!(spot.destination.address.to_string(), "2001:db8:99::");
    assert_eq!((spot.table, spot.priority), (254, 1024));
    run("ip rule del prio 16383");
    let Some(Spot::Rule(spot)) = shaken() else {
        panic!("no rule")
    };
    assert_eq!(spot.priority, 16_383);
    // Put back, and another one put in its place.
    assert_eq!(errnos(&ear, &kernel, ops()), [0, 0, 0]);
    run("ip route replace 192.0.2.0/24 via 10.9.1.2");
    let Some(Spot::Route(spot)) = shaken() else {
        panic!("no route")
    };
    assert_eq!(spot.destination.prefix_length, 24);
}

#[test]
#[ignore = "run by kernel_things_in_a_namespace"]
fn settings_are_what_they_were_also_after_an_end_without_a_word() {
    if !is_inside() {
        return;
    }
    let links = interfaces();
    let file = |name: &str| format!("/proc/sys/net/ipv4/conf/v0/{name}");
    let read = |name: &str| std::fs::read_to_string(file(name)).unwrap();
    let setting = |op: &str, name: &str, value: &str| {
        let value = format!(r#"{{"name":"net/ipv4/conf/v0/{name}","value":"{value}"}}"#);
        vec![operation(op, "sysctl", &value, &links)]
    };
    std::fs::write(file("arp_ignore"), "2").unwrap();
    let mut left = Vec::new();
    {
        let (sink, ear) = ear();
        let thread = KernelThread::spawn(sink).unwrap();
        let kernel = thread.handle();
        for (name, value) in [
            ("arp_ignore", "1"),
            ("arp_filter", "1"),
            ("arp_notify", "0"),
        ] {
            assert_eq!(errnos(&ear, &kernel, setting("add", name, value)), [0]);
            assert_eq!(errnos(&ear, &kernel, setting("add", name, value)), [0]);
        }
        // What was so before is not told, nor what is set a second time.
        for event in ear.events() {
            match event {
                Event::SettingWas { setting } => left.push(setting),
                other => panic!("{other:?}"),
            }
        }
    }
    let was = |name: &str, was: &str| Changed::Sysctl {
        name: format!("net/ipv4/conf/v0/{name}"),
        was: was.into(),
        is: "1".into(),
    };
    assert_eq!(left, [was("arp_ignore", "2"), was("arp_filter", "0")]);
    // Another process, and somebody has set one of them meanwhile.
    std::fs::write(file("arp_filter"), "0").unwrap();
    let (sink, ear) = ear();
    let thread = KernelThread::spawn(sink).unwrap();
    let kernel = thread.handle();
    let call = KernelCall::SettingsWere { settings: left };
    assert_eq!(ear.call(&kernel, call), CallResult::Done);
    for (name, value) in [("arp_ignore", "1"), ("arp_filter", "1")] {
        assert_eq!(errnos(&ear, &kernel, setting("add", name, value)), [0]);
    }
    let told: Vec<_> = ear.events();
    let again = Event::SettingWas {
        setting: was("arp_filter", "0"),
    };
    assert_eq!(told, [again], "the other is known");
    for name in ["arp_ignore", "arp_filter"] {
        assert_eq!(errnos(&ear, &kernel, setting("delete", name, "1")), [0]);
    }
    assert_eq!(
        (read("arp_ignore").as_str(), read("arp_filter").as_str()),
        ("2\n", "0\n")
    );
}
