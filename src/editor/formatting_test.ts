import assert from "node:assert/strict";
import * as fc from "fast-check";
import { editsBetween, formattingOf, type TextEdit } from "./formatting.ts";
import type { Position } from "./text/range.ts";

const PATH = "/etc/keepalived/keepalived.conf";

function apply(text: string, edits: readonly TextEdit[]): string {
  const starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  const offset = ({ line, character }: Position) => (starts[line] ?? text.length) + character;
  return edits.reduce(
    (before, { range: { start, end }, text }) =>
      before.slice(0, offset(start)) + text + before.slice(offset(end)),
    text,
  );
}

Deno.test("formattingOf() one line out of place, edits that line only", () => {
  const text = "global_defs {\n        router_id a\n    vrrp_strict\n}\n";
  const edits = formattingOf(text, PATH);
  assert.deepEqual(edits.map(({ range }) => range), [{
    start: { line: 1, character: 0 },
    end: { line: 2, character: 0 },
  }]);
  assert.equal(apply(text, edits), "global_defs {\n    router_id a\n    vrrp_strict\n}\n");
});

Deno.test("formattingOf() text with a brace missing, leaves it alone", () =>
  assert.deepEqual(formattingOf("global_defs {\n        router_id a\n", PATH), []));

Deno.test("editsBetween() any two texts, makes one of the other", () => {
  const text = fc.array(fc.constantFrom("a", "b", "\n", "\r\n", "𝄞")).map((parts) =>
    parts.join("")
  );
  fc.assert(fc.property(text, text, (from, to) => {
    const edits = editsBetween(from, to);
    assert.equal(apply(from, edits), to);
    assert(edits.length === 0 || from !== to);
  }));
});
