import assert from "node:assert/strict";
import { deadCitations, deadFiles } from "./check_citations.ts";

const DOCUMENTS = new Map([
  ["docs/spec/grammar.md", "# Rules\n\n## 4. Definitions\n\n### 4.1 Names\n"],
  ["docs/spec/cli.tsv", "script\tnotify at exit\ttext\n"],
  ["docs/CHECK.md", "# holdfast check\n"],
]);

const CASES = [
  ["// grammar.md §4", []],
  ["// grammar.md §4 and §4.1", []],
  ["// (grammar.md §5)", ["a.ts:1: Cannot cite grammar.md §5: it has no such section"]],
  ["// grammar.md §4 and §7", ["a.ts:1: Cannot cite grammar.md §7: it has no such section"]],
  ['// cli.tsv "notify at exit"', []],
  ['// cli.tsv "at exit"', ['a.ts:1: Cannot cite cli.tsv "at exit": it has no such entry']],
  ["// docs/CHECK.md says how", []],
  ["// docs/LINT.md says how", ["a.ts:1: Cannot cite docs/LINT.md: there is no such file"]],
  ["// NOTHING.md says how", ["a.ts:1: Cannot cite NOTHING.md: there is no such file"]],
  ['const name = "notes.md";', []],
] as const;

for (const [text, dead] of CASES) {
  Deno.test(`deadCitations() ${text}, gives ${dead.length}`, () => {
    assert.deepEqual(deadCitations({ path: "a.ts", text }, DOCUMENTS), dead);
  });
}

Deno.test("deadFiles() a document that names a file by the end of its path, gives those that are not there", () => {
  const text = "The loop (`daemon/loop.ts`) and `oop.ts`.\nProved by `loop_test.ts`.\n";
  assert.deepEqual(deadFiles({ path: "docs/A.md", text }, ["src/daemon/loop.ts", "mod.ts"]), [
    "docs/A.md:1: Cannot name oop.ts: there is no such file",
    "docs/A.md:2: Cannot name loop_test.ts: there is no such file",
  ]);
});
