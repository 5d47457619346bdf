//! Writes `src/core/protocol.ts` from `protocol.rs`, in the form `deno fmt` leaves alone: what
//! `ts-rs` says about a type is parsed and printed with `readonly` everywhere.

#![allow(clippy::panic, clippy::expect_used, clippy::unwrap_used)]

use crate::nft::value::{
    Chain, ChainKind, Comparison, Element, ElementChange, Expression, Field, Hook, HookPoint, Rule,
    Set, Source, Table, TableFamily, TableId, Type as NftType, Verdict,
};
use crate::protocol::*;
use std::fmt::Write;
use std::iter::Peekable;
use ts_rs::{Config, TS};

const HEAD: &str = "\
/**
 * What passes between TypeScript and the core, generated from `core-rs/src/protocol.rs`: do not
 * edit, run `UPDATE_PROTOCOL=1 cargo test bindings` instead.
 */
";

#[test]
fn bindings_generated_from_protocol_rs_equal_the_file_that_is_checked_in() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/core/protocol.ts");
    let text = generate();
    if std::env::var_os("UPDATE_PROTOCOL").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == text,
        "src/core/protocol.ts differs: run UPDATE_PROTOCOL=1 cargo test bindings"
    );
}

/// The text of the file.
pub fn generate() -> String {
    let mut out = String::from(HEAD);
    let config = Config::new().with_large_int("number");
    macro_rules! write_types {
        ($($name:ident)*) => { $(write_type::<$name>(&mut out, &config);)* };
    }
    write_types!(
        ThreadRole
        ThreadSetting
        EngineCall
        KernelCall
        IpvsCall
        ProbeCall
        ProbeOp
        ChildCall
        TrackCall
        GuardianCall
        Awaited
        SideCall
        Variable
        Mail
        FollowedFile
        FileBeginning
        ProcessPattern
        ArgumentMatch
        Account
        ChildExit
        LogLane
        Key
        Channel
        Template
        Checksum
        Cover
        Seal
        Tag
        Expected
        Hears
        Verify
        Proof
        TrailerKey
        Peer
        Lesser
        Judgement
        DropCount
        Address
        AddressOp
        KernelOp
        Thing
        Prefix
        Route
        RoutePlace
        NextHop
        Encapsulation
        Tunnel
        RouteMetric
        MetricValue
        PolicyRule
        Mark
        Span
        OwnLink
        IpvlanMode
        Spot
        RouteSpot
        RuleSpot
        Announcement
        Pace
        Lane
        Polled
        BeatMethod
        Buffer
        Link
        ServiceId
        Protocol
        Family
        Service
        Destination
        Forwarding
        ServiceTable
        ServiceConnections
        DestinationConnections
        PortUse
        BusiestPair
        IpvsOp
        IpvsTimeouts
        Probe
        Exchange
        HttpRequest
        Outcome
        BytePattern
        Failure
        HttpResponse
        BodyEnd
        Sysctl
        Changed
        SyncDaemon
        SyncRole
        TableId
        TableFamily
        Table
        Set
        Element
        ElementChange
        NftType
        Tls
        Pattern
        Chain
        Hook
        ChainKind
        HookPoint
        Rule
        Expression
        Source
        Comparison
        Verdict
        Field
        Reply
        CallResult
        HeldRouter
        OrderCount
        SendCount
        Lag
        WatchCount
        Event
    );
    out.push_str(&lanes());
    write!(
        out,
        "\n/** Version of the symbols, the records and this file. */\n\
         export const ABI_VERSION = {};\n",
        crate::abi::ABI_VERSION
    )
    .unwrap();
    out
}

/// The union of all calls, and the number of the lane of each.
fn lanes() -> String {
    let config = Config::new().with_large_int("number");
    let mut numbers = String::new();
    let mut types = Vec::new();
    macro_rules! of_lane {
        ($($name:ident $lane:ident)*) => { $(
            types.push(stringify!($name));
            for call in names(&$name::decl(&config)) {
                writeln!(numbers, "  \"{call}\": {},", CallLane::$lane as u32).unwrap();
            }
        )* };
    }
    of_lane!(
        EngineCall Engine KernelCall Kernel IpvsCall Ipvs ProbeCall Probe ChildCall Child
        TrackCall Track GuardianCall Guardian SideCall Side
    );
    let logs = [
        ("console", CallLane::Console),
        ("file", CallLane::File),
        ("syslog", CallLane::Syslog),
    ];
    let logs: String = logs
        .iter()
        .map(|(name, lane)| format!("  {name}: {},\n", *lane as u32))
        .collect();
    format!(
        "
/** What the core can be asked; each kind is answered by one thread of it, in order. */
export type Call ={};

/** The lane by which a call reaches its thread. */
export const CALL_LANES: Readonly<Record<Call[\"call\"], number>> = {{
{numbers}}};

/** The lane of the messages of a log, which are no JSON. */
export const LOG_LANES: Readonly<Record<LogLane, number>> = {{
{logs}}};
",
        types
            .iter()
            .map(|name| format!("\n  | {name}"))
            .collect::<String>()
    )
}

/// The calls a declaration knows.
fn names(decl: &str) -> Vec<String> {
    let parts = decl.split("\"call\": \"").skip(1);
    let name = |part: &str| part.split('"').next().unwrap().to_owned();
    parts.map(name).collect()
}

fn write_type<T: TS + 'static>(out: &mut String, config: &Config) {
    let docs = T::docs().unwrap_or_default();
    let docs = comment(docs.trim(), "");
    let decl = T::decl(config);
    let (head, body) = decl.split_once('=').expect("a declaration");
    let name = head.trim().trim_start_matches("type ").trim();
    let body = parse(
        &mut tokens(body.trim().trim_end_matches(';'))
            .into_iter()
            .peekable(),
    );
    write!(out, "\n{docs}export type {name} =").unwrap();
    let line = print_line(&body);
    match body {
        Type::Union(parts) if line.as_ref().is_none_or(|one| name.len() + one.len() > 80) => {
            for part in parts {
                write!(out, "\n  | {}", print(&part, "  ")).unwrap();
            }
        }
        _ => write!(out, " {}", print(&body, "")).unwrap(),
    }
    out.push_str(";\n");
}

enum Type {
    Name(String),
    Array(Box<Type>),
    Object(Vec<Member>),
    Union(Vec<Type>),
    Both(Vec<Type>),
}

struct Member {
    docs: Option<String>,
    name: String,
    of: Type,
}

fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("/**") {
            rest.find("*/").expect("an end of the comment") + 2
        } else if first == '"' {
            rest.get(1..)
                .and_then(|tail| tail.find('"'))
                .expect("an end of the string")
                + 2
        } else {
            let end = |one: char| !one.is_alphanumeric() && one != '_' && one != '?';
            rest.find(end).unwrap_or(rest.len()).max(first.len_utf8())
        };
        let (token, tail) = rest.split_at(length);
        found.push(token.to_owned());
        rest = tail.trim_start();
    }
    found
}

type Tokens = Peekable<std::vec::IntoIter<String>>;

fn take(tokens: &mut Tokens, wanted: &str) -> bool {
    tokens.next_if(|token| token == wanted).is_some()
}

fn parse(tokens: &mut Tokens) -> Type {
    let mut union = Vec::new();
    loop {
        let mut both = vec![parse_one(tokens)];
        while take(tokens, "&") {
            both.push(parse_one(tokens));
        }
        union.push(if both.len() == 1 {
            both.remove(0)
        } else {
            Type::Both(both)
        });
        if !take(tokens, "|") {
            break;
        }
    }
    if union.len() == 1 {
        union.remove(0)
    } else {
        Type::Union(union)
    }
}

fn parse_one(tokens: &mut Tokens) -> Type {
    let token = tokens.next().expect("a type");
    if token == "Array" {
        assert!(take(tokens, "<"));
        let of = parse(tokens);
        assert!(take(tokens, ">"));
        return Type::Array(Box::new(of));
    }
    if token != "{" {
        return Type::Name(token);
    }
    let mut members = Vec::new();
    while !take(tokens, "}") {
        let docs = tokens.next_if(|token| token.starts_with("/**"));
        let name = tokens.next().expect("a name").trim_matches('"').to_owned();
        assert!(take(tokens, ":"), "a colon after {name}");
        let of = parse(tokens);
        take(tokens, ",");
        members.push(Member { docs, name, of });
    }
    Type::Object(members)
}

/// On one line, unless it has to be several.
fn print_line(of: &Type) -> Option<String> {
    let join = |parts: &[Type], with: &str| {
        let parts: Option<Vec<_>> = parts.iter().map(print_line).collect();
        Some(parts?.join(with))
    };
    match of {
        Type::Name(name) => Some(name.clone()),
        Type::Array(of) => Some(format!("readonly {}[]", print_line(of)?)),
        Type::Union(parts) => join(parts, " | "),
        Type::Both(parts) => join(parts, " & "),
        Type::Object(members) => {
            let mut line = Vec::new();
            for member in members {
                if member.docs.is_some() {
                    return None;
                }
                line.push(format!(
                    "readonly {}: {}",
                    member.name,
                    print_line(&member.of)?
                ));
            }
            Some(format!("{{ {} }}", line.join("; ")))
        }
    }
}

fn print(of: &Type, indent: &str) -> String {
    if let Some(line) = print_line(of) {
        return line;
    }
    let Type::Object(members) = of else {
        panic!("only objects have several lines below the top")
    };
    let inner = format!("{indent}  ");
    let mut out = String::from("{\n");
    for member in members {
        let docs = member.docs.as_deref().map(|docs| comment(docs, &inner));
        let of = print(&member.of, &inner);
        let name = &member.name;
        writeln!(
            out,
            "{}{inner}readonly {name}: {of};",
            docs.unwrap_or_default()
        )
        .unwrap();
    }
    out + indent + "}"
}

/// A comment in the form of the repository: one line when it has one. Links of rustdoc become plain
/// code.
fn comment(text: &str, indent: &str) -> String {
    let text = text.replace("[`", "`").replace("`]", "`");
    let lines: Vec<_> = text
        .trim_start_matches("/**")
        .trim_end_matches("*/")
        .lines()
        .map(|line| line.trim().trim_start_matches('*').trim())
        .filter(|line| !line.is_empty())
        .collect();
    match lines.as_slice() {
        [] => String::new(),
        [line] => format!("{indent}/** {line} */\n"),
        lines => {
            let body = lines.join(&format!("\n{indent} * "));
            format!("{indent}/**\n{indent} * {body}\n{indent} */\n")
        }
    }
}
