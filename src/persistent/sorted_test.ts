import assert from "node:assert/strict";
import fc from "fast-check";
import {
  byNumber,
  byText,
  emptySorted,
  firstOf,
  sizeOf,
  type Sorted,
  sortedEntries,
  sortedFrom,
  sortedValues,
  valueOf,
  withEntries,
  withEntry,
  withoutKey,
} from "./sorted.ts";

const change = fc.record({ key: fc.nat(40), value: fc.option(fc.nat(3), { nil: undefined }) });

Deno.test("withEntry(), withoutKey() in any order, hold what a Map holds, sorted", () => {
  fc.assert(fc.property(fc.array(change, { maxLength: 200 }), fc.nat(45), (changes, from) => {
    let map: Sorted<number, number> = emptySorted(byNumber);
    const model = new Map<number, number>();
    for (const { key, value } of changes) {
      const before = sortedEntries(map);
      const next = value === undefined ? withoutKey(map, key) : withEntry(map, key, value);
      assert.deepEqual(sortedEntries(map), before, "the original is what it was");
      assert.equal(next === map, model.get(key) === value, "the same object for no change");
      map = next;
      if (value === undefined) model.delete(key);
      else model.set(key, value);
      assert.equal(valueOf(map, key), value);
    }
    const wanted = [...model].sort(([a], [b]) => a - b);
    assert.deepEqual(sortedEntries(map), wanted);
    assert.deepEqual(sortedValues(map), wanted.map(([, value]) => value));
    assert.equal(sizeOf(map), model.size);
    assert.deepEqual(firstOf(map), wanted[0]);
    assert.deepEqual(firstOf(map, from), wanted.find(([key]) => key >= from));
    assertBalanced(map);
  }));
});

Deno.test("withEntries(), however many, holds what withEntry() of one after the other does, in balance", () => {
  const entries = fc.array(fc.tuple(fc.nat(400), fc.nat(3)), { maxLength: 300 });
  fc.assert(fc.property(entries, entries, (first, second) => {
    const map = sortedFrom(byNumber, first);
    const before = sortedEntries(map);
    const all = withEntries(map, second);
    const one = second.reduce((so, [key, value]) => withEntry(so, key, value), map);
    assert.deepEqual(sortedEntries(all), sortedEntries(one));
    assert.deepEqual(sortedEntries(map), before, "the original is what it was");
    assert.equal(withEntries(all, sortedEntries(all)), all, "the same object for no change");
    assertBalanced(all);
  }));
});

Deno.test("withEntry() of ascending keys and withoutKey() of them, stays in balance", () => {
  let map: Sorted<number, number> = emptySorted(byNumber);
  for (let key = 0; key < 2_000; key++) map = withEntry(map, key, key);
  assertBalanced(map);
  for (let key = 0; key < 1_500; key++) map = withoutKey(map, key);
  assertBalanced(map);
  assert.equal(firstOf(map)?.[0], 1_500);
});

Deno.test("sortedFrom() texts, of equal keys the last counts", () => {
  const map = sortedFrom(byText, [["b", 1], ["a", 2], ["b", 3]]);
  assert.deepEqual(sortedEntries(map), [["a", 2], ["b", 3]]);
});

Deno.test("withEntry() one of 10,000, makes some twenty nodes and shares the others", () => {
  const map = sortedFrom(byNumber, Array.from({ length: 10_000 }, (_, key) => [key, key] as const));
  const shared = nodesOf(map);
  const fresh = [...nodesOf(withEntry(map, 5_000, 0))].filter((node) => !shared.has(node));
  assert.ok(fresh.length <= 27, `${fresh.length} nodes`);
});

function nodesOf<K, V>(map: Sorted<K, V>): ReadonlySet<unknown> {
  const nodes = new Set<unknown>();
  const visit = (node: Sorted<K, V>["root"]): void => {
    if (node === undefined) return;
    nodes.add(node);
    visit(node.left);
    visit(node.right);
  };
  visit(map.root);
  return nodes;
}

function assertBalanced<K, V>(map: Sorted<K, V>): void {
  const visit = (node: Sorted<K, V>["root"]): number => {
    if (node === undefined) return 0;
    const [left, right] = [visit(node.left), visit(node.right)];
    assert.equal(node.size, left + right + 1);
    assert.ok(left + 1 <= 3 * (right + 1) && right + 1 <= 3 * (left + 1), `${left} and ${right}`);
    return node.size;
  };
  visit(map.root);
}
