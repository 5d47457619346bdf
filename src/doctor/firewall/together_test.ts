import assert from "node:assert/strict";
import { RULESET, SAVED } from "./fixture.ts";
import { firewallOf, type FirewallTexts } from "./together.ts";

const NOTHING: FirewallTexts = {
  hasNft: false,
  tables: { four: [], six: [] },
  firewalld: false,
};

const names = (texts: Partial<FirewallTexts>) =>
  firewallOf({ ...NOTHING, ...texts }).chains.map(({ tool, family, chain }) =>
    `${tool} ${family} ${chain}`
  );

Deno.test("firewallOf() both tools, chains of both", () => {
  assert.deepEqual(names({ nft: RULESET, four: SAVED }), [
    "nft inet input",
    "nft inet more",
    "nft inet output",
    "nft ip pre",
    ...["INPUT", "FORWARD", "OUTPUT", "trusted", "PREROUTING", "OUTPUT"].map((chain) =>
      `iptables ip ${chain}`
    ),
  ]);
});

Deno.test("firewallOf() iptables that works by nftables, its tables are not counted twice", () => {
  const four = SAVED.replace("v1.8.9", "v1.8.9 (nf_tables)");
  assert.ok(!names({ nft: RULESET, four }).includes("nft ip pre"));
  assert.ok(names({ nft: RULESET, six: four }).includes("nft ip pre"));
});

Deno.test("firewallOf() what the kernel has and no tool tells, is said", () => {
  const { unread } = firewallOf({
    ...NOTHING,
    hasNft: true,
    tables: { four: ["filter"], six: [] },
  });
  assert.equal(unread.length, 2);
  assert.match(
    unread.join("\n"),
    /nftables cannot be read[^]*iptables \(filter\) cannot be read: iptables-save/,
  );
  assert.deepEqual(firewallOf(NOTHING).unread, []);
});

Deno.test("firewallOf() who writes the rules, is known by them", () => {
  const manager = (texts: Partial<FirewallTexts>) => firewallOf({ ...NOTHING, ...texts }).manager;
  assert.equal(manager({ nft: RULESET }), undefined);
  assert.equal(manager({ nft: RULESET, firewalld: true }), "firewalld");
  assert.equal(manager({ four: "*filter\n:ufw-before-input -\n" }), "ufw");
  const chain = { chain: { family: "inet", table: "firewalld", name: "filter_INPUT" } };
  assert.equal(manager({ nft: JSON.stringify({ nftables: [chain] }) }), "firewalld");
});
