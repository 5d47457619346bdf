import assert from "node:assert/strict";
import type { ServiceId } from "../../kernel/ipvs/ipvs.ts";
import { virtualServer } from "../part/fixtures.ts";
import { markingTable, withMarks } from "./marking.ts";

const at = (address: string, port = 80): ServiceId => ({
  kind: "address",
  protocol: "tcp",
  address,
  port,
});
const group = (name: string, ...services: ServiceId[]) =>
  virtualServer({ name: { kind: "group", group: name }, services });

Deno.test("withMarks() groups, are one service by mark each; marks that are written are not used", () => {
  const written = virtualServer({ services: [{ kind: "fwmark", family: "inet", mark: 1000 }] });
  const [a, alone, mark, b] = withMarks([
    group("a", at("10.0.0.1"), at("10.0.0.2")),
    virtualServer(),
    written,
    group("b", at("10.0.0.3", 0)),
  ], 1000);
  assert.deepEqual(a?.services, [{ kind: "fwmark", family: "inet", mark: 1001 }]);
  assert.deepEqual(alone, virtualServer());
  assert.equal(mark, written);
  assert.deepEqual(b?.services, [{ kind: "fwmark", family: "inet", mark: 1002 }]);
});

Deno.test("markingTable() of groups, marks each of their addresses", () => {
  const virtualServers = withMarks([
    group("a", at("10.0.0.1"), at("10.0.0.2")),
    group("b", at("10.0.0.3", 0)),
  ], 7);
  const marking = { table: "keepalived_ipvs", priority: -1 };
  const table = markingTable({ virtualServers, flush: false, marking });
  assert.deepEqual(table?.sets.map(({ name, elements }) => [name, elements]), [
    ["marks_inet", [
      { key: ["10.0.0.1", "6", "80"], value: "7" },
      { key: ["10.0.0.2", "6", "80"], value: "7" },
    ]],
    ["marks_inet_every_port", [{ key: ["10.0.0.3", "6"], value: "8" }]],
  ]);
  assert.deepEqual(table?.chains[0]?.hook, { kind: "filter", at: "prerouting", priority: -1 });
  assert.equal(
    markingTable({ virtualServers: [virtualServer()], flush: false, marking }),
    undefined,
  );
});
