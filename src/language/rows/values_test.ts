import assert from "node:assert/strict";
import { collector } from "../fixture.ts";
import { lineAt } from "../findings/place.ts";
import type { Args } from "./table.ts";
import {
  networkOf,
  readAddress,
  readBoolean,
  readInteger,
  readMulticast,
  readTime,
} from "./values.ts";
import { splitWords } from "../source/words.ts";

/** Reads the words after a keyword. */
function reading<V>(text: string, read: (args: Args) => V): readonly [V, readonly string[]] {
  const { report, found } = collector();
  const line = lineAt({ file: "x", line: 1, column: 1 }, `keyword ${text}`);
  const value = read({ line, words: splitWords(line.text), at: 1, name: "keyword", report });
  return [value, found.map(({ code }) => code)];
}

/** As keepalived 2.2.7 -t judged them; but a number with junk is used, as in a normal start. */
for (
  const [text, value, found] of [
    ["5", 5, []],
    ["+5", 5, []],
    ["05", 5, []],
    ['" 5"', 5, []],
    ["-5", undefined, ["not-a-number"]],
    ["0x5", undefined, ["out-of-range"]],
    ["5.0", 5, ["not-a-number"]],
    ["101", undefined, ["out-of-range"]],
    ["99999999999999999999", undefined, ["out-of-range"]],
    ["x", undefined, ["not-a-number"]],
    ["", undefined, ["missing-word"]],
  ] as const
) {
  Deno.test(`readInteger() "${text}" within 1 to 100, is ${value} (grammar §11)`, () => {
    assert.deepEqual(reading(text, (args) => readInteger(args, { min: 1, max: 100 })), [
      value,
      found,
    ]);
  });
}

for (
  const [text, value, found] of [
    ["1", 1_000_000, []],
    ["1.5", 1_500_000, []],
    ["1.", 1_000_000, []],
    [".5", 500_000, []],
    ["+1", 1_000_000, []],
    ["01.5", 1_500_000, []],
    ['" 1"', 1_000_000, []],
    ["1.0000004", 1_000_000, ["rounded"]],
    ["1.230000000", 1_230_000, ["rounded"]],
    ["-1", undefined, ["not-a-number"]],
    ["1e0", undefined, ["not-a-number"]],
    ["0x1", undefined, ["not-a-number"]],
    ["1.5.2", undefined, ["not-a-number"]],
    ["1,5", undefined, ["not-a-number"]],
    [".", undefined, ["not-a-number"]],
    ["255.1", undefined, ["out-of-range"]],
    ["0.001", undefined, ["out-of-range"]],
  ] as const
) {
  Deno.test(`readTime() "${text}" within 0.01 to 255 s, is ${value} µs (grammar §11)`, () => {
    const options = { min: 0.01, max: 255, unit: 1_000_000, places: 6 };
    assert.deepEqual(reading(text, (args) => readTime(args, options)), [value, found]);
  });
}

for (
  const [text, value] of [
    ["on", true],
    ["true", true],
    ["yes", true],
    ["off", false],
    ["false", false],
    ["no", false],
    ["", true],
    ["On", undefined],
    ["1", undefined],
  ] as const
) {
  Deno.test(`readBoolean() "${text}", is ${value} (grammar §11)`, () => {
    assert.deepEqual(reading(text, readBoolean), [
      value,
      value === undefined ? ["not-a-boolean"] : [],
    ]);
  });
}

for (
  const [text, value, found] of [
    ["10.0.0.1", { address: "10.0.0.1", prefixLength: undefined }, []],
    ["10.0.0.1/", { address: "10.0.0.1", prefixLength: undefined }, []],
    ["10.0.0.1/24", { address: "10.0.0.1", prefixLength: 24 }, []],
    ["10.0.0.1/33", { address: "10.0.0.1", prefixLength: 32 }, ["out-of-range"]],
    ["10.0.0.1/24x", { address: "10.0.0.1", prefixLength: 32 }, ["out-of-range"]],
    ["2001:DB8::1/64", { address: "2001:db8::1", prefixLength: 64 }, []],
    ["10.0.0.01", undefined, ["not-an-address"]],
    ["10.0.0", undefined, ["not-an-address"]],
    ["10.0.0.1/24/24", undefined, ["not-an-address"]],
  ] as const
) {
  Deno.test(`networkOf() ${text}, is ${JSON.stringify(value)}`, () => {
    const read = (args: Args) => {
      const word = args.words[1];
      return word && networkOf(args, word);
    };
    assert.deepEqual(reading(text, read), [value, found]);
  });
}

Deno.test("readAddress() and readMulticast() refuse other families and unicast", () => {
  assert.deepEqual(reading("::1", (args) => readAddress(args, "inet")), [undefined, [
    "not-an-address",
  ]]);
  assert.deepEqual(reading("224.0.0.18", readMulticast), ["224.0.0.18", []]);
  assert.deepEqual(reading("10.0.0.1", readMulticast), [undefined, ["not-an-address"]]);
});
