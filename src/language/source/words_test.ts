import assert from "node:assert/strict";
import fc from "fast-check";
import { splitShell, splitWords } from "./words.ts";
import { nearest } from "../findings/suggest.ts";

for (
  const [text, expected] of [
    ["a  b\tc", ["a", "b", "c"]],
    ["a\fb\v c\rd\f", ["a", "b", "c", "d"]],
    ["\f\v", []],
    ['a "b c" d', ["a", "b c", "d"]],
    ['a"b c"d', ["a", "b c", "d"]],
    ['a ""', ["a", ""]],
    ["a 'b c'", ["a", "'b", "c'"]],
    ['a "b c', ["a"]],
    ['a "b\\" c"', ["a", "b\\", "c"]],
  ] as const
) {
  Deno.test(`splitWords() ${text}, is ${JSON.stringify(expected)} (grammar §10)`, () => {
    assert.deepEqual(splitWords(text).map((word) => word.text), expected);
  });
}

Deno.test("splitWords() knows where each word stands, quotes included", () => {
  assert.deepEqual(splitWords('ab "c d"'), [
    { text: "ab", start: 0, end: 2, quoted: false },
    { text: "c d", start: 3, end: 8, quoted: true },
  ]);
});

for (
  const [text, expected] of [
    [`a'b c'"d e"f`, ["ab cd ef"]],
    ["\\a\\b\\E\\f\\n\\r\\t\\v", ["\x07\b\x1b\f\n\r\t\v"]],
    ["\\101\\x42\\x4\\cA\\q", ["AB\x04\x01q"]],
    ["a\\ b\fc", ["a b", "c"]],
    [`"a\\"b" '\\''`, [`a"b`, "'"]],
    ["''", [""]],
  ] as const
) {
  Deno.test(`splitShell() ${text}, is ${JSON.stringify(expected)} (grammar §10)`, () => {
    assert.deepEqual(splitShell(text).words.map((word) => word.text), expected);
  });
}

Deno.test("splitShell() a quote without end, is not ok", () => {
  assert.equal(splitShell(`a "b`).ok, false);
  assert.equal(splitShell("a 'b").ok, false);
});

Deno.test("splitWords() and splitShell() any text, never throw and keep order", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    for (const words of [splitWords(text), splitShell(text).words]) {
      let end = 0;
      for (const word of words) {
        assert.ok(word.start >= end && word.end > word.start && word.end <= text.length);
        end = word.end;
      }
    }
  }));
});

const KNOWN = [
  "priority",
  "preempt_delay",
  "lvs_sync_daemon_interface",
  "auth_pass",
  "lb_kind",
  "retry",
];

for (
  const [word, expected] of [
    ["lvs_sync_daemon_inteface", "lvs_sync_daemon_interface"],
    ["prioirty", "priority"],
    ["lb-kind", "lb_kind"],
    ["autp_pass", "auth_pass"],
    ["Retry", "retry"],
    ["nat_mask", undefined],
    ["x", undefined],
    ["", undefined],
  ] as const
) {
  Deno.test(`nearest() "${word}", is ${expected}`, () =>
    assert.equal(nearest(word, KNOWN), expected));
}
