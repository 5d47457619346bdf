import assert from "node:assert/strict";
import fc from "fast-check";
import { addressKey } from "../../kernel/address.ts";
import type { ServiceId } from "../../kernel/ipvs/ipvs.ts";
import { addressOn, ethernet, instanceConfig, vrrpConfig } from "../../vrrp/fixtures.ts";
import { type Claims, isCovered, together } from "./claims.ts";
import { claimsOf, leftOver, withClaimed } from "./left_over.ts";
import { claimsText, parseClaims } from "./claims_text.ts";
import { virtualServer } from "../../lvs/part/fixtures.ts";
import { worldConfig } from "../fixtures.ts";

const LIFE = { boot: "11111111-2222", namespace: "4:4026531840" };
const HTTP: ServiceId = { kind: "address", protocol: "tcp", address: "10.0.0.99", port: 80 };
const MARK: ServiceId = { kind: "fwmark", family: "inet6", mark: 7 };
const CLAIMS: Claims = {
  addresses: [
    { interface: "eth0", address: "10.0.0.99", prefixLength: 24 },
    { interface: "eth1", address: "10.1.0.9", prefixLength: 32, peer: "10.1.0.1" },
    { interface: "eth0", address: "2001:db8::9", prefixLength: 64 },
  ],
  services: [HTTP, MARK],
};

Deno.test("claimsOf() a configuration, are its addresses by interface and its services", () => {
  const virtualAddresses = [
    { address: "10.0.0.99", prefixLength: 24 },
    { address: "10.1.0.9", prefixLength: 32, peer: "10.1.0.1", dev: "eth1" },
  ];
  const excludedAddresses = [{ address: "2001:db8::9", prefixLength: 64 }];
  const vrrp = vrrpConfig([instanceConfig({ virtualAddresses, excludedAddresses })]);
  const lvs = { virtualServers: [], flush: false };
  assert.deepEqual(claimsOf(worldConfig({ vrrp, lvs })), {
    ...CLAIMS,
    services: [],
  });
});

Deno.test("parseClaims() of claimsText(), are the claims", () => {
  const text = claimsText(CLAIMS, LIFE);
  assert.deepEqual(parseClaims(text, LIFE), CLAIMS);
  const later = JSON.stringify({ ...JSON.parse(text), routes: ["more"] });
  assert.deepEqual(parseClaims(later, LIFE), CLAIMS, "a later version says more");
});

Deno.test("parseClaims() of another boot or namespace, are nobody's", () => {
  const text = claimsText(CLAIMS, LIFE);
  assert.equal(parseClaims(text, { ...LIFE, boot: "x" }), undefined);
  assert.equal(parseClaims(text, { ...LIFE, namespace: "4:1" }), undefined);
});

const whole = JSON.parse(claimsText(CLAIMS, LIFE));
const changed = (list: "addresses" | "services", one: object) =>
  JSON.stringify({ ...whole, [list]: [{ ...whole[list][0], ...one }] });

for (
  const [name, text] of [
    ["nothing", ""],
    ["half of it", claimsText(CLAIMS, LIFE).slice(0, 80)],
    ["a list", "[]"],
    ["null", "null"],
    ["another format", JSON.stringify({ ...whole, holdfast: 2 })],
    ["no addresses", JSON.stringify({ ...whole, addresses: undefined })],
    ["a name of an interface with a slash", changed("addresses", { interface: "../x" })],
    ["no address", changed("addresses", { address: "10.0.0.256" })],
    ["another peer", changed("addresses", { peer: 1 })],
    ["a prefix length of 33", changed("addresses", { prefixLength: 33 })],
    ["a port of -1", changed("services", { port: -1 })],
    ["a protocol of all", changed("services", { protocol: "all" })],
    ["a mark of 0", changed("services", { kind: "fwmark", family: "inet", mark: 0 })],
    ["another kind", changed("services", { kind: "toString" })],
  ] as const
) {
  Deno.test(`parseClaims() of ${name}, is a reason`, () => {
    assert.equal(typeof parseClaims(text, LIFE), "string");
  });
}

Deno.test("parseClaims() of any text, throws nothing", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseClaims(text, LIFE)));
});

Deno.test("together() and isCovered(), are those of sets", () => {
  const [first, second] = [{ ...CLAIMS, services: [] }, { ...CLAIMS, addresses: [] }];
  assert.deepEqual(together(first, second), CLAIMS);
  assert.deepEqual(together(CLAIMS, CLAIMS), CLAIMS);
  assert.ok(isCovered(first, CLAIMS) && !isCovered(CLAIMS, first));
});

const WAS = { kind: "sysctl", name: "net/ipv4/ip_forward", was: "0", is: "1" } as const;
const TIMEOUTS_WERE = {
  kind: "ipvs-timeouts",
  was: { tcp: 900, tcpFin: 120, udp: 300 },
  is: { tcp: 7200, tcpFin: 120, udp: 300 },
} as const;

Deno.test("parseClaims() of settings, are what they were; others than those of the network are nobody's", () => {
  const claims = { ...CLAIMS, settings: [WAS, TIMEOUTS_WERE] };
  const text = claimsText(claims, LIFE);
  assert.deepEqual(parseClaims(text, LIFE), claims);
  for (
    const [from, to] of [["net/ipv4", "kernel"], ['"was":"0"', '"was":0'], ["7200", "-1"]] as const
  ) {
    assert.match(String(parseClaims(text.replace(from, to), LIFE)), /settings are not those/);
  }
});

Deno.test("parseClaims() of tables and sync daemons, are by name; those of no table are nobody's", () => {
  const claims: Claims = {
    ...CLAIMS,
    things: [{ kind: "nft", value: { family: "ip", name: "keepalived" } }],
    beside: [
      { kind: "nft", value: { family: "inet", name: "holdfast_lvs" } },
      { kind: "sync-daemon", value: { role: "backup", interface: "eth1", syncId: 51 } },
    ],
  };
  const text = claimsText(claims, LIFE);
  assert.deepEqual(parseClaims(text, LIFE), claims);
  assert.ok(isCovered(CLAIMS, claims) && !isCovered(claims, CLAIMS));
  for (
    const [from, to] of [['"ip"', '"arp"'], ["holdfast_lvs", "a b"], ["backup", "both"], [
      ":51",
      ":256",
    ]] as const
  ) {
    assert.match(String(parseClaims(text.replace(from, to), LIFE)), /not those of Linux/);
  }
});

Deno.test("claimsOf() no_accept, full NAT and a sync daemon, are tables and daemons of the part they belong to", () => {
  const vrrp = vrrpConfig([instanceConfig({ accept: false })]);
  const fullNat = { localAddresses: [{ address: "10.0.0.1" }] };
  const lvs = {
    virtualServers: [virtualServer({ fullNat })],
    flush: false,
    syncDaemon: { interface: "eth1", instance: "VI_1", syncId: 51 },
  };
  const { things, beside } = claimsOf(worldConfig({ vrrp, lvs }));
  const name = vrrp.firewall.table;
  assert.deepEqual(things, [
    { kind: "nft", value: { family: "ip", name } },
    { kind: "nft", value: { family: "ip6", name } },
  ]);
  assert.deepEqual(beside, [
    { kind: "nft", value: { family: "inet", name: "holdfast_lvs" } },
    { kind: "sync-daemon", value: { role: "master", interface: "eth1", syncId: 51 } },
    { kind: "sync-daemon", value: { role: "backup", interface: "eth1", syncId: 51 } },
  ]);
});

Deno.test("isCovered() of settings, is by what they were", () => {
  const claims = { ...CLAIMS, settings: [WAS] };
  assert.ok(isCovered(CLAIMS, claims) && !isCovered(claims, CLAIMS));
  assert.ok(!isCovered(claims, { ...CLAIMS, settings: [{ ...WAS, was: "2" }] }));
});

Deno.test("leftOver() where the kernel remembers, is what is claimed and marked; else what is claimed", () => {
  const links = [ethernet(2, "eth0")];
  const unmarked = addressOn(2, "10.0.0.99");
  const marked = { ...addressOn(2, "2001:db8::9", 64), protocol: 18 };
  const foreign = { ...addressOn(2, "10.0.0.5"), protocol: 18 };
  const left = (remembers: boolean) => {
    const dump = { links, addresses: [unmarked, marked, foreign], remembers };
    return leftOver({ ...dump, addresses: withClaimed(dump, CLAIMS) }, CLAIMS).map(addressKey);
  };
  assert.deepEqual(left(true), ["2 2001:db8::9/64"]);
  assert.deepEqual(left(false), ["2 10.0.0.99/24", "2 2001:db8::9/64"]);
});

Deno.test("claimsOf() a virtual MAC address, is a link by name and hardware address, and so is what is read", () => {
  const vmac = { name: "vrrp.51", mac: "00:00:5e:00:01:33", xmitBase: false };
  const vrrp = vrrpConfig([instanceConfig({ vmac })]);
  const claims = claimsOf(worldConfig({ vrrp }));
  const link = { kind: "own-link", value: { name: vmac.name, mac: vmac.mac } };
  assert.deepEqual(claims.things?.filter(({ kind }) => kind !== "nft"), [link]);
  assert.deepEqual(parseClaims(claimsText(claims, LIFE), LIFE), claims);
  const spoiled = claimsText(claims, LIFE).replace("00:00:5e", "00:00:zz");
  assert.match(String(parseClaims(spoiled, LIFE)), /links are not those of Linux/);
});
