import assert from "node:assert/strict";
import fc from "fast-check";
import { SECOND } from "../../net/micros.ts";
import type { RealServerConfig, VirtualServerConfig } from "../config.ts";
import { beginClimb, climbAt, climbed } from "../slowly/mod.ts";
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
import { nextLvsDeadline } from "./part.ts";

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
