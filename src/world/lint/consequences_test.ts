import assert from "node:assert/strict";
import { type Diagnostic, exitStatus, memoryFiles } from "../../config/mod.ts";
import { readBound } from "../config.ts";
import { withoutConsequences } from "./consequences.ts";
import { damageOf } from "./damage.ts";
import { instanceText, lintLines } from "./fixtures.ts";

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
