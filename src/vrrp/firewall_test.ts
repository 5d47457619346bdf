import assert from "node:assert/strict";
import type { NftTable } from "../kernel/nft.ts";
import { thingKey } from "../kernel/thing.ts";
import type { VrrpConfig, VrrpInstanceConfig } from "./config.ts";
import { firewallTable } from "./firewall.ts";
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

/** The table as lines, one a set or rule. */
function linesOf(table: NftTable | undefined): readonly string[] {
  const { sets = [], chains = [] } = table ?? {};
  return [
    ...sets.map(({ name, elements }) =>
      `${name}: ${elements.map(({ key }) => key.join(" . ")).join(", ")}`
    ),
    ...chains.flatMap(({ name, hook, rules }) =>
      rules.map(({ does }) =>
        `${name} ${hook?.at} ${hook?.priority}: ` + does.map((each) => {
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
  ];
}

const table = (
  instances: readonly VrrpInstanceConfig[],
  changes: Partial<VrrpConfig> = {},
  facts: KernelFacts = FACTS,
) => firewallTable(vrrpConfig(instances, changes), facts);

Deno.test("firewallTable() accept everywhere, is none", () => {
  assert.equal(table([instanceConfig()]), undefined);
});

Deno.test("firewallTable() no_accept in IPv4, drops what is for the addresses and what comes from them (RFC 9568 §6.4.3)", () => {
  assert.deepEqual(linesOf(table([closed(), instanceConfig({ name: "open" })])), [
    "vips4: 172.16.1.99",
    "in input -1: ip-daddr @vips4 drop",
    "out output -1: ip-saddr @vips4 drop",
  ]);
});

Deno.test("firewallTable() no_accept in IPv6, lets neighbour discovery pass, link-local addresses go with their interface", () => {
  const found = linesOf(table([closed({ family: "inet6", virtualAddresses: VIPS.slice(1) })]));
  assert.deepEqual(found.filter((each) => !each.startsWith("out")), [
    "vips6: 2001:db8::1",
    "vips6_link_local: fe80::1 . eth0",
    "in input -1: l4proto 58 icmpv6-type 135 accept",
    "in input -1: l4proto 58 icmpv6-type 136 accept",
    "in input -1: ip6-daddr . iifname @vips6_link_local drop",
    "in input -1: ip6-daddr @vips6 drop",
  ]);
});

Deno.test("firewallTable() settings of nftables, are name, priority, counters and index", () => {
  const firewall = { table: "mine", priority: 7, byIndex: true, counters: true };
  const found = table([closed({ family: "inet6", virtualAddresses: VIPS.slice(2) })], { firewall });
  assert.equal(found?.name, "mine");
  assert.deepEqual(linesOf(found).filter((each) => !each.startsWith("in")), [
    "vips6_link_local: fe80::1 . 2",
    "out output 7: l4proto 58 icmpv6-type 135 counter accept",
    "out output 7: l4proto 58 icmpv6-type 136 counter accept",
    "out output 7: ip6-saddr . oif @vips6_link_local counter drop",
  ]);
});

Deno.test("firewallTable() address that is the host's own, is not closed", () => {
  const own = new Set([ownKey("eth0", addressOn(2, "172.16.1.99", 32))]);
  assert.equal(table([closed()], {}, { ...FACTS, own }), undefined);
});

Deno.test("firewallTable() use_vmac, drops reports and solicitations of its links", () => {
  const vmac = { name: "vrrp.51", mac: "00:00:5e:00:01:33", xmitBase: false };
  const six = { family: "inet6", name: "six", vmac: { ...vmac, name: "vrrp6.51" } } as const;
  const base = instanceConfig({ name: "base", vmac: { ...vmac, name: "no", xmitBase: true } });
  assert.deepEqual(linesOf(table([instanceConfig({ vmac }), instanceConfig(six), base])), [
    "links4: vrrp.51",
    "links6: vrrp6.51",
    "out output -1: l4proto 2 oifname @links4 drop",
    "out output -1: l4proto 58 icmpv6-type 133 oifname @links6 drop",
    "out output -1: l4proto 58 icmpv6-type 131 oifname @links6 drop",
    "out output -1: l4proto 58 icmpv6-type 143 oifname @links6 drop",
  ]);
});

Deno.test("stepVrrp() no_accept by a reload, asks for the table; without it again, asks for it to go", () => {
  const key = thingKey({
    kind: "nft",
    value: { family: "inet", name: "holdfast_vrrp", sets: [], chains: [] },
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
