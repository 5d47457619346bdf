import assert from "node:assert/strict";
import fc from "fast-check";
import { numberIn } from "./file.ts";

/** As keepalived 2.2.7 reads them. */
const ROWS: readonly (readonly [content: string | undefined, number: number | undefined])[] = [
  ["5\n", 5],
  [" 7\n", 7],
  ["+4", 4],
  ["-300", -300],
  ["5 abc", 5],
  ["5.5", 5],
  ["abc", 0],
  ["", 0],
  [undefined, 0],
  ["0x10", 16],
  ["010", 8],
  ["08", 0],
  ["2147483647", 2_147_483_647],
  ["-2147483648", -2_147_483_648],
  ["2147483648", undefined],
  ["99999999999", undefined],
];

for (const [content, number] of ROWS) {
  Deno.test(`numberIn() of ${JSON.stringify(content)}, is ${number}`, () => {
    assert.equal(numberIn(content), number);
  });
}

Deno.test("numberIn() of any text, is a number of C or none and never throws", () => {
  fc.assert(fc.property(fc.string(), (content) => {
    const number = numberIn(content);
    assert.ok(number === undefined || (Number.isInteger(number) && Math.abs(number) <= 2 ** 31));
  }));
});
