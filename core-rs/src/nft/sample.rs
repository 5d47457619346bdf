//! A table in which everything stands that one can hold: for the tests of both sides.

use super::value::{
    Chain, ChainKind, Comparison, Element, ElementChange, Expression, Field, Hook, HookPoint, Rule,
    Set, Source, Table, TableFamily, Type, Verdict,
};

fn matches(field: Field, value: &str) -> Expression {
    Expression::Match {
        field,
        is: Comparison::Eq,
        mask: None,
        value: value.to_owned(),
    }
}

fn element(key: &[&str], value: Option<&str>) -> Element {
    Element {
        key: key.iter().map(ToString::to_string).collect(),
        value: value.map(ToOwned::to_owned),
    }
}

fn set(name: &str, key: &[Type], intervals: bool, elements: Vec<Element>) -> Set {
    Set {
        name: name.to_owned(),
        key: key.to_vec(),
        value: None,
        intervals,
        elements,
    }
}

fn rule(does: Vec<Expression>) -> Rule {
    Rule {
        comment: None,
        does,
    }
}

fn chain(name: &str, hook: Option<(ChainKind, HookPoint, i32)>, rules: Vec<Rule>) -> Chain {
    Chain {
        name: name.to_owned(),
        hook: hook.map(|(kind, at, priority)| Hook {
            kind,
            at,
            priority,
            device: None,
        }),
        rules,
    }
}

/// The table.
pub fn table() -> Table {
    let verdict = |verdict, chain: Option<&str>| Expression::Verdict {
        verdict,
        chain: chain.map(ToOwned::to_owned),
    };
    let addresses = vec![
        element(&["10.0.0.1"], None),
        element(&["10.0.0.4-10.0.0.9"], None),
        element(&["10.0.0.10"], None),
    ];
    let services = vec![element(&["10.0.0.1", "6", "80"], None)];
    let spans = vec![element(&["2001:db8::1-2001:db8::ff", "6", "80-90"], None)];
    let local = vec![
        element(&["0"], Some("192.0.2.1")),
        element(&["1"], Some("192.0.2.7")),
    ];
    let marks = vec![element(&["10.0.0.1"], Some("7"))];
    let mut locals = set("locals", &[Type::Integer], false, local);
    locals.value = Some(Type::Ipv4Addr);
    let mut marked = set("marks", &[Type::Ipv4Addr], false, marks);
    marked.value = Some(Type::Mark);
    let names = vec![element(&["lo", "02:00:00:00:00:01"], None)];
    Table {
        family: TableFamily::Inet,
        name: "sample".into(),
        sets: vec![
            set("addresses", &[Type::Ipv4Addr], true, addresses),
            set(
                "services",
                &[Type::Ipv4Addr, Type::InetProto, Type::InetService],
                false,
                services,
            ),
            set(
                "spans",
                &[Type::Ipv6Addr, Type::InetProto, Type::InetService],
                true,
                spans,
            ),
            set("names", &[Type::Ifname, Type::EtherAddr], false, names),
            locals,
            marked,
        ],
        chains: vec![
            chain(
                "input",
                Some((ChainKind::Filter, HookPoint::Input, 0)),
                vec![
                    Rule {
                        comment: Some("adverts pass".into()),
                        does: vec![
                            matches(Field::L4proto, "112"),
                            Expression::Counter,
                            verdict(Verdict::Accept, None),
                        ],
                    },
                    rule(vec![
                        Expression::In {
                            fields: vec![Field::IpDaddr],
                            set: "addresses".into(),
                            negated: false,
                        },
                        verdict(Verdict::Drop, None),
                    ]),
                    rule(vec![
                        Expression::In {
                            fields: vec![Field::Ip6Daddr, Field::L4proto, Field::ThDport],
                            set: "spans".into(),
                            negated: false,
                        },
                        Expression::Match {
                            field: Field::CtState,
                            is: Comparison::Ne,
                            mask: Some(65),
                            value: "0".into(),
                        },
                        Expression::Synproxy {
                            mss: 1460,
                            wscale: 7,
                            timestamp: true,
                            sack: true,
                        },
                    ]),
                    rule(vec![
                        matches(Field::ThSport, "1024-65535"),
                        verdict(Verdict::Jump, Some("other")),
                    ]),
                ],
            ),
            chain(
                "other",
                None,
                vec![
                    rule(vec![
                        Expression::In {
                            fields: vec![Field::Iifname, Field::EtherSaddr],
                            set: "names".into(),
                            negated: true,
                        },
                        verdict(Verdict::Return, None),
                    ]),
                    rule(vec![
                        matches(Field::Iif, "1"),
                        verdict(Verdict::Accept, None),
                    ]),
                ],
            ),
            chain(
                "raw",
                Some((ChainKind::Filter, HookPoint::Prerouting, -300)),
                vec![
                    rule(vec![
                        Expression::In {
                            fields: vec![Field::IpDaddr, Field::L4proto, Field::ThDport],
                            set: "services".into(),
                            negated: false,
                        },
                        Expression::Match {
                            field: Field::TcpFlags,
                            is: Comparison::Eq,
                            mask: Some(23),
                            value: "2".into(),
                        },
                        Expression::Notrack,
                    ]),
                    rule(vec![Expression::SetMark {
                        to: Source::Map {
                            fields: vec![Field::IpDaddr],
                            map: "marks".into(),
                            of: Type::Mark,
                        },
                    }]),
                ],
            ),
            chain(
                "source",
                Some((ChainKind::Nat, HookPoint::Postrouting, 100)),
                vec![
                    rule(vec![
                        matches(Field::CtOriginalIpDaddr, "10.0.0.1"),
                        matches(Field::CtOriginalProtoDst, "80"),
                        Expression::Snat {
                            to: Source::Hash {
                                fields: vec![Field::IpSaddr, Field::ThSport],
                                modulus: 2,
                                seed: 1,
                                map: "locals".into(),
                                of: Type::Ipv4Addr,
                            },
                        },
                    ]),
                    rule(vec![
                        matches(Field::CtOriginalIp6Daddr, "2001:db8::1"),
                        Expression::Snat {
                            to: Source::Value {
                                of: Type::Ipv6Addr,
                                value: "2001:db8::5-2001:db8::7".into(),
                            },
                        },
                    ]),
                    rule(vec![matches(Field::Oifname, "lo"), Expression::Masquerade]),
                ],
            ),
            chain(
                "destination",
                Some((ChainKind::Nat, HookPoint::Prerouting, -100)),
                vec![rule(vec![
                    matches(Field::IpDaddr, "10.0.0.99"),
                    Expression::Dnat {
                        to: Source::Value {
                            of: Type::Ipv4Addr,
                            value: "10.0.0.1".into(),
                        },
                    },
                ])],
            ),
        ],
    }
}

/// What only tables of one family have: copies sent by other interfaces.
pub fn copying(family: TableFamily) -> Table {
    let mut below = set(
        "below",
        &[Type::Ifname],
        false,
        vec![element(&["lo"], Some("1"))],
    );
    below.value = Some(Type::IfaceIndex);
    let copy = Expression::Dup {
        device: Source::Map {
            fields: vec![Field::Oifname],
            map: "below".into(),
            of: Type::IfaceIndex,
        },
    };
    Table {
        family,
        name: "copies".into(),
        sets: vec![below],
        chains: vec![chain(
            "output",
            Some((ChainKind::Filter, HookPoint::Output, 0)),
            vec![rule(vec![matches(Field::L4proto, "2"), copy])],
        )],
    }
}

/// A change of one of its sets.
pub fn changes() -> Vec<ElementChange> {
    let set = table().sets.swap_remove(0);
    vec![ElementChange {
        add: vec![element(&["10.0.1.0-10.0.1.255"], None)],
        delete: vec![element(&["10.0.0.1"], None), element(&["10.9.9.9"], None)],
        set: Set {
            elements: Vec::new(),
            ..set
        },
    }]
}
