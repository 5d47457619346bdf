import assert from "node:assert/strict";
import fc from "fast-check";
import { SECOND } from "../net/micros.ts";
import { sortedEntries } from "../persistent/mod.ts";
import type { Route } from "./route.ts";
import { ROUTE_TYPE, SCOPE, TABLE } from "./route.ts";
import { type KernelOperation, type Thing, thingKey } from "./thing.ts";
import {
  nextThingDeadline,
  NO_THINGS,
  reconcileThings,
  thingsApplied,
  thingsDue,
  thingsTaken,
  type ThingTable,
} from "./thing_table.ts";

const DEFAULT: Route = {
  family: "inet",
  destination: { address: "0.0.0.0", prefixLength: 0 },
  table: TABLE.main,
  type: ROUTE_TYPE.unicast,
  scope: SCOPE.global,
  protocol: 18,
  nextHops: [{ gateway: "192.0.2.1", device: 2 }],
};

const route = (changes: Partial<Route> = {}): Thing => ({
  kind: "route",
  value: { ...DEFAULT, ...changes },
});

const rule = (priority: number): Thing => ({
  kind: "rule",
  value: { family: "inet", priority, action: 1, table: 100, protocol: 18 },
});

/** Reconciles everything with what is wanted. */
function towards(table: ThingTable, wanted: readonly Thing[]): [ThingTable, KernelOperation[]] {
  const byKey = new Map(wanted.map((each) => [thingKey(each), each]));
  const keys = [...byKey.keys(), ...sortedEntries(table.held).map(([key]) => key)];
  const [next, { leaving, coming }] = reconcileThings(table, {
    keys,
    desired: (key) => byKey.get(key),
  });
  return [next, [...leaving, ...coming]];
}

const arbitraryThings = fc.uniqueArray(
  fc.oneof(
    fc.record({ gateway: fc.integer({ min: 1, max: 3 }), mtu: fc.option(fc.constant(1400)) })
      .map(({ gateway, mtu }) =>
        route({
          nextHops: [{ gateway: `192.0.2.${gateway}`, device: 2 }],
          ...(mtu === null ? {} : { metrics: [{ metric: 2, value: mtu }] }),
        })
      ),
    fc.integer({ min: 1, max: 4 }).map(rule),
  ),
  { selector: (each) => thingKey(each) },
);

Deno.test("reconcileThings() twice, any wish, orders nothing the second time", () => {
  fc.assert(fc.property(arbitraryThings, arbitraryThings, (first, second) => {
    const [one] = towards(NO_THINGS, first);
    const [two] = towards(one, second);
    const [three, operations] = towards(two, second);
    assert.deepEqual(operations, []);
    assert.equal(three, two);
    assert.deepEqual(
      sortedEntries(two.held).map(([key]) => key),
      second.map((each) => thingKey(each)).toSorted(),
    );
  }));
});

Deno.test("reconcileThings() carried out one by one, leads to the wish whatever was there", () => {
  fc.assert(fc.property(arbitraryThings, arbitraryThings, (first, second) => {
    const [one, before] = towards(NO_THINGS, first);
    const [, after] = towards(one, second);
    const text = (thing: Thing) => JSON.stringify([thing.kind, thing.value]);
    const kernel = new Set<string>();
    for (const { op, ...thing } of [...before, ...after]) {
      if (op === "add") kernel.add(text(thing));
      else kernel.delete(text(thing));
    }
    assert.deepEqual([...kernel].toSorted(), second.map(text).toSorted());
  }));
});

Deno.test("reconcileThings() rules and routes that go, rules first, and come last", () => {
  const [held, coming] = towards(NO_THINGS, [rule(1), route()]);
  assert.deepEqual(coming.map(({ op, kind }) => `${op} ${kind}`), ["add route", "add rule"]);
  const [, leaving] = towards(held, []);
  assert.deepEqual(leaving.map(({ op, kind }) => `${op} ${kind}`), ["delete rule", "delete route"]);
});

Deno.test("reconcileThings() a route whose gateway changed, is there before the old one goes", () => {
  const [held] = towards(NO_THINGS, [route()]);
  const [, operations] = towards(held, [
    route({ nextHops: [{ gateway: "192.0.2.2", device: 2 }] }),
  ]);
  assert.deepEqual(operations.map(({ op }) => op), ["add", "delete"]);
});

Deno.test("thingsApplied() an addition that failed, is tried again with growing pauses", () => {
  const [ordered, operations] = towards(NO_THINGS, [route()]);
  const [failed, failures] = thingsApplied(ordered, { operations, errnos: [101] }, 0);
  assert.deepEqual(failures.map(({ errno, lost }) => [errno, lost]), [[101, false]]);
  assert.equal(nextThingDeadline(failed), 1 * SECOND);
  assert.deepEqual(towards(failed, [route()])[1], [], "it waits");
  const [due, keys] = thingsDue(failed, SECOND);
  assert.deepEqual(keys, [thingKey(route())]);
  const [again, more] = towards(due, [route()]);
  assert.equal(more.length, 1);
  const [worse] = thingsApplied(again, { operations: more, errnos: [101] }, SECOND);
  assert.equal(nextThingDeadline(worse), 3 * SECOND);
  const [twice, most] = towards(thingsDue(worse, 3 * SECOND)[0], [route()]);
  const [mended] = thingsApplied(twice, { operations: most, errnos: [0] }, 3 * SECOND);
  assert.equal(nextThingDeadline(mended), undefined);
});

Deno.test("thingsApplied() a deletion that failed, is still ours", () => {
  const [added, adding] = towards(NO_THINGS, [rule(1)]);
  const [held] = thingsApplied(added, { operations: adding, errnos: [0] }, 0);
  const [ordered, operations] = towards(held, []);
  const [failed] = thingsApplied(ordered, { operations, errnos: [1] }, 0);
  const [, again] = towards(thingsDue(failed, SECOND)[0], []);
  assert.deepEqual(again.map(({ op }) => op), ["delete"]);
});

Deno.test("thingsApplied() of two additions of one thing the first failed, goes by the second", () => {
  const [first, operations] = towards(NO_THINGS, [route()]);
  const [taken] = thingsTaken(first, [thingKey(route())], 0);
  const [second, again] = towards(taken, [route()]);
  const [one, failures] = thingsApplied(second, { operations, errnos: [22] }, 0);
  assert.deepEqual(failures, []);
  const [two] = thingsApplied(one, { operations: again, errnos: [0] }, 0);
  assert.equal(sortedEntries(two.held).length, 1);
  assert.equal(nextThingDeadline(two), undefined);
});

Deno.test("thingsTaken() ten times in a second, puts back at once, then waits", () => {
  const key = thingKey(rule(1));
  let [table] = towards(NO_THINGS, [rule(1)]);
  for (let times = 1; times <= 11; times++) {
    const [taken, again] = thingsTaken(table, [key], times * 1_000);
    assert.deepEqual(again, times <= 10 ? [key] : []);
    [table] = towards(taken, [rule(1)]);
  }
  assert.equal(nextThingDeadline(table), 11_000 + SECOND);
});
