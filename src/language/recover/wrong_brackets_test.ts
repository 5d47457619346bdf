import assert from "node:assert/strict";
import { collector, linesOf } from "../fixture.ts";
import { withBraces } from "./wrong_brackets.ts";

/** Rule, text, lines, findings. */
const CASES: readonly (readonly [string, string, string, readonly string[]])[] = [
  ["good braces, changes nothing", "a {\n b\n}\n", "a|{|b|}", []],
  [") for }", "a {\n b {\n c\n )\n}\n", "a|{|b|{|c|}|}", ["4:2 missing-close-brace"]],
  ["( for {", "a (\n b\n}\n", "a|{|b|}", ["1:3 missing-open-brace"]],
  ["[ without a blank", "a[\n b\n}\n", "a|{|b|}", ["1:2 missing-open-brace"]],
  ["( in a line of its own", "a\n(\n b\n}\n", "a|{|b|}", ["2:1 missing-open-brace"]],
  [
    "both of one block, tells of the first",
    "a {\n b [\n  c\n ]\n}\n",
    "a|{|b|{|c|}|}",
    ["2:4 missing-open-brace", "4:2 missing-close-brace follows"],
  ],
  [
    "both of two blocks, tells of both",
    "a (\n b\n}\nc {\n d\n)\n",
    "a|{|b|}|c|{|d|}",
    ["1:3 missing-open-brace", "6:1 missing-close-brace"],
  ],
  ["a bracket that no brace is missing for, changes nothing", "a {\n b (\n}\n", "a|{|b (|}", []],
  ["a bracket in quotes, changes nothing", 'a {\n b "x (\n', 'a|{|b "x (', []],
];

for (const [name, text, lines, found] of CASES) {
  Deno.test(`withBraces() of ${name}`, () => {
    const told = collector();
    const read = withBraces(linesOf(text).lines, told.report);
    assert.equal(read.map((line) => line.text).join("|"), lines);
    assert.deepEqual(
      told.found.map(({ line, column, code, follows }) =>
        `${line}:${column} ${code}${follows ? " follows" : ""}`
      ),
      found,
    );
  });
}
