import assert from "node:assert/strict";
import { exitStatus, memoryFiles, type Use } from "../language/mod.ts";
import type { Written } from "../route/written.ts";
import { readBound } from "./config.ts";

type Lists = readonly Use<{ readonly entries: readonly Use<Written<unknown>>[] }>[];

/** Codes found in one route or rule of an instance, the exit code, and what is read of it. */
function read(list: "virtual_routes" | "virtual_rules", entry: string): {
  readonly found: readonly string[];
  readonly exit: number;
  readonly interfaces: readonly string[];
  readonly count: number;
} {
  const text = `vrrp_instance V {\n${list} {\n${entry}\n}\ninterface eth0\nvirtual_router_id 1\n` +
    "virtual_ipaddress {\n10.0.0.1\n}\n}\n";
  const { root, diagnostics } = readBound("/x.conf", memoryFiles({ "/x.conf": text }));
  const body = root.vrrp_instance?.[0]?.value.body;
  const lists: Lists = body?.[list] ?? [];
  const entries = lists.flatMap(({ value }) => value.entries);
  return {
    found: diagnostics.filter(({ severity }) => severity !== "info").map(({ code }) => code),
    exit: exitStatus(diagnostics),
    interfaces: entries.flatMap(({ value }) => value.interfaces.map((word) => word.text)),
    count: entries.length,
  };
}

/** Entry, codes found, exit code, entries read. As keepalived -t judges it, tests/corpus/differences.md aside. */
const ROUTES: readonly (readonly [string, readonly string[], number, number])[] = [
  ["10.0.0.0/8 via 10.0.0.1 dev eth0", [], 0, 1],
  ["10.0.0.0/8 via 10.0.0.1", [], 0, 1],
  ["10.0.0.0/8 via 10.0.0.1 no_track", [], 0, 1],
  ["unreachable default no_track", [], 0, 1],
  ["default6 via fe80::1 dev eth0", [], 0, 1],
  ["2001:db8::/32 via fe80::1 dev eth0 expires 10 pref low", [], 0, 1],
  ["10.0.0.0/8 dev eth0 expires 10", ["conflict"], 5, 0],
  ["10.0.0.0/8 via fe80::1 dev eth0", ["conflict"], 5, 0],
  ["10.0.0.0/8 gw 10.0.0.1 dev eth0", ["deprecated"], 5, 1],
  ["10.0.0.0/8 dev eth0 protocol static", ["conflict"], 5, 1],
  ["10.0.0.0/8 dev eth0 protocol static no_track", [], 0, 1],
  ["src 10.9.0.1 to 10.0.0.0/8 via 10.9.0.2 dev eth0", [], 0, 1],
  ["10.0.0.0/8 dev eth0 mtu 1400 rtt 200ms rttvar 1s rto_min 1.5s congctl lock bbr", [], 0, 1],
  ["10.0.0.0/8 dev eth0 rtt 1600 rttvar 800 rto_min 200", [], 0, 1],
  ["10.0.0.0/8 dev eth0 rtt 5ms", ["out-of-range"], 5, 1],
  ["10.0.0.0/8 dev eth0 rto_min 121s", ["out-of-range"], 5, 1],
  ["10.0.0.0/8 dev eth0 rtt 5.5ms", ["not-a-number"], 5, 0],
  ["10.0.0.0/8 dev eth0 encap ip id 5 dst 10.0.0.1 mtu 1400", [], 0, 1],
  ["10.0.0.0/8 dev eth0 encap ip ttl 5", ["missing-value"], 5, 0],
  ["10.0.0.0/8 dev eth0 encap ip6 dst 10.0.0.1", ["not-an-address"], 5, 0],
  ["10.0.0.0/8 dev eth0 encap mpls 100/200", [], 0, 1],
  ["10.0.0.0/8 dev eth0 encap mpls 1048576", ["malformed-value"], 5, 0],
  ["10.0.0.0/8 dev eth0 encap ila 1:2:3:4", [], 0, 1],
  ["10.0.0.0/8 dev eth0 encap", ["missing-value"], 5, 0],
  [
    "10.0.0.0/8 nexthop via 10.9.0.2 dev eth0 weight 2 nexthop dev eth1 onlink no_track",
    ["unknown-keyword"],
    5,
    1,
  ],
  ["10.0.0.0/8 weight 5 dev eth0", ["unknown-keyword"], 5, 0],
  ["10.0.0.0/8 dev eth0 realms 256", ["out-of-range"], 5, 0],
  ["10.0.0.0/33 dev eth0", ["out-of-range"], 5, 1],
  ["dev eth0", ["incomplete"], 5, 0],
  ["10.0.0.0/8 dev", ["missing-word"], 2, 0],
  ["10.0.0.0/8 wia 10.0.0.1", ["unknown-keyword"], 5, 0],
];

for (const [entry, found, exit, count] of ROUTES) {
  Deno.test(`readRoute() ${entry}, exits with ${exit}`, () => {
    const result = read("virtual_routes", entry);
    assert.deepEqual([result.found, result.exit, result.count], [found, exit, count]);
  });
}

Deno.test("readRoute() keeps the interfaces of all next hops, which the machine must have", () => {
  const { interfaces } = read("virtual_routes", "10.0.0.0/8 nexthop dev eth7 nexthop oif eth8");
  assert.deepEqual(interfaces, ["eth7", "eth8"]);
});

/** Entry, codes found, exit code, entries read. */
const RULES: readonly (readonly [string, readonly string[], number, number])[] = [
  ["from 10.0.0.0/8 table 7 priority 5", [], 0, 1],
  ["from 10.0.0.0/8 table 7", ["default-used"], 5, 1],
  ["from 10.0.0.0/8 priority 5", ["incomplete"], 5, 0],
  ["to 10.0.0.0/8 type blackhole order 5", [], 0, 1],
  ["from all iif eth0 oif eth1 lookup main preference 5", [], 0, 1],
  ["from 10.0.0.0/8 to 2001:db8::/32 table 7 priority 5", ["conflict"], 5, 0],
  ["from 10.0.0.1 table 7 nop priority 5", ["conflict"], 5, 0],
  ["from 10.0.0.1 table 0 priority 5", ["out-of-range"], 5, 0],
  ["from 10.0.0.1 goto 5 priority 50", ["incomplete"], 5, 0],
  ["from 10.0.0.1 type goto 50 priority 5", [], 0, 1],
  ["from 10.0.0.1 fwmark 0x5/0xff sport 1-2 uidrange 5-6 table 7 priority 5", [], 0, 1],
  ["from 10.0.0.1 sport 5 table 7 priority 5", ["malformed-value"], 5, 0],
  ["from 10.0.0.1 protocol 4 table 7 priority 5", ["conflict"], 5, 1],
  ["from 10.0.0.1 foo table 7", ["unknown-keyword"], 5, 0],
];

for (const [entry, found, exit, count] of RULES) {
  Deno.test(`readRule() ${entry}, exits with ${exit}`, () => {
    const result = read("virtual_rules", entry);
    assert.deepEqual([result.found, result.exit, result.count], [found, exit, count]);
  });
}
