import assert from "node:assert/strict";
import { includesOf, piecesOf, segmentAt } from "./pieces.ts";

const short = (text: string) =>
  piecesOf(text).map((piece) => {
    switch (piece.kind) {
      case "text":
        return piece.line.text;
      case "open":
        return "{";
      case "close":
        return "}";
      case "include":
        return `include<${piece.include.pattern}>`;
      case "definition":
        return `$${piece.name}=${piece.value.join("⏎")}`;
    }
  });

const TEXTS: readonly (readonly [string, string, readonly string[]])[] = [
  ["braces on one line", "a b { c } d{", ["a b", "{", "c", "}", "d", "{"]],
  ["brace in quotes", 'a "{" b', ['a "{" b']],
  ["brace after a quote without end", 'a "{ b', ['a "{ b']],
  ["brace in a comment", "a # {\n!{\nb", ["a", "b"]],
  ["reference with braces", "a ${B} { ${C}", ["a ${B}", "{", "${C}"]],
  ["condition before a keyword", "@node1 a b\n@^node1 include x", ["a b", "include<x>"]],
  ["definition", "$A= b c # d", ["$A=b c"]],
  ["definition of several lines", "$A = x\n$A=b \\\nc {\\\n}\nd", ["$A = x", "$A=b⏎c {⏎}", "d"]],
  ["definition ended by an empty line", "$A=b \\\n\nd", ["$A=b", "d"]],
  ["sequence", "~SEQ(i, 1, 3) a$i {", ["$i=~SEQ(i, 1, 3)", "a$i", "{"]],
  ["list of tuples", "~LST({a, b}, {1, 2}) $c=$a", [
    "$a=~LST({a, b}, {1, 2})",
    "$b=~LST({a, b}, {1, 2})",
    "$c=$a",
  ]],
];

for (const [name, text, expected] of TEXTS) {
  Deno.test(`piecesOf() ${name}, is cut as it is read (grammar.md §1)`, () =>
    assert.deepEqual(short(text), expected));
}

Deno.test("includesOf() directives with and without quotes, gives the pattern's range", () => {
  const [plain, quoted] = includesOf('include a/*.conf # all\n  includer "b c"\n');
  assert.deepEqual(plain?.range, {
    start: { line: 0, character: 8 },
    end: { line: 0, character: 16 },
  });
  assert.equal(quoted?.include.pattern, "b c");
  assert.deepEqual(quoted?.range.start, { line: 1, character: 11 });
});

const SEGMENTS: readonly (readonly [string, string | undefined, number?])[] = [
  ["  state MA", "state MA", 2],
  ["vrrp_instance A { sta", "sta", 18],
  ["a { b } ", "", 8],
  ["@node1 sta", "sta", 7],
  ["~SEQ(i, 1, 3) sta", "sta", 14],
  ["a ${B} c", "a ${B} c", 0],
  ["a # comm", undefined],
  ['a "# b', 'a "# b', 0],
  ["a \\# b", "a \\# b", 0],
  ["include {a,b", "include {a,b", 0],
];

for (const [before, text, start] of SEGMENTS) {
  Deno.test(`segmentAt() after ${JSON.stringify(before)}, gives the statement being written`, () =>
    assert.deepEqual(segmentAt(before), text === undefined ? undefined : { text, start }));
}
