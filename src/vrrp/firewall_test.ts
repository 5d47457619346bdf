import assert from "node:assert/strict";
import type { NftTable } from "../kernel/nft.ts";
import { thingKey } from "../kernel/thing.ts";
import type { VrrpConfig, VrrpInstanceConfig } from "./config.ts";
import { firewallTables } from "./firewall.ts";
import { ADDRESSES, addressOn, instanceConfig, LINKS, NOW, vrrpConfig } from "./fixtures.ts";
import { type KernelFacts, kernelFacts, ownKey } from "./kernel_facts.ts";
import { desiredThing } from "./part/wanted/things.ts";
import { startVrrp, stepVrrp } from "./mod.ts";
import { byText, emptySorted } from "../persistent/mod.ts";

const FACTS = kernelFacts(LINKS, ADDRESSES);
const VIPS = [
  { address: "172.16.1.99", prefixLength: 32 },
  { address: "2001:db8::1", prefixLength: 128 },
  { address: "fe80::1", prefixLength: 128 },
];

const closed = (changes: Partial<VrrpInstanceConfig> = {}) =>
  instanceConfig({ accept: false, virtualAddresses: VIPS.slice(0, 1), ...changes });

/** The tables as lines, one a set or rule. */
function linesOf(tables: readonly NftTable[]): readonly string[] {
  return tables.flatMap(({ family, sets, chains }) => [
    ...sets.map(({ name, elements }) =>
      `${family} ${name}: ${
        elements.map(({ key, value }) => [key.join(" . "), value ?? []].flat().join(" : "))
          .join(", ")
      }`
    ),
    ...chains.flatMap(({ name, hook, rules }) =>
      rules.map(({ does }) =>
        `${family} ${name} ${hook?.at} ${hook?.priority}: ` + does.map((each) => {
          switch (each.kind) {
            case "match":
              return `${each.field} ${each.value}`;
            case "in":
              return `${each.fields.join(" . ")} @${each.set}`;
            case "verdict":
              return each.verdict;
            default:
              return each.kind;
          }
        }).join(" ")
      )
    ),
  ]);
}

const tables = (
  instances: readonly VrrpInstanceConfig[],
  changes: Partial<VrrpConfig> = {},
  facts: KernelFacts = FACTS,
) => firewallTables(vrrpConfig(instances, changes), facts);

Deno.test("firewallTables() accept everywhere, are none", () => {
  assert.deepEqual(tables([instanceConfig()]), []);
});

Deno.test("firewallTables() no_accept in IPv4, drop what is for the addresses and what comes from them (RFC 9568 §6.4.3)", () => {
  assert.deepEqual(linesOf(tables([closed(), instanceConfig({ name: "open" })])), [
    "ip vips: 172.16.1.99",
    "ip in input -1: ip-daddr @vips drop",
    "ip out output -1: ip-saddr @vips drop",
  ]);
});

Deno.test("firewallTables() no_accept in IPv6, let neighbour discovery pass, link-local addresses go with their interface (RFC 9568 §6.4.3)", () => {
  const found = linesOf(tables([closed({ family: "inet6", virtualAddresses: VIPS.slice(1) })]));
  assert.deepEqual(found.filter((each) => !each.startsWith("ip6 out")), [
    "ip6 vips: 2001:db8::1",
    "ip6 vips_link_local: fe80::1 . eth0",
    "ip6 in input -1: l4proto 58 icmpv6-type 135 accept",
    "ip6 in input -1: l4proto 58 icmpv6-type 136 accept",
    "ip6 in input -1: ip6-daddr . iifname @vips_link_local drop",
    "ip6 in input -1: ip6-daddr @vips drop",
  ]);
});

Deno.test("firewallTables() settings of nftables, are name, priority, counters and index", () => {
  const firewall = { table: "mine", priority: 7, byIndex: true, counters: true };
  const found = tables([closed({ family: "inet6", virtualAddresses: VIPS.slice(2) })], {
    firewall,
  });
  assert.equal(found[0]?.name, "mine");
  assert.deepEqual(linesOf(found).filter((each) => !each.startsWith("ip6 in")), [
    "ip6 vips_link_local: fe80::1 . 2",
    "ip6 out output 7: l4proto 58 icmpv6-type 135 counter accept",
    "ip6 out output 7: l4proto 58 icmpv6-type 136 counter accept",
    "ip6 out output 7: ip6-saddr . oif @vips_link_local counter drop",
  ]);
});

Deno.test("firewallTables() address that is the host's own, is not closed", () => {
  const own = new Set([ownKey("eth0", addressOn(2, "172.16.1.99", 32))]);
  assert.deepEqual(tables([closed()], {}, { ...FACTS, own }), []);
});

Deno.test("firewallTables() use_vmac, reports leave by the interface below, nothing asks for routers", () => {
  const vmac = { name: "vrrp.51", mac: "00:00:5e:00:01:33", xmitBase: false };
  const six = { family: "inet6", name: "six", vmac: { ...vmac, name: "vrrp6.51" } } as const;
  const ipvlan = { name: "none", ipvlan: { mode: "bridge" }, xmitBase: false } as const;
  assert.deepEqual(
    linesOf(tables([
      instanceConfig({ vmac }),
      instanceConfig(six),
      instanceConfig({ name: "ipvlan", vmac: ipvlan }),
    ])),
    [
      "ip below: vrrp.51 : 2",
      "ip out output -1: l4proto 2 dup drop",
      "ip6 below: vrrp6.51 : 2",
      "ip6 links: vrrp6.51",
      "ip6 out output -1: l4proto 58 icmpv6-type 131 dup drop",
      "ip6 out output -1: l4proto 58 icmpv6-type 143 dup drop",
      "ip6 out output -1: l4proto 58 icmpv6-type 133 oifname @links drop",
    ],
  );
});

Deno.test("stepVrrp() no_accept by a reload, asks for the table; without it again, asks for it to go", () => {
  const key = thingKey({
    kind: "nft",
    value: { family: "ip", name: "holdfast_vrrp", sets: [], chains: [] },
  });
  const trackers = emptySorted<string, never>(byText);
  const begin = startVrrp(vrrpConfig([instanceConfig()]), 0);
  const start = { kind: "start", links: LINKS, addresses: ADDRESSES, trackers } as const;
  let [part] = stepVrrp(begin, start, 0);
  assert.equal(desiredThing(part, key), undefined);
  for (const accept of [false, true]) {
    const config = vrrpConfig([instanceConfig({ accept })]);
    const [next, effects] = stepVrrp(part, { kind: "reload", config, trackers }, NOW);
    part = next;
    assert.equal(desiredThing(part, key) === undefined, accept);
    assert(effects.some((each) => each.kind === "reconcile-things" && each.changed === "all"));
  }
});
