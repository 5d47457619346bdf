import assert from "node:assert/strict";
import fc from "fast-check";
import { linesOf } from "../fixture.ts";
import { plainParts } from "./plain_lines.ts";

/** Texts of one line in which everything that can be special comes up often. */
const rawLines = fc.array(
  fc.constantFrom(
    ...'ab \t"#!\\{}$@~=()',
    "include",
    "é",
    "\0",
    "$A",
    "weight 1",
    "x".repeat(200),
  ),
  { maxLength: 12 },
).map((parts) => parts.join(""));

Deno.test("plainParts() of any line, are what the general way gives, without a finding", () => {
  let plain = 0;
  fc.assert(
    fc.property(rawLines, (raw) => {
      const parts = plainParts(new Map(), raw);
      if (parts === undefined) return;
      plain++;
      // A condition that holds takes the general way.
      const { lines, found } = linesOf(`@me ${raw}`, { configId: "me" });
      assert.deepEqual(
        lines.map(({ column, text }) => [column - "@me ".length, text]),
        parts.map(({ column, text }) => [column, text]),
      );
      assert.deepEqual(found, []);
    }),
    { numRuns: 2000 },
  );
  assert.ok(plain > 200, `${plain} of 2000 lines were plain`);
});

for (
  const [raw, texts] of [
    ["  weight 1  # comment", ["weight 1"]],
    ["real_server 192.0.2.1 80 {", ["real_server 192.0.2.1 80", "{"]],
    ["a { b } c", ["a", "{", "b", "}", "c"]],
    ['script "/bin/a {b}"', ['script "/bin/a {b}"']],
    ["", []],
    ["$A=1", undefined],
    ["x $A", undefined],
    ["@id x", undefined],
    ["~SEQ(a, 2) x", undefined],
    ["include x", undefined],
    ['x "open', undefined],
    ["x \\# y", undefined],
    ["x\0", undefined],
    ["x".repeat(342), undefined],
  ] as const
) {
  Deno.test(`plainParts() of ${JSON.stringify(raw.slice(0, 30))}, gives ${texts ?? "nothing"}`, () => {
    const known = new Map();
    for (const _again of [1, 2]) {
      assert.deepEqual(plainParts(known, raw)?.map(({ text }) => text), texts);
    }
  });
}

Deno.test("a repeated line, keeps its own number and the file it was included from", () => {
  const { lines } = linesOf({
    "/etc/k/main.conf": "same 1\n  same 1\ninclude more.conf\n",
    "/etc/k/more.conf": "\n\nsame 1\n",
  });
  assert.deepEqual(
    lines.map(({ file, line, column, via }) => [file, line, column, via?.line]),
    [["main.conf", 1, 1, undefined], ["main.conf", 2, 3, undefined], ["/etc/k/more.conf", 3, 1, 3]],
  );
});
