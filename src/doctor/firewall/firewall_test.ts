import assert from "node:assert/strict";
import fc from "fast-check";
import { RULESET, SAVED } from "./fixture.ts";
import { parseIptables } from "./iptables.ts";
import { parseNft } from "./nft.ts";
import { type Blocked, blockedBy, type Chain, type Hook, type Packet } from "./ruleset.ts";

const NFT = parseNft(RULESET) ?? [];
const LEGACY = parseIptables(SAVED, "ip");
const IN: readonly Hook[] = ["prerouting", "input"];
const OUT: readonly Hook[] = ["output"];
const ADVERT: Packet = {
  family: "ip",
  protocol: 112,
  destination: "224.0.0.18",
  inputInterface: "eth0",
  states: ["new"],
};

/** `accept`, or what is in the way and whether that is sure. */
function verdict(chains: readonly Chain[], packet: Packet, hooks: readonly Hook[]): string {
  return textOf(blockedBy(chains, packet, hooks));
}

function textOf(blocked: Blocked | undefined): string {
  if (blocked === undefined) return "accept";
  const { chain, rule, certain } = blocked;
  return `${certain ? "" : "perhaps "}${chain.chain} ${rule?.text ?? "policy"}`;
}

const NFT_CASES: readonly (readonly [string, Packet, readonly Hook[], string])[] = [
  ["multicast from anybody", ADVERT, IN, "perhaps input policy"],
  [
    "multicast by the interface that is let in",
    { ...ADVERT, inputInterface: "eth1" },
    IN,
    "accept",
  ],
  ["a peer of the set", { ...ADVERT, source: "192.0.2.3" }, IN, "accept"],
  ["another element of the set", { ...ADVERT, source: "198.51.100.7" }, IN, "accept"],
  ["a peer that is not in it", { ...ADVERT, source: "192.0.2.17" }, IN, "input policy"],
  [
    "a peer whose connection may be known",
    { ...ADVERT, source: "192.0.2.17", destination: "192.0.2.1", states: ["new", "established"] },
    IN,
    "perhaps input policy",
  ],
  [
    "AH, dropped before",
    { ...ADVERT, protocol: 51, inputInterface: "eth1" },
    IN,
    "pre ip protocol ah drop",
  ],
  ["a port in a range", { ...ADVERT, protocol: 6, destinationPort: 85 }, IN, "accept"],
  [
    "a port in none",
    { ...ADVERT, protocol: 6, destinationPort: 443, source: "192.0.2.3" },
    IN,
    "input policy",
  ],
  [
    "IPv6, no rule but the policy",
    { ...ADVERT, family: "ip6", destination: "ff02::12" },
    IN,
    "input policy",
  ],
  [
    "what is sent by a closed interface",
    {
      family: "ip",
      protocol: 112,
      destination: "224.0.0.18",
      outputInterface: "eth9",
      states: ["new"],
    },
    OUT,
    "output oifname eth9 ip protocol vrrp drop",
  ],
  [
    "what is sent by an interface that is not excepted",
    {
      family: "ip6",
      protocol: 112,
      destination: "ff02::12",
      outputInterface: "eth0",
      states: ["new"],
    },
    OUT,
    "output ip6 nexthdr vrrp oifname != eth1 reject",
  ],
  [
    "what is sent by one that is",
    {
      family: "ip6",
      protocol: 112,
      destination: "ff02::12",
      outputInterface: "eth1",
      states: ["new"],
    },
    OUT,
    "accept",
  ],
];

for (const [name, packet, hooks, expected] of NFT_CASES) {
  Deno.test(`blockedBy() nftables, ${name}`, () =>
    assert.equal(verdict(NFT, packet, hooks), expected));
}

const IPTABLES_CASES: readonly (readonly [string, Packet, readonly Hook[], string])[] = [
  ["an advert of the network let in", { ...ADVERT, source: "192.0.2.3" }, IN, "accept"],
  [
    "of another network, but one rule is not understood",
    { ...ADVERT, source: "10.0.0.1" },
    IN,
    "perhaps INPUT policy",
  ],
  [
    "by the interface that is excepted",
    { ...ADVERT, source: "192.0.2.3", inputInterface: "eth9" },
    IN,
    "perhaps INPUT policy",
  ],
  [
    "another protocol, back from the chain",
    { ...ADVERT, protocol: 50, source: "192.0.2.3" },
    IN,
    "perhaps INPUT policy",
  ],
  ["a port of the list", { ...ADVERT, protocol: 6, destinationPort: 22 }, IN, "accept"],
  [
    "AH that leaves, by a pattern of interfaces",
    {
      family: "ip",
      protocol: 51,
      destination: "224.0.0.18",
      outputInterface: "eth3",
      states: ["new"],
    },
    OUT,
    "OUTPUT -A OUTPUT -o eth+ -p ah -j DROP",
  ],
  [
    "AH that leaves another way",
    {
      family: "ip",
      protocol: 51,
      destination: "224.0.0.18",
      outputInterface: "bond0",
      states: ["new"],
    },
    OUT,
    "accept",
  ],
];

for (const [name, packet, hooks, expected] of IPTABLES_CASES) {
  Deno.test(`blockedBy() iptables, ${name}`, () =>
    assert.equal(verdict(LEGACY, packet, hooks), expected));
}

Deno.test("blockedBy() IPv6, is not stopped by rules of IPv4", () => {
  const packet: Packet = { ...ADVERT, family: "ip6", destination: "ff02::12" };
  assert.equal(verdict(LEGACY, packet, IN), "accept");
});

Deno.test("blockedBy() chains that jump in a circle, comes to an end", () => {
  const text = [
    "*filter",
    ":INPUT ACCEPT",
    ":a -",
    ":b -",
    "-A INPUT -j a",
    "-A a -j b",
    "-A b -j a",
  ];
  assert.equal(verdict(parseIptables(text.join("\n"), "ip"), ADVERT, IN), "accept");
});

Deno.test("parseNft() and parseIptables() any text, never throws, nor does a verdict", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    for (const chains of [parseNft(text) ?? [], parseIptables(text, "ip")]) {
      blockedBy(chains, ADVERT, IN);
    }
  }));
  const json = fc.jsonValue().map((expr) =>
    JSON.stringify({
      nftables: [
        { chain: { family: "inet", table: "t", name: "c", hook: "input", prio: 0 } },
        {
          rule: {
            family: "inet",
            table: "t",
            chain: "c",
            expr: [expr, { match: expr }, { vmap: expr }],
          },
        },
      ],
    })
  );
  fc.assert(fc.property(json, (text) => {
    const chains = parseNft(text);
    assert.ok(chains);
    blockedBy(chains, ADVERT, IN);
  }));
});
