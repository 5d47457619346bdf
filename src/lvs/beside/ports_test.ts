import assert from "node:assert/strict";
import { SECOND } from "../../net/micros.ts";
import { logLines } from "../../notify/mod.ts";
import { configOf, started, tell, virtualServer } from "../part/fixtures.ts";
import { nextLvsDeadline } from "../part/part.ts";
import type { LvsEffect } from "../part/effect.ts";

const FULL_NAT = virtualServer({
  fullNat: { localAddresses: [{ address: "192.168.1.51" }, { address: "192.168.1.52" }] },
});

function lines(effects: readonly LvsEffect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === "news" ? logLines(effect.news).map(({ text }) => text) : []
  );
}

const used = (address: string, connections: number) => ({
  address,
  connections: connections + 5,
  busiest: { server: "192.168.1.130", port: 80, protocol: 6, connections },
});

Deno.test("stepLvs() full NAT, has ports of its local addresses counted now and then, and says once which runs out", () => {
  const driven = started(configOf(FULL_NAT));
  const from = driven.now;
  driven.now = nextLvsDeadline(driven.part) ?? 0;
  assert.equal(driven.now - from, 30 * SECOND);
  assert.deepEqual(tell(driven, { kind: "deadline" }), [
    { kind: "count-ports", addresses: ["192.168.1.51", "192.168.1.52"], least: 51_600 },
  ]);
  const counts = (...uses: readonly ReturnType<typeof used>[]) =>
    lines(tell(driven, { kind: "ports", uses }));
  assert.deepEqual(counts(used("192.168.1.51", 51_599), used("192.168.1.52", 10)), []);
  assert.deepEqual(counts(used("192.168.1.51", 60_000), used("192.168.1.52", 10)), [
    "Local address 192.168.1.51 runs out of ports: 60000 of 64512 to 192.168.1.130:80 are in use; add local addresses",
  ]);
  assert.deepEqual(counts(used("192.168.1.51", 64_512)), []);
  assert.deepEqual(counts(used("192.168.1.51", 45_000)), []);
  assert.deepEqual(counts(), ["Local address 192.168.1.51 has ports again"]);
  assert.ok(nextLvsDeadline(driven.part));
});

Deno.test("stepLvs() without local addresses, nothing is counted; a reload begins and ends it", () => {
  const driven = started(configOf(virtualServer()));
  assert.equal(nextLvsDeadline(driven.part), undefined);
  tell(driven, { kind: "reload", config: configOf(FULL_NAT) });
  assert.ok(nextLvsDeadline(driven.part));
  tell(driven, { kind: "reload", config: configOf(virtualServer()) });
  driven.now += 60 * SECOND;
  assert.deepEqual(tell(driven, { kind: "deadline" }), []);
  assert.equal(nextLvsDeadline(driven.part), undefined);
});
