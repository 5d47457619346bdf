import assert from "node:assert/strict";
import type { ServiceId } from "../../kernel/ipvs/ipvs.ts";
import type { NftTable } from "../../kernel/nft.ts";
import type { VirtualServerConfig } from "../config.ts";
import { virtualServer } from "../part/fixtures.ts";
import { rewritingTable } from "./rewriting.ts";

function tableOf(...virtualServers: VirtualServerConfig[]): NftTable | undefined {
  return rewritingTable({ virtualServers, flush: false });
}

function full(address: string, some: Partial<VirtualServerConfig> = {}): VirtualServerConfig {
  const id: ServiceId = { kind: "address", protocol: "tcp", address, port: 80 };
  return virtualServer({
    services: [id],
    fullNat: { localAddresses: [{ address: "10.0.0.1" }, { address: "10.0.0.3" }] },
    ...some,
  });
}

const elements = (table: NftTable | undefined, set: string) =>
  table?.sets.find(({ name }) => name === set)?.elements;

Deno.test("rewritingTable() of services that need nothing of it, is none", () => {
  assert.equal(tableOf(virtualServer()), undefined);
  assert.equal(tableOf(), undefined);
});

Deno.test("rewritingTable() of services with the same local addresses, has one rule for all of them", () => {
  const table = tableOf(full("172.16.1.1"), virtualServer(), full("172.16.1.2"));
  assert.deepEqual(table?.sets.map(({ name }) => name), ["local_1", "full_1"]);
  assert.deepEqual(elements(table, "local_1"), [
    { key: ["0"], value: "10.0.0.1" },
    { key: ["1"], value: "10.0.0.3" },
  ]);
  assert.deepEqual(elements(table, "full_1"), [
    { key: ["172.16.1.1", "6", "80"] },
    { key: ["172.16.1.2", "6", "80"] },
  ]);
  assert.deepEqual(table?.chains, [{
    name: "source",
    hook: { kind: "nat", at: "postrouting", priority: 100 },
    rules: [{
      does: [
        {
          kind: "in",
          fields: ["ct-original-ip-daddr", "l4proto", "ct-original-proto-dst"],
          set: "full_1",
          negated: false,
        },
        { kind: "counter" },
        {
          kind: "snat",
          to: {
            from: "hash",
            fields: ["ip-saddr", "th-sport"],
            modulus: 2,
            seed: 0x6866,
            map: "local_1",
            of: "ipv4-addr",
          },
        },
      ],
    }],
  }]);
});

Deno.test("rewritingTable() of other addresses, families and every port, has sets of their own", () => {
  const every: ServiceId = { kind: "address", protocol: "udp", address: "172.16.1.3", port: 0 };
  const six: ServiceId = { kind: "address", protocol: "sctp", address: "2001:db8::1", port: 80 };
  const table = tableOf(
    full("172.16.1.1"),
    full("", { services: [every], fullNat: { localAddresses: [] } }),
    full("", {
      family: "inet6",
      services: [six],
      fullNat: { localAddresses: [{ address: "2001:db8::9" }] },
    }),
  );
  assert.deepEqual(table?.sets.map(({ name }) => name), [
    "local_1",
    "full_1",
    "full_2_every_port",
    "local_3",
    "full_3",
  ]);
  assert.deepEqual(elements(table, "full_2_every_port"), [{ key: ["172.16.1.3", "17"] }]);
  assert.deepEqual(elements(table, "full_3"), [{ key: ["2001:db8::1", "132", "80"] }]);
  assert.deepEqual(table?.chains[0]?.rules[1]?.does.at(-1), { kind: "masquerade" });
});

Deno.test("rewritingTable() of a SYN proxy, leaves first packets untracked, answers them, and drops the rest of what is invalid", () => {
  const table = tableOf(virtualServer({ synProxy: true }));
  assert.deepEqual(table?.sets.map(({ name }) => name), ["proxied_inet"]);
  assert.deepEqual(
    table?.chains.map((
      { name, rules },
    ) => [name, rules.map(({ does }) => does.map(({ kind }) => kind))]),
    [
      ["first", [["in", "match", "notrack"]]],
      ["input", [["in", "match", "counter", "synproxy"], ["in", "match", "counter", "verdict"]]],
    ],
  );
});
