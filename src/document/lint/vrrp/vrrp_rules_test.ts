import assert from "node:assert/strict";
import { LINT_RULES, type LintRuleName } from "../../../language/mod.ts";
import { instanceText, lintLines, lintText, type LintTextOptions } from "../fixtures.ts";
import { RULES_OF_LINT } from "../registry.ts";

/** A rule, a text, and what it finds there. */
interface Case {
  readonly rule: LintRuleName;
  readonly name: string;
  readonly text: string;
  readonly options?: LintTextOptions;
  readonly found: readonly string[];
}

const UNICAST = ["unicast_src_ip 10.0.0.11", "unicast_peer {", "  10.0.0.12", "}"];

const SCRIPT = (...lines: readonly string[]) =>
  ["vrrp_script chk {", '  script "/bin/true"', ...lines.map((line) => `  ${line}`), "}", ""].join(
    "\n",
  );

const TRACK = ["track_script {", "  chk", "}"];

const CASES: readonly Case[] = [
  {
    rule: "master-nopreempt",
    name: "state MASTER with nopreempt",
    text: instanceText(["state MASTER", "nopreempt"]),
    found: [
      "8:3 warning master-nopreempt: Cannot use nopreempt in VI_1: it needs state BACKUP, it is left out",
    ],
  },
  {
    rule: "master-nopreempt",
    name: "state BACKUP with nopreempt",
    text: instanceText(["state BACKUP", "nopreempt"]),
    found: [],
  },
  {
    rule: "unicast-strict",
    name: "unicast peers in strict mode",
    text: `global_defs {\n  vrrp_strict\n}\n${instanceText(UNICAST)}`,
    found: [
      "11:3 warning unicast-strict: Cannot be strict and unicast in VI_1: vrrp_strict knows multicast only",
    ],
  },
  {
    rule: "unicast-strict",
    name: "unicast peers",
    text: instanceText(UNICAST),
    found: [],
  },
  {
    rule: "unicast-no-peer",
    name: "a unicast source and nobody to send to",
    text: instanceText(["unicast_src_ip 10.0.0.11"]),
    found: [
      "7:3 warning unicast-no-peer: Cannot find a unicast peer in VI_1: adverts are multicast",
    ],
  },
  {
    rule: "unicast-own-peer",
    name: "its source among the peers",
    text: instanceText(["unicast_src_ip 10.0.0.11", "unicast_peer {", "  10.0.0.11", "}"]),
    found: [
      "9:5 warning unicast-own-peer: Cannot have 10.0.0.11 as peer of VI_1: it is unicast_src_ip",
    ],
  },
  {
    rule: "unicast-own-peer",
    name: "this host's address among the peers",
    text: instanceText(["unicast_peer {", "  10.0.0.11 min_ttl 255", "  10.0.0.12", "}"]),
    options: { addresses: [{ interface: "eth0", address: "10.0.0.11", prefixLength: 24 }] },
    found: [
      "8:5 warning unicast-own-peer: Cannot have 10.0.0.11 as peer of VI_1: it is this host's address on eth0",
    ],
  },
  {
    rule: "duplicate-vrid",
    name: "the same VRID on one interface",
    text: instanceText([]) + instanceText([], "VI_2").replace("10.0.0.1/", "10.0.0.2/"),
    found: [
      "10:21 error duplicate-vrid: Cannot use virtual_router_id 51 for VI_2: VI_1 has it on eth0 already",
    ],
  },
  {
    rule: "duplicate-vrid",
    name: "the same VRID on another interface",
    text: instanceText([]) + instanceText([], "VI_2").replace("eth0", "eth1"),
    found: [],
  },
  {
    rule: "duplicate-vrid",
    name: "the same VRID with unicast peers of their own",
    text: instanceText(UNICAST) + instanceText(["unicast_peer {", "  10.0.0.13", "}"], "VI_2"),
    found: [],
  },
  {
    rule: "duplicate-vrid",
    name: "the same VRID with a unicast peer in common",
    text: instanceText(UNICAST) + instanceText(UNICAST, "VI_2"),
    found: [
      "14:21 error duplicate-vrid: Cannot use virtual_router_id 51 for VI_2: VI_1 has it on eth0 already",
    ],
  },
  {
    rule: "duplicate-vrid",
    name: "the same VRID in another group",
    text: instanceText([]) + instanceText(["mcast_dst_ip 233.4.5.6"], "VI_2"),
    found: [],
  },
  {
    rule: "mixed-families",
    name: "an IPv6 address after an IPv4 one",
    text: instanceText(["virtual_ipaddress {", "  2001:db8::1/64", "}"]),
    found: [
      "8:5 error mixed-families: Cannot use 2001:db8::1 in VI_1: the instance is IPv4",
    ],
  },
  {
    rule: "mixed-families",
    name: "an IPv6 source",
    text: instanceText(["mcast_src_ip 2001:db8::11"]),
    found: [
      "7:16 error mixed-families: Cannot use 2001:db8::11 in VI_1: the instance is IPv4",
    ],
  },
  {
    rule: "mixed-families",
    name: "an IPv6 address among the excluded ones",
    text: instanceText(["virtual_ipaddress_excluded {", "  2001:db8::1/64", "}"]),
    found: [],
  },
  {
    rule: "slow-detection",
    name: "fall 10 at 3 s",
    text: SCRIPT("interval 3", "fall 10") + instanceText(TRACK),
    found: [
      "4:8 info slow-detection: Cannot notice a failure within 10 s by chk: it may take 30 s, fall 10 × interval 3 s",
    ],
  },
  {
    rule: "slow-detection",
    name: "fall 2 at 4 s and a timeout",
    text: SCRIPT("interval 4", "timeout 3", "fall 2") + instanceText(TRACK),
    found: [
      "5:8 info slow-detection: Cannot notice a failure within 10 s by chk: it may take 11 s, fall 2 × interval 4 s + timeout 3 s",
    ],
  },
  {
    rule: "slow-detection",
    name: "fall 3 at 2 s",
    text: SCRIPT("interval 2", "fall 3") + instanceText(TRACK),
    found: [],
  },
  {
    rule: "slow-detection",
    name: "a slow script nobody tracks",
    text: SCRIPT("interval 60") + instanceText([]),
    found: [],
  },
  {
    rule: "weight-nopreempt",
    name: "a weight with nopreempt",
    text: SCRIPT("weight -50") + instanceText(["state BACKUP", "nopreempt", ...TRACK]),
    found: [
      "12:3 warning weight-nopreempt: Cannot take over from a master that only loses priority: VI_1 has nopreempt, so weight -50 of chk on the other node moves nothing here",
    ],
  },
  {
    rule: "weight-nopreempt",
    name: "a script without weight with nopreempt",
    text: SCRIPT() + instanceText(["state BACKUP", "nopreempt", ...TRACK]),
    found: [],
  },
];

for (const { rule, name, text, options, found } of CASES) {
  Deno.test(`${rule}: ${name}, ${found.length === 0 ? "says nothing" : "is found"}`, () => {
    assert.deepEqual(lintLines(text, [rule], options), found);
  });
}

Deno.test("lint() of a plain pair member, finds nothing", () => {
  assert.deepEqual(lintText(instanceText(["state BACKUP", "priority 90", "advert_int 1"])), []);
});

Deno.test("lint() where the language complains of the same word, says it once with its status", () => {
  const findings = lintText(instanceText(["state MASTER", "nopreempt"]));
  assert.deepEqual(findings.map(({ code, status }) => [code, status]), [
    ["master-nopreempt", "general"],
  ]);
  const mixed = lintText(instanceText(["virtual_ipaddress {", "  2001:db8::1/64", "}"]));
  assert.deepEqual(mixed.map(({ code, severity, status }) => [code, severity, status]), [
    ["mixed-families", "error", "general"],
  ]);
});

Deno.test("every rule of LINT_RULES but that of comments has a function, and only once", () => {
  assert.deepEqual(
    [...RULES_OF_LINT.map(({ name }) => name), "unknown-rule"].sort(),
    Object.keys(LINT_RULES).sort(),
  );
});
