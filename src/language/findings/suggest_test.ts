import assert from "node:assert/strict";
import fc from "fast-check";
import { nearest } from "./suggest.ts";

for (
  const [word, candidates, expected] of [
    ["priorty", ["state", "priority", "prio"], "priority"],
    ["prioirty", ["priority"], "priority"],
    ["advert-int", ["adverts_int", "advert_int"], "advert_int"],
    ["ADVERTINT", ["advert_int"], "advert_int"],
    ["x", ["y", "state"], "y"],
    ["nonsense", ["priority", "state"], undefined],
    ["", ["priority"], undefined],
  ] as const
) {
  Deno.test(`nearest() "${word}" of ${candidates.join(", ")}, is ${expected}`, () =>
    assert.equal(nearest(word, candidates), expected));
}

/** Edits between two words, adjacent letters swapped counting once: as the definition has it. */
function edits(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const [lastA, lastB] = [a.slice(0, -1), b.slice(0, -1)];
  const swapped = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
  return Math.min(
    edits(lastA, b) + 1,
    edits(a, lastB) + 1,
    edits(lastA, lastB) + (a.at(-1) === b.at(-1) ? 0 : 1),
    swapped ? edits(a.slice(0, -2), b.slice(0, -2)) + 1 : Infinity,
  );
}

Deno.test("nearest() any two words, are alike as the number of edits has it", () => {
  const word = fc.array(fc.constantFrom("a", "b", "c", "B", "-", "_", "é", "É", "1"), {
    maxLength: 6,
  }).map((letters) => letters.join(""));
  const bare = (text: string) => text.toLowerCase().replaceAll(/[-_]/g, "");
  fc.assert(fc.property(word, word, (a, b) => {
    const limit = Math.max(1, Math.floor(a.length / 3));
    const alike = Math.abs(a.length - b.length) <= limit &&
      (bare(a) === bare(b) || edits(a.toLowerCase(), b.toLowerCase()) <= limit);
    assert.equal(nearest(a, [b]), alike ? b : undefined);
  }));
});
