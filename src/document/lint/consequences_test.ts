import assert from "node:assert/strict";
import { type Diagnostic, exitStatus, memoryFiles } from "../../config/mod.ts";
import { readBound } from "../config.ts";
import { withoutConsequences } from "./consequences.ts";
import { damageOf } from "./damage.ts";
import { instanceText, lintLines } from "./fixtures.ts";
import { withoutOrphans } from "./orphans.ts";

/** What is kept of the language's findings about a text. */
function kept(text: string): { readonly all: readonly Diagnostic[]; readonly codes: string[] } {
  const own = readBound("own.conf", memoryFiles({ "/own.conf": text }));
  const lines = () => text.split("\n");
  const rest = withoutConsequences(own.diagnostics, { damage: damageOf(own), lines });
  assert.equal(exitStatus(rest), exitStatus(own.diagnostics));
  return { all: own.diagnostics, codes: rest.map(({ code }) => code) };
}

Deno.test("withoutConsequences() of a misspelt keyword, leaves out that it is missing", () => {
  const { all, codes } = kept(instanceText([]).replace("interface", "interfcae"));
  assert.equal(all.length, 2);
  assert.deepEqual(codes, ["unknown-keyword"]);
});

Deno.test("withoutConsequences() keeps what is missing besides", () => {
  const text = instanceText([]).replace("interface", "interfcae").replace(/.*router_id.*\n/, "");
  assert.deepEqual(kept(text).codes.sort(), ["incomplete", "unknown-keyword"]);
});

Deno.test("withoutConsequences() keeps what is missing in another block", () => {
  const text = instanceText([]).replace("interface", "interfcae") +
    instanceText([], "VI_2").replace("  interface eth0\n", "");
  assert.deepEqual(kept(text).codes.sort(), ["incomplete", "unknown-keyword"]);
});

Deno.test("withoutConsequences() keeps a name that nothing bears", () => {
  const text = instanceText(["prioriti 3", "track_script {", "  VI_1", "}"]);
  assert.deepEqual(kept(text).codes.sort(), ["unknown-keyword", "unknown-name"]);
});

Deno.test("pair rules where a value is refused, compare nothing", () => {
  const peer = instanceText(["priority 100"]);
  assert.deepEqual(lintLines(instanceText(["priority 300"]), ["pair-priority"], { peer }), []);
  assert.equal(lintLines(instanceText([]), ["pair-priority"], { peer }).length, 1);
});

Deno.test("withoutOrphans() keeps a typing error and a brace too many, which are two mistakes", () => {
  const { codes } = kept(`${instanceText(["prioriti 90"])}}\n`);
  assert.deepEqual(codes, ["unknown-keyword", "extra-close-brace"]);
});

Deno.test("withoutOrphans() of lines that lost their block, says so at the first", () => {
  const text = "global_defs {\n}\nstate MASTER # } \npriority 3\nauthentication {\n}\n}\n";
  const own = readBound("own.conf", memoryFiles({ "/own.conf": text }));
  const rest = withoutOrphans(own.diagnostics, () => text.split("\n"));
  assert.deepEqual(rest.map(({ line, hint }) => [line, hint]), [
    [3, "the line that opens its block may be missing before it"],
  ]);
});
