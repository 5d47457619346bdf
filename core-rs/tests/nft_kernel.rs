//! Tables of nftables against a real kernel, in a network namespace of its own. What is there is read by `nft`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{ear, in_namespace, is_inside, run};
use holdfast_core::netlink::KernelThread;
use holdfast_core::nft::sample;
use holdfast_core::nft::value::{Element, Table, TableFamily};
use holdfast_core::protocol::{CallResult, Event, KernelCall};

#[test]
fn nft_in_a_namespace() {
    in_namespace("table_is_replaced_whole_changed_and_removed");
    in_namespace("packets_are_copied_in_tables_of_one_family");
    in_namespace("table_that_others_touch_is_told_of");
    in_namespace("table_the_kernel_refuses_leaves_what_was");
    in_namespace("map_of_thousands_of_elements_is_put_in_place");
}

/// What `nft` shows of the ruleset, one line a statement, without its indentation.
fn listed() -> Vec<String> {
    let text = run("nft list ruleset");
    let lines = text.lines().map(|line| line.trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

fn contains(lines: &[String], wanted: &str) {
    assert!(
        lines.iter().any(|line| line.contains(wanted)),
        "{wanted} is missing: {lines:#?}"
    );
}

fn replace(table: Table) -> KernelCall {
    KernelCall::NftReplace { table }
}

#[test]
#[ignore = "run by nft_in_a_namespace"]
fn table_is_replaced_whole_changed_and_removed() {
    if !is_inside() {
        return;
    }
    let (sink, listener) = ear();
    let kernel = KernelThread::spawn(sink).unwrap();
    let ask = |call| listener.call(&kernel.handle(), call);
    let table = sample::table();
    for _ in 0..2 {
        assert_eq!(ask(replace(table.clone())), CallResult::Done);
        let lines = listed();
        for wanted in [
            "table inet sample {",
            "elements = { 10.0.0.1, 10.0.0.4-10.0.0.9,",
            "type ipv4_addr . inet_proto . inet_service",
            "elements = { 10.0.0.1 . tcp . 80 }",
            "elements = { 2001:db8::1-2001:db8::ff . tcp . 80-90 }",
            "type ifname . ether_addr",
            "type filter hook input priority filter; policy accept;",
            "counter packets 0 bytes 0 accept comment \"adverts pass\"",
            "ip daddr @addresses drop",
            "ip6 daddr . meta l4proto . th dport @spans ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm",
            "th sport 1024-65535 jump other",
            "!= @names return",
            "iif \"lo\" accept",
            "notrack",
            "meta mark set ip daddr map @marks",
            "type nat hook postrouting priority srcnat; policy accept;",
            "elements = { 0x00000000 : 192.0.2.1, 0x00000001 : 192.0.2.7 }",
            "elements = { 10.0.0.1 : 0x00000007 }",
            "ct original ip daddr 10.0.0.1 ct original proto-dst",
            "snat ip to jhash ip saddr . th sport mod 2 seed 0x1 map @locals",
            "ct original ip6 daddr 2001:db8::1 snat ip6 to 2001:db8::5-2001:db8::7",
            "oifname \"lo\" masquerade",
            "ip daddr 10.0.0.99 dnat ip to 10.0.0.1",
        ] {
            contains(&lines, wanted);
        }
    }
    let change = KernelCall::NftElements {
        table: table.id(),
        changes: sample::changes(),
    };
    for _ in 0..2 {
        assert_eq!(ask(change.clone()), CallResult::Done);
        let text = run("nft list set inet sample addresses");
        assert!(text.contains("10.0.1.0/24"), "{text}");
        assert!(!text.contains("10.0.0.1,"), "{text}");
    }
    for _ in 0..2 {
        assert_eq!(
            ask(KernelCall::NftRemove { table: table.id() }),
            CallResult::Done
        );
        assert_eq!(listed(), Vec::<String>::new());
    }
    assert_eq!(listener.events(), []);
}

#[test]
#[ignore = "run by nft_in_a_namespace"]
fn packets_are_copied_in_tables_of_one_family() {
    if !is_inside() {
        return;
    }
    let (sink, listener) = ear();
    let kernel = KernelThread::spawn(sink).unwrap();
    let ask = |call| listener.call(&kernel.handle(), call);
    for (family, wanted) in [
        (TableFamily::Ip, "dup to ip daddr device oifname map @below"),
        (
            TableFamily::Ip6,
            "dup to ip6 daddr device oifname map @below",
        ),
    ] {
        assert_eq!(ask(replace(sample::copying(family))), CallResult::Done);
        contains(&listed(), wanted);
        contains(&listed(), "elements = { \"lo\" : \"lo\" }");
        let table = sample::copying(family).id();
        assert_eq!(ask(KernelCall::NftRemove { table }), CallResult::Done);
    }
    let both = ask(replace(sample::copying(TableFamily::Inet)));
    assert!(
        matches!(both, CallResult::Failed { errno: 0, .. }),
        "{both:?}"
    );
}

#[test]
#[ignore = "run by nft_in_a_namespace"]
fn table_that_others_touch_is_told_of() {
    if !is_inside() {
        return;
    }
    let (sink, listener) = ear();
    let kernel = KernelThread::spawn(sink).unwrap();
    let ask = |call| listener.call(&kernel.handle(), call);
    let table = sample::table();
    run("nft add table inet theirs");
    for how in [
        "nft flush ruleset",
        "nft delete table inet sample",
        "nft flush chain inet sample input",
        "nft delete element inet sample services { 10.0.0.1 . tcp . 80 }",
        "nft add rule inet sample input drop",
    ] {
        assert_eq!(ask(replace(table.clone())), CallResult::Done);
        run("nft add table inet theirs");
        run(how);
        let told = listener.event(|event| Some(event.clone()));
        assert_eq!(told, Event::NftChanged { table: table.id() }, "{how}");
    }
    // A table that was given back is nobody's concern.
    assert_eq!(
        ask(KernelCall::NftRemove { table: table.id() }),
        CallResult::Done
    );
    run("nft add table inet sample");
    run("nft delete table inet sample");
    assert_eq!(ask(replace(table.clone())), CallResult::Done);
    assert_eq!(listener.events(), []);
}

#[test]
#[ignore = "run by nft_in_a_namespace"]
fn table_the_kernel_refuses_leaves_what_was() {
    if !is_inside() {
        return;
    }
    let (sink, listener) = ear();
    let kernel = KernelThread::spawn(sink).unwrap();
    let ask = |call| listener.call(&kernel.handle(), call);
    let table = sample::table();
    assert_eq!(ask(replace(table.clone())), CallResult::Done);
    let before = listed();
    let mut wrong = table.clone();
    // A rule that looks in a set nobody has made.
    wrong.sets.remove(0);
    let CallResult::Failed { errno, message, .. } = ask(replace(wrong)) else {
        panic!("it was obeyed");
    };
    assert_eq!(errno, libc::ENOENT, "{message}");
    assert_eq!(listed(), before);
    let mut rubbish = table;
    rubbish.sets[0].elements[0].key[0] = "rubbish".into();
    assert!(matches!(
        ask(replace(rubbish)),
        CallResult::Failed { errno: 0, .. }
    ));
}

#[test]
#[ignore = "run by nft_in_a_namespace"]
fn map_of_thousands_of_elements_is_put_in_place() {
    if !is_inside() {
        return;
    }
    let (sink, listener) = ear();
    let kernel = KernelThread::spawn(sink).unwrap();
    let mut table = sample::table();
    let locals = table.sets.iter_mut().find(|set| set.name == "locals");
    locals.unwrap().elements = (0..3_000u32)
        .map(|number| Element {
            key: vec![number.to_string()],
            value: Some(format!("198.18.{}.{}", number / 256 % 256, number % 256)),
        })
        .collect();
    assert_eq!(
        listener.call(&kernel.handle(), replace(table)),
        CallResult::Done
    );
    let text = run("nft list map inet sample locals");
    assert!(text.contains("0x00000bb7 : 198.18.11.183"));
}
