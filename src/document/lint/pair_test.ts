import assert from "node:assert/strict";
import type { LintRuleName } from "../../language/mod.ts";
import { instanceText, lintLines, lintText } from "./fixtures.ts";

const PASS = (word: string) => ["authentication {", "  auth_type PASS", `  auth_pass ${word}`, "}"];

interface Case {
  readonly rule: LintRuleName;
  readonly name: string;
  readonly own: string;
  readonly peer: string;
  readonly found: readonly string[];
}

const BACKUP = instanceText(["state BACKUP", "priority 90"]);

const CASES: readonly Case[] = [
  {
    rule: "pair-vrid",
    name: "another number under the same name",
    own: instanceText([]),
    peer: BACKUP.replace("51", "52"),
    found: [
      "3:21 warning pair-vrid: Cannot find virtual_router_id 51 of VI_1 in other.conf: VI_1 there has 52",
    ],
  },
  {
    rule: "pair-vrid",
    name: "another number for the same address",
    own: instanceText([]),
    peer: BACKUP.replace("51", "52").replace("VI_1", "VI_9"),
    found: [
      "3:21 warning pair-vrid: Cannot find virtual_router_id 51 of VI_1 in other.conf: VI_9 there has 52",
    ],
  },
  {
    rule: "pair-vrid",
    name: "the same number under another name",
    own: instanceText([]),
    peer: BACKUP.replace("VI_1", "VI_9"),
    found: [],
  },
  {
    rule: "pair-version",
    name: "VRRPv2 and VRRPv3",
    own: instanceText(["version 2"]),
    peer: instanceText(["version 3"]),
    found: ["7:11 warning pair-version: Cannot talk VRRPv2 in VI_1: other.conf has VRRPv3"],
  },
  {
    rule: "pair-version",
    name: "a version of the instance and the same global one",
    own: instanceText(["version 3"]),
    peer: `global_defs {\n  vrrp_version 3\n}\n${instanceText([])}`,
    found: [],
  },
  {
    rule: "pair-advert-int",
    name: "1 s and 2 s",
    own: instanceText([]),
    peer: instanceText(["advert_int 2"]),
    found: [
      "1:15 warning pair-advert-int: Cannot agree on advert_int of VI_1: 1 s here, 2 s in other.conf",
    ],
  },
  {
    rule: "pair-advert-int",
    name: "the default and the same written",
    own: instanceText([]),
    peer: instanceText(["advert_int 1"]),
    found: [],
  },
  {
    rule: "pair-auth",
    name: "other passwords",
    own: instanceText(PASS("hunter2")),
    peer: instanceText(PASS("hunter3")),
    found: [
      "9:5 warning pair-auth: Cannot authenticate VI_1 with the other node: its auth_pass is not that of other.conf",
    ],
  },
  {
    rule: "pair-auth",
    name: "passwords equal in the 8 bytes that count",
    own: instanceText(PASS("12345678a")),
    peer: instanceText(PASS("12345678b")),
    found: [],
  },
  {
    rule: "pair-auth",
    name: "a password here only",
    own: instanceText(PASS("hunter2")),
    peer: instanceText([]),
    found: [
      "9:5 warning pair-auth: Cannot authenticate VI_1 with the other node: other.conf has no auth_pass",
    ],
  },
  {
    rule: "pair-auth",
    name: "a password there only",
    own: instanceText([]),
    peer: instanceText(PASS("hunter2")),
    found: [
      "1:1 warning pair-auth: Cannot authenticate VI_1 with the other node: other.conf has an auth_pass, this file has none",
    ],
  },
  {
    rule: "pair-addresses",
    name: "another address",
    own: instanceText([]),
    peer: BACKUP.replace("10.0.0.1/", "10.0.0.2/"),
    found: [
      "5:5 warning pair-addresses: Cannot move all addresses of VI_1: 10.0.0.1 is not in other.conf, 10.0.0.2 is only there",
    ],
  },
  {
    rule: "pair-addresses",
    name: "more addresses there",
    own: instanceText([]),
    peer: instanceText(["virtual_ipaddress {", "  10.0.0.2/24", "  10.0.0.3/24", "}"]),
    found: [
      "4:3 warning pair-addresses: Cannot move all addresses of VI_1: 10.0.0.2 and 10.0.0.3 are only there",
    ],
  },
  {
    rule: "pair-priority",
    name: "the same priority",
    own: instanceText([]),
    peer: instanceText(["priority 100"]),
    found: [
      "1:15 info pair-priority: Cannot say who is preferred in VI_1: other.conf has priority 100 too",
    ],
  },
  {
    rule: "pair-unicast",
    name: "unicast there only",
    own: instanceText([]),
    peer: instanceText(["unicast_peer {", "  10.0.0.11", "}"]),
    found: [
      "1:1 warning pair-unicast: Cannot hear each other in VI_1: adverts are multicast here, unicast in other.conf",
    ],
  },
  {
    rule: "pair-unicast",
    name: "a peer list without the other node",
    own: instanceText(["unicast_peer {", "  10.0.0.13", "}"]),
    peer: instanceText(["unicast_src_ip 10.0.0.12", "unicast_peer {", "  10.0.0.11", "}"]),
    found: [
      "7:3 warning pair-unicast: Cannot find 10.0.0.12 of other.conf among the unicast peers of VI_1",
    ],
  },
];

for (const { rule, name, own, peer, found } of CASES) {
  Deno.test(`${rule}: ${name}, ${found.length === 0 ? "says nothing" : "is found"}`, () => {
    assert.deepEqual(lintLines(own, [rule], { peer }), found);
  });
}

Deno.test("lint() of a pair that agrees, finds nothing on either side", () => {
  const master = instanceText(["state MASTER", "priority 100", ...PASS("hunter2")]);
  const backup = instanceText(["state BACKUP", "priority 90", ...PASS("hunter2")]);
  assert.deepEqual(lintText(master, { peer: backup }), []);
  assert.deepEqual(lintText(backup, { peer: master }), []);
});

Deno.test("lint() of passwords that differ, tells neither", () => {
  const findings = lintText(instanceText(PASS("hunter2")), { peer: instanceText(PASS("swordf1")) });
  assert.ok(findings.length > 0);
  assert.doesNotMatch(JSON.stringify(findings), /hunter|swordf/);
});
