import assert from "node:assert/strict";
import fc from "fast-check";
import { SECOND } from "../../net/micros.ts";
import type { RealServerConfig, VirtualServerConfig } from "../config.ts";
import { ipvsTable, type ServiceId } from "../../kernel/mod.ts";
import { beginClimb, climbAt, climbed } from "../slowly/mod.ts";
import { serviceOf } from "./desired.ts";
import {
  configOf,
  type Driven,
  effectText,
  found,
  GOOD,
  realServer,
  REFUSED,
  started,
  tableText,
  tell,
  virtualServer,
} from "./fixtures.ts";
import { nextLvsDeadline, virtualServersOf } from "./part.ts";

const SLOW = realServer(130, { weight: 4, slowStart: 30 * SECOND });
const OTHER = realServer(129, { weight: 4 });

function of(...realServers: readonly RealServerConfig[]): VirtualServerConfig {
  return virtualServer({ realServers, drainTimeout: 60 * SECOND });
}

/** Weights by host. */
function weights(driven: Driven): Readonly<Record<string, number>> {
  return Object.fromEntries(
    tableText(driven).flatMap((line) => {
      const match = /-r 192\.168\.1\.(\d+):80 -w (\d+)/.exec(line);
      return match === null ? [] : [[match[1], Number(match[2])]];
    }),
  );
}

/** Goes to the next deadline; gives the seconds since `from`. */
function next(driven: Driven): number {
  const before = driven.now;
  driven.now = nextLvsDeadline(driven.part) ?? Infinity;
  tell(driven, { kind: "deadline" });
  return (driven.now - before) / SECOND;
}

Deno.test("beginClimb() any weight and time, climbs from 1 or more to all of it at the end, never down", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 100_000 }),
      fc.integer({ min: 1, max: 100 }),
      (weight, time) => {
        let climb = beginClimb(weight, time * SECOND, 0);
        let last = 0;
        let steps = 0;
        for (; climb !== undefined; climb = climbAt(climb, time * SECOND, climb.nextAt)) {
          const now = climbed(weight, climb);
          assert.ok(now > last && now < weight && climb.nextAt <= time * SECOND);
          last = now;
          steps += 1;
        }
        assert.ok(steps <= 19);
      },
    ),
  );
});

Deno.test("stepLvs() slow_start, a server that comes back climbs to its weight; one at the start has it", () => {
  const driven = started(configOf(of(SLOW, OTHER)));
  found(driven, 0, GOOD);
  assert.deepEqual(weights(driven), { 130: 4, 129: 4 });
  found(driven, 0, REFUSED);
  assert.deepEqual(weights(driven), { 129: 4 });
  found(driven, 0, GOOD);
  assert.deepEqual(weights(driven), { 130: 1, 129: 4 });
  assert.deepEqual([next(driven), weights(driven)[130]], [10, 2]);
  assert.deepEqual([next(driven), weights(driven)[130]], [10, 3]);
  assert.deepEqual([next(driven), weights(driven)[130]], [10, 4]);
  assert.equal(nextLvsDeadline(driven.part), undefined);
});

Deno.test("stepLvs() slow_start, quorum counts the whole weight at once", () => {
  const config = { ...of(SLOW), quorum: 4 };
  const driven = started(configOf(config));
  found(driven, 0, REFUSED);
  assert.ok(effectText(found(driven, 0, GOOD)).some((line) => /Gained quorum/.test(line)));
});

Deno.test("stepLvs() slow_start, one that fails while it climbs begins anew", () => {
  const driven = started(configOf(of(SLOW, OTHER)));
  found(driven, 0, REFUSED);
  found(driven, 0, GOOD);
  next(driven);
  found(driven, 0, REFUSED);
  found(driven, 0, GOOD);
  assert.deepEqual(weights(driven), { 130: 1, 129: 4 });
  assert.deepEqual([next(driven), weights(driven)[130]], [10, 2], "only once at one moment");
});

Deno.test("reload() slow_start, a server that is added climbs, and one that climbs goes on", () => {
  const driven = started(configOf(of(OTHER)));
  tell(driven, { kind: "reload", config: configOf(of(OTHER, SLOW)) });
  assert.deepEqual(weights(driven), { 129: 4, 130: 1 });
  next(driven);
  assert.equal(weights(driven)[130], 2);
  tell(driven, { kind: "reload", config: configOf(of(SLOW, OTHER)) });
  assert.equal(weights(driven)[130], 2);
  tell(driven, { kind: "reload", config: configOf(of({ ...SLOW, weight: 8 }, OTHER)) });
  assert.equal(weights(driven)[130], 4, "half of it, as before");
});

const ID = { kind: "address", protocol: "tcp", address: "172.16.1.99", port: 80 } as const;

/** Connections of server 130. */
function counted(driven: Driven, connections: number) {
  const destinations = [{ address: "192.168.1.130", port: 80, connections }];
  return effectText(tell(driven, { kind: "connections", counts: [{ service: ID, destinations }] }));
}

Deno.test("reload() drain_timeout, a server that is taken away stays with weight 0 until its connections are over", () => {
  const driven = started(configOf(of(SLOW, OTHER)));
  const lines = effectText(tell(driven, { kind: "reload", config: configOf(of(OTHER)) }));
  assert.ok(
    lines.includes(
      "notice: Draining service [192.168.1.130]:tcp:80 of VS [172.16.1.99]:tcp:80: at most 60 s",
    ),
    lines.join("\n"),
  );
  assert.ok(lines.includes("unprobe 0"));
  assert.deepEqual(weights(driven), { 129: 4, 130: 0 });
  driven.now = nextLvsDeadline(driven.part) ?? 0;
  assert.deepEqual(effectText(tell(driven, { kind: "deadline" })), ["count-connections"]);
  assert.deepEqual(counted(driven, 7), []);
  assert.deepEqual(weights(driven), { 129: 4, 130: 0 });
  assert.deepEqual(counted(driven, 0), [
    "notice: Drained service [192.168.1.130]:tcp:80 of VS [172.16.1.99]:tcp:80: its connections are over",
    "reconcile",
  ]);
  assert.deepEqual(weights(driven), { 129: 4 });
});

Deno.test("reload() drain_timeout, a server whose time is over goes with its connections", () => {
  const driven = started(configOf(of(SLOW, OTHER)));
  tell(driven, { kind: "reload", config: configOf(of(OTHER)) });
  counted(driven, 7);
  const said: string[] = [];
  const from = driven.now;
  while (nextLvsDeadline(driven.part) !== undefined) {
    driven.now = nextLvsDeadline(driven.part) ?? 0;
    said.push(...effectText(tell(driven, { kind: "deadline" })));
  }
  assert.equal(driven.now - from, 60 * SECOND);
  assert.deepEqual(said.slice(-2), [
    "warning: Drained service [192.168.1.130]:tcp:80 of VS [172.16.1.99]:tcp:80: time is over, 7 connections end",
    "reconcile",
  ]);
  assert.deepEqual(weights(driven), { 129: 4 });
});

Deno.test("reload() drain_timeout, a server that is written again before it has gone is as it was", () => {
  const driven = started(configOf(of(SLOW, OTHER)));
  tell(driven, { kind: "reload", config: configOf(of(OTHER)) });
  tell(driven, { kind: "reload", config: configOf(of({ ...SLOW, weight: 1 }, OTHER)) });
  assert.deepEqual(weights(driven), { 130: 1, 129: 4 });
  assert.deepEqual(counted(driven, 0), []);
  assert.deepEqual(weights(driven), { 130: 1, 129: 4 });
});

Deno.test("reload() drain_timeout, a server that was not in the table does not come back to leave", () => {
  const driven = started(configOf(of(SLOW, OTHER)));
  found(driven, 0, REFUSED);
  tell(driven, { kind: "reload", config: configOf(of(OTHER)) });
  assert.deepEqual(weights(driven), { 129: 4 });
});

const NEIGHBOUR = virtualServer({
  name: { kind: "address", address: "172.16.1.98", port: 80, protocol: "tcp" },
  services: [{ ...ID, address: "172.16.1.98" }],
  realServers: [OTHER],
});

Deno.test("reload() drain_timeout, a virtual server that is taken away stays with weights 0 until its connections are over", () => {
  const driven = started(configOf(of(SLOW, OTHER), NEIGHBOUR));
  const all = tableText(driven);
  const lines = effectText(tell(driven, { kind: "reload", config: configOf(NEIGHBOUR) }));
  assert.equal(lines.filter((line) => /^notice: Draining service/.test(line)).length, 2);
  assert.deepEqual(tableText(driven).filter((line) => / -w 0$/.test(line)).length, 2);
  assert.equal(tableText(driven).length, all.length);
  assert.deepEqual(virtualServersOf(driven.part).map(({ label }) => label), [
    "[172.16.1.98]:tcp:80",
  ]);
  driven.now = nextLvsDeadline(driven.part) ?? 0;
  assert.deepEqual(effectText(tell(driven, { kind: "deadline" })), ["count-connections"]);
  counted(driven, 7);
  // Another reload in between changes nothing about it.
  tell(driven, { kind: "reload", config: configOf({ ...NEIGHBOUR, quorum: 2 }) });
  assert.equal(tableText(driven).length, all.length - 1, "129 has no connections");
  counted(driven, 0);
  assert.deepEqual(tableText(driven), [
    "-A -t 172.16.1.98:80 -s wrr",
    "-a -t 172.16.1.98:80 -r 192.168.1.129:80 -w 4",
  ]);
  assert.deepEqual(driven.part.config, configOf({ ...NEIGHBOUR, quorum: 2 }));
  driven.now = nextLvsDeadline(driven.part) ?? 0;
  assert.deepEqual(effectText(tell(driven, { kind: "deadline" })), [], "nothing is left to do");
});

Deno.test("reload() drain_timeout, a virtual server that is written again before it has gone is as it was", () => {
  const before = configOf(of({ ...SLOW, slowStart: 0 }, OTHER), NEIGHBOUR);
  const driven = started(before);
  const all = tableText(driven);
  tell(driven, { kind: "reload", config: configOf(NEIGHBOUR) });
  counted(driven, 7);
  tell(driven, { kind: "reload", config: before });
  assert.deepEqual([...tableText(driven)].sort(), [...all].sort());
  assert.deepEqual(driven.part.config, before);
  counted(driven, 0);
  assert.deepEqual([...tableText(driven)].sort(), [...all].sort());
});

Deno.test("reload() drain_timeout, a virtual server whose time is over goes with its connections", () => {
  const driven = started(configOf(of(SLOW, OTHER), NEIGHBOUR));
  tell(driven, { kind: "reload", config: configOf(NEIGHBOUR) });
  counted(driven, 7);
  const from = driven.now;
  while (nextLvsDeadline(driven.part) !== undefined) {
    driven.now = nextLvsDeadline(driven.part) ?? 0;
    tell(driven, { kind: "deadline" });
  }
  assert.equal(driven.now - from, 60 * SECOND);
  assert.equal(tableText(driven).length, 2);
});

Deno.test("stepLvs() drain_timeout, a server that a run before has left in the table leaves, one that is configured and down does not", () => {
  const config = configOf(of(SLOW, OTHER), { ...NEIGHBOUR, realServers: [] });
  const driven = started(config);
  found(driven, 1, REFUSED);
  const destination = (host: number, weight: number) => ({
    address: `192.168.1.${host}`,
    port: 80,
    forwarding: { method: "nat" as const },
    weight,
    upperThreshold: 0,
    lowerThreshold: 0,
  });
  const table = ipvsTable([
    {
      service: { ...serviceOf(of(SLOW, OTHER), ID) },
      destinations: [destination(130, 4), destination(129, 4), destination(131, 0)],
    },
    {
      service: serviceOf(NEIGHBOUR, { ...ID, address: "172.16.1.98" }),
      destinations: [destination(132, 1)],
    },
  ]);
  const lines = effectText(tell(driven, { kind: "found", table }));
  assert.deepEqual(lines, [
    "notice: Draining service [192.168.1.131]:tcp:80 of VS [172.16.1.99]:tcp:80: at most 60 s",
    "reconcile",
  ]);
  assert.deepEqual(weights(driven), { 130: 4, 131: 0 });
  const counts = [{
    service: ID,
    destinations: [{ address: "192.168.1.131", port: 80, connections: 0 }],
  }];
  tell(driven, { kind: "connections", counts });
  assert.deepEqual(weights(driven), { 130: 4 });
});

Deno.test("reload() drain_timeout, a service that leaves its group stays until its connections are over, or it is written again", () => {
  const other: ServiceId = { ...ID, address: "172.16.1.97" };
  const group = { ...of(OTHER), services: [ID, other] };
  const driven = started(configOf(group));
  const all = tableText(driven);
  tell(driven, { kind: "reload", config: configOf(of(OTHER)) });
  assert.deepEqual(tableText(driven).toSorted(), [
    "-A -t 172.16.1.97:80 -s wrr",
    "-A -t 172.16.1.99:80 -s wrr",
    "-a -t 172.16.1.97:80 -r 192.168.1.129:80 -w 0",
    "-a -t 172.16.1.99:80 -r 192.168.1.129:80 -w 4",
  ]);
  tell(driven, { kind: "reload", config: configOf(group) });
  assert.deepEqual(tableText(driven), all);
  assert.deepEqual(driven.part.config, configOf(group));
  tell(driven, { kind: "reload", config: configOf(of(OTHER)) });
  const destinations = [{ address: "192.168.1.129", port: 80, connections: 0 }];
  tell(driven, { kind: "connections", counts: [{ service: other, destinations }] });
  assert.deepEqual(tableText(driven), all.filter((line) => !line.includes("172.16.1.97")));
});
