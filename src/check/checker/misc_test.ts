import assert from "node:assert/strict";
import { judgeMisc } from "./misc.ts";
import type { Verdict } from "./verdict.ts";

const ROWS: readonly (readonly [boolean, number | undefined, Verdict])[] = [
  [false, 0, { good: true }],
  [false, 1, { good: false, why: "exit code 1" }],
  [false, 12, { good: false, why: "exit code 12" }],
  [true, 0, { good: true }],
  [true, 1, { good: false, why: "exit code 1" }],
  [true, 2, { good: true, weight: 0 }],
  [true, 255, { good: true, weight: 253 }],
  [true, undefined, { good: false, why: "ended by a signal or its timeout" }],
  [false, undefined, { good: false, why: "ended by a signal or its timeout" }],
];

for (const [dynamic, code, verdict] of ROWS) {
  const name = dynamic ? "misc_dynamic" : "without misc_dynamic";
  Deno.test(`judgeMisc() ${name}, code ${code}, is ${verdict.good ? "good" : "bad"}`, () => {
    assert.deepEqual(judgeMisc(dynamic, code), verdict);
  });
}
