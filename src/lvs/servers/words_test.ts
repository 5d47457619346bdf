import assert from "node:assert/strict";
import type { ServiceId } from "../../kernel/ipvs/ipvs.ts";
import { configOf, realServer, started, virtualServer } from "../part/fixtures.ts";
import { elementsOf } from "../../persistent/mod.ts";
import type { VirtualServerConfig } from "../config.ts";

const MARK: ServiceId = { kind: "fwmark", family: "inet", mark: 9 };
const UDP: ServiceId = { kind: "address", protocol: "udp", address: "2001:db8::1", port: 53 };
const SERVER = realServer(1, { port: 91 });
const ROUTED = realServer(1, { port: 91, forwarding: { method: "dr" } });

function group(group: string, ...services: readonly ServiceId[]): VirtualServerConfig {
  return virtualServer({ name: { kind: "group", group }, services, realServers: [SERVER] });
}

function mark(realServers: VirtualServerConfig["realServers"]): VirtualServerConfig {
  return virtualServer({ name: { kind: "fwmark", mark: 9 }, services: [MARK], realServers });
}

// cli.tsv, "service notation"; all but the first as keepalived 2.2.7 was seen to write them.
const LABELS: readonly (readonly [string, VirtualServerConfig, string, string])[] = [
  [
    "an IPv6 address",
    virtualServer({ name: { ...UDP }, services: [UDP], realServers: [SERVER] }),
    "[2001:db8::1]:udp:53",
    "[192.168.1.1]:udp:91",
  ],
  ["a mark", mark([SERVER]), "FWM 9", "[192.168.1.1]:none:91"],
  ["a mark with direct routing", mark([ROUTED]), "FWM 9", "[192.168.1.1]:none:0"],
  ["a group", group("G", MARK, UDP), "[G]:0", "[192.168.1.1]:udp:91"],
  ["a group of marks", group("H", MARK), "[H]:0", "[192.168.1.1]:none:91"],
];

for (const [name, config, label, server] of LABELS) {
  Deno.test(`virtualServerLabel() and realServerLabel() of ${name}, are keepalived's`, () => {
    const [only] = elementsOf(started(configOf(config)).part.virtualServers);
    assert.equal(only?.label, label);
    assert.deepEqual(only && elementsOf(only.servers).map((one) => one.label), [server]);
  });
}

Deno.test("virtualServerLabel() of several virtual servers of a group, numbers them", () => {
  const driven = started(configOf(group("G", UDP), group("H", MARK), group("G", MARK)));
  assert.deepEqual(
    elementsOf(driven.part.virtualServers).map(({ label }) => label),
    ["[G]:0", "[H]:0", "[G]:1"],
  );
});
