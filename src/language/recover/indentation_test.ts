import assert from "node:assert/strict";
import { linesOf } from "../fixture.ts";
import { disagreementOf } from "./indentation.ts";
import { placeAt } from "../findings/place.ts";

/** Rule, text, line numbers of blocks without an end, of ends without a block. */
const CASES: readonly (readonly [string, string, readonly number[], readonly number[]])[] = [
  ["agrees", "a {\n  b { c }\n  d {\n    e\n  }\n}\nf\n{\n  g\n}\n", [], []],
  ["of an inner block without its }", "a {\n  b {\n    c\n  d\n}\n", [2], []],
  ["of the last block without its }", "a {\n  b {\n    c\n  }\n", [1], []],
  ["of a block before the next one", "a {\n  b\nc {\n  d\n}\n", [1], []],
  ["of a } too many", "a {\n  b\n  }\n  c\n}\n", [], [3]],
  ["of text without indentation", "a {\nb {\nc\n}\n}\n", [1, 2], [4, 5]],
];

for (const [name, text, unclosed, extra] of CASES) {
  Deno.test(`disagreementOf() ${name}, gives their lines`, () => {
    const found = disagreementOf(linesOf(text).lines);
    assert.deepEqual(found.unclosed.map((line) => placeAt(line, 0).line), unclosed);
    assert.deepEqual(found.extra.map((line) => placeAt(line, 0).line), extra);
  });
}
