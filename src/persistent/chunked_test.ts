import assert from "node:assert/strict";
import fc from "fast-check";
import { chunkedFrom, elementAt, elementsOf, withElement } from "./chunked.ts";

Deno.test("withElement() of any array, changes that element and nothing else", () => {
  const lengths = fc.integer({ min: 1, max: 400 });
  fc.assert(fc.property(lengths, fc.nat(), (length, seed) => {
    const elements = Array.from({ length }, (_, index) => index);
    const array = chunkedFrom(elements);
    const at = seed % length;
    const changed = withElement(array, at, -1);
    assert.deepEqual(elementsOf(array), elements);
    assert.deepEqual(elementsOf(changed), elements.with(at, -1));
    assert.equal(elementAt(changed, at), -1);
    assert.equal(elementAt(array, length), undefined);
  }));
});

Deno.test("withElement() outside, throws with index and length", () => {
  assert.throws(() => withElement(chunkedFrom([1, 2]), 2, 3), /element 2: there are 2/);
});
