import assert from "node:assert/strict";
import fc from "fast-check";
import { goldenBases } from "./bases.ts";
import { readInput } from "./fuzz_check.ts";
import { fuzzInput } from "./fuzz_input.ts";

const [FIRST = "", ...OTHERS] = goldenBases().flatMap(({ files }) => Object.values(files));

Deno.test("readConfig() any golden case with bytes changed, never throws, tells in order and in place, keeps secrets", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const input = fuzzInput(seed, [FIRST, ...OTHERS], 16_384);
      assert.deepEqual(readInput(input, () => 0).wrong, []);
    }),
    { numRuns: 150 },
  );
});

Deno.test("readConfig() any bytes, never throws, tells in order and in place", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
      assert.deepEqual(readInput(bytes, () => 0).wrong, []);
    }),
    { numRuns: 150 },
  );
});

Deno.test("readInput() a throw, would be told", () => {
  assert.deepEqual(readInput(new TextEncoder().encode("vrrp_instance {\n"), () => 0).wrong, []);
  const clock = () => {
    throw new RangeError("no clock");
  };
  assert.match(readInput(new Uint8Array(), clock).wrong.join(), /thrown: RangeError: no clock/);
});

Deno.test("fuzzInput() one seed, gives the same bytes", () => {
  assert.deepEqual(
    fuzzInput(7, [FIRST, ...OTHERS], 4096),
    fuzzInput(7, [FIRST, ...OTHERS], 4096),
  );
});
