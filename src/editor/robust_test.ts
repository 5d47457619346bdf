import assert from "node:assert/strict";
import * as fc from "fast-check";
import { memoryFiles } from "../language/source/source.ts";
import { actionsFor } from "./actions.ts";
import { completionsAt } from "./complete/completion.ts";
import { definitionAt } from "./places/definition.ts";
import { diagnose } from "./diagnostics.ts";
import { formattingOf } from "./formatting.ts";
import { hoverAt } from "./hover.ts";
import { endOf, isBefore, type Range } from "./text/range.ts";
import { renamableAt, renameAt } from "./places/rename.ts";
import { type DocumentSymbol, symbolsOf } from "./places/symbols.ts";
import { viewOf } from "./text/view.ts";

const MAIN = "/etc/keepalived/keepalived.conf";

/** What configurations are made of, in any order. */
const WORDS = [
  "vrrp_instance",
  "vrrp_script",
  "virtual_server",
  "track_script",
  "virtual_ipaddress",
  "group",
  "state",
  "priority",
  "include",
  "a.conf",
  "A",
  "$A",
  "$A=",
  "${A}",
  "${",
  "~SEQ(i, 1, 3)",
  "@x",
  "{",
  "}",
  '"',
  "\\",
  "#",
  "!",
  "\n",
  "\r",
  "\r\n",
  " ",
  "\t",
  "\0",
  "é",
  "𝄞",
  "\ud800",
  "lb_algo",
  "real_server",
  "1",
  "192.0.2.1",
  "dev",
  "weight",
  "auth_pass",
] as const;

const anyText = fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map((words) =>
  words.map((word, index) => index % 3 === 0 ? word : `${word} `).join("")
);

function assertInside({ start, end }: Range, text: string): void {
  const last = endOf(text);
  assert(!isBefore(end, start), "ends before it starts");
  assert(end.line <= last.line, "ends after the text");
  assert(start.character >= 0 && Number.isSafeInteger(end.character));
}

Deno.test("answers for editors, any text and position, never throw and stay inside the text", () => {
  fc.assert(
    fc.property(anyText, anyText, fc.nat(20), fc.nat(60), (text, other, line, character) => {
      const files = memoryFiles({ [MAIN]: text, "/etc/keepalived/a.conf": other });
      const at = { line, character };
      for (const path of [MAIN, "/etc/keepalived/a.conf"]) {
        const view = viewOf(path, { files, open: [MAIN] });
        assert(view !== undefined);
        for (const { range } of completionsAt(view, at)) assert.equal(range.start.line, line);
        const hover = hoverAt(view, at);
        if (hover !== undefined) assertInside(hover.range, view.text);
        const targets = definitionAt(view, at);
        if (targets !== undefined) assertInside(targets.range, view.text);
        const check = ({ range, selection, children }: DocumentSymbol): void => {
          assertInside(range, view.text);
          assertInside(selection, view.text);
          assert(!isBefore(selection.start, range.start) && !isBefore(range.end, selection.end));
          children.forEach(check);
        };
        symbolsOf(view).forEach(check);
        const renamable = renamableAt(view, at);
        if (renamable !== undefined) assertInside(renamable.range, view.text);
        const renaming = renameAt(view, at, "other");
        for (const [file, edits] of renaming.kind === "edits" ? renaming.edits : []) {
          const own = view.project.texts().get(file) ?? "";
          for (const { range } of edits) assertInside(range, own);
        }
        for (const { range } of formattingOf(view.text, path)) assertInside(range, view.text);
      }
      for (const [path, list] of diagnose(MAIN, files).findings) {
        for (const { range } of list) assert(!isBefore(range.end, range.start));
        const all = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
        const own = path === MAIN ? text : other;
        for (const { edits } of actionsFor(own, list, all)) {
          for (const { range } of edits) assert(!isBefore(range.end, range.start));
        }
      }
    }),
    { numRuns: 1_000 },
  );
});
