import assert from "node:assert/strict";
import { collector, linesOf } from "../fixture.ts";
import { lineAt } from "../findings/place.ts";
import { physicalLine } from "./lines.ts";
import { decodeText, encodeText } from "./text.ts";

Deno.test("lines: CR before LF, is removed (grammar §1.1)", () => {
  assert.deepEqual(linesOf("a 1\r\nb 2\r\n").texts, ["a 1", "b 2"]);
});

Deno.test("lines: no newline at the end, is read", () => {
  assert.deepEqual(linesOf("a 1\nb 2").texts, ["a 1", "b 2"]);
});

Deno.test("lines: 1023 bytes, are one line; 1024 lose their first 1023 (grammar §1.1)", () => {
  assert.deepEqual(linesOf("x".repeat(1023)).texts, ["x".repeat(1023)]);
  const { texts, found, lines } = linesOf(`${"x".repeat(1023)}rest\n`);
  assert.deepEqual(texts, ["rest"]);
  assert.deepEqual(found, ["1:1 line-too-long"]);
  assert.deepEqual([lines[0]?.file, lines[0]?.line, lines[0]?.column], ["main.conf", 1, 1024]);
});

Deno.test("lines: the limit, counts bytes and not characters", () => {
  assert.deepEqual(linesOf(`! ${"é".repeat(510)}\n`).found, []);
  assert.deepEqual(linesOf(`! ${"é".repeat(512)}\n`).found, ["1:1 line-too-long"]);
});

Deno.test("lines: several times too long, is told once, and what is read of it is its end", () => {
  const { report, found } = collector();
  const line = lineAt({ file: "a.conf", line: 7, column: 1 }, `${"é".repeat(3_000)} end`);
  const read = physicalLine(line, report);
  // 511 characters of two bytes fit into 1023.
  assert.equal(read?.text, `${"é".repeat(3_000 - 5 * 511)} end`);
  assert.deepEqual(found.map(({ column, length, message }) => [column, length, message]), [[
    1,
    5 * 511,
    "Cannot read a line of more than 1023 bytes: its first 5110 bytes are left out",
  ]]);
});

Deno.test("lines: a NUL, drops the line with a finding (grammar §1.1)", () => {
  const { texts, found } = linesOf("a 1\nb\0 2\nc 3\n");
  assert.deepEqual(texts, ["a 1", "c 3"]);
  assert.deepEqual(found, ["2:1 nul-in-line"]);
});

for (
  const [input, text] of [
    ["a 1 # comment", "a 1"],
    ["a 1! comment", "a 1"],
    ["a#b", "a"],
    ['a "x # y" # z', 'a "x # y"'],
    ['a "x ! y"', 'a "x ! y"'],
    ["\t a\tb \t", "a\tb"],
    ["a 'x # y'", "a 'x"],
  ] as const
) {
  Deno.test(`lines: ${JSON.stringify(input)}, is ${JSON.stringify(text)} (grammar §2)`, () => {
    assert.deepEqual(linesOf(input).texts, [text]);
  });
}

Deno.test("lines: only a comment or blanks, is no line", () => {
  assert.deepEqual(linesOf("# a\n! b\n\t\n\n").texts, []);
});

Deno.test("lines: an escaped comment character, is kept and told, for keepalived loses it (grammar §2)", () => {
  const { texts, found } = linesOf("auth_pass ab\\#c");
  assert.deepEqual(texts, ["auth_pass ab#c"]);
  assert.deepEqual(found, ["1:13 escaped-comment"]);
});

Deno.test("lines: an unbalanced quote, is told where it begins (grammar §2)", () => {
  const { texts, found } = linesOf('a "b # c\nd 1\n');
  assert.deepEqual(texts, ['a "b # c', "d 1"]);
  assert.deepEqual(found, ["1:3 unterminated-quote"]);
});

Deno.test("decodeText() bytes that are no UTF-8, encode back to the same", () => {
  const bytes = Uint8Array.of(
    0x61,
    0xe9,
    0x62,
    0xff,
    0xc3,
    0xa9,
    0xf0,
    0x9f,
    0x98,
    0x80,
    0xed,
    0xa0,
    0x80,
  );
  assert.deepEqual([...encodeText(decodeText(bytes))], [...bytes]);
});
