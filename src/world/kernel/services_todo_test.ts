import assert from "node:assert/strict";
import fc from "fast-check";
import type { ServerChange } from "../../lvs/mod.ts";
import { nextSlice, type ServicesTodo, withTodo } from "./services_todo.ts";

const changes: fc.Arbitrary<readonly ServerChange[]> = fc.array(
  fc.record({ virtualServer: fc.nat(999), realServer: fc.nat(3) }),
  { maxLength: 700 },
);

/** All slices, one after another. */
function slices(todo: ServicesTodo, count: number) {
  const all = [];
  for (let rest = todo; rest !== undefined;) {
    const slice = nextSlice(rest, count);
    all.push(slice);
    rest = slice.rest;
  }
  return all;
}

Deno.test("nextSlice() of many changes, gives each once, in order, and few at a time", () => {
  fc.assert(fc.property(changes, changes, (first, later) => {
    const todo = withTodo(withTodo(undefined, first), later);
    const taken = slices(todo, 1_000);
    assert.deepEqual(taken.flatMap((slice) => slice.changes), [...first, ...later]);
    assert.ok(taken.every((slice) => slice.changes.length <= 200 && !slice.clean));
  }));
});

Deno.test("nextSlice() of everything, gives every virtual server, and cleans once at the beginning", () => {
  fc.assert(fc.property(fc.nat(1_000), (count) => {
    const taken = slices(withTodo(undefined, "all"), count);
    const seen = taken.flatMap((slice) => slice.changes.map(({ virtualServer }) => virtualServer));
    assert.deepEqual(seen, Array.from({ length: count }, (_, at) => at));
    assert.deepEqual(taken.map(({ clean }) => clean), taken.map((_, at) => at === 0));
  }));
});

Deno.test("nextSlice() of changes amid everything, gives them first, and everything all the same", () => {
  fc.assert(fc.property(changes, (some) => {
    const { rest } = nextSlice({ from: 0, some: [], taken: 0, more: undefined }, 1_000);
    const taken = slices(withTodo(rest, some), 1_000);
    const seen = taken.flatMap((slice) => slice.changes);
    assert.deepEqual(seen.slice(0, some.length), some);
    const after = seen.slice(some.length).map(({ virtualServer }) => virtualServer);
    assert.deepEqual(after, Array.from({ length: 800 }, (_, at) => 200 + at));
  }));
});

Deno.test("withTodo() everything again, begins anew, whatever was left", () => {
  const half = nextSlice({ from: 0, some: [], taken: 0, more: undefined }, 1_000).rest;
  const again = withTodo(withTodo(half, [{ virtualServer: 3 }]), "all");
  assert.deepEqual(again, { from: 0, some: [], taken: 0, more: undefined });
  assert.equal(withTodo(again, [{ virtualServer: 3 }]), again);
});
