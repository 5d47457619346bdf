/** A finding that says what to write is gone when that is written, and nothing else comes instead. */

import assert from "node:assert/strict";
import { type Diagnostic, toldOf } from "../language/mod.ts";
import { GOOD, GOOD_HOST, GOOD_LARGE } from "../../tests/data/good_files.ts";
import { mutantsOf } from "../../tests/data/mutants.ts";
import { allOfText } from "./lint/fixtures.ts";

function told(text: string): readonly Diagnostic[] {
  return toldOf(allOfText(text, GOOD_HOST)).filter(({ severity }) => severity !== "info");
}

/** The text with every fix written. */
function mended(text: string): { readonly text: string; readonly fixes: number } {
  const lines = text.split("\n");
  const found = told(text).filter(({ fix }) => fix !== undefined);
  for (const { line, column, length, fix = "" } of found.toReversed()) {
    const old = lines[line - 1] ?? "";
    lines[line - 1] = old.slice(0, column - 1) + fix + old.slice(column - 1 + length);
  }
  return { text: lines.join("\n"), fixes: found.length };
}

/** Fixes of one-line mistakes that cannot put the line right, and why. */
const LEFT: readonly RegExp[] = [
  /: equals sign$/, // the value after it is a word of its own
];

for (const [name, good, least] of [["small", GOOD, 60], ["large", GOOD_LARGE, 120]] as const) {
  Deno.test(`fixes of each one-line mistake in the ${name} good file, leave no finding`, () => {
    let fixed = 0;
    const left = mutantsOf(good).flatMap(({ name, text }) => {
      const { text: after, fixes } = mended(text);
      if (fixes === 0 || LEFT.some((pattern) => pattern.test(name))) return [];
      fixed++;
      return told(after).map(({ line, code, message }) => `${name} -> ${line} ${code} ${message}`);
    });
    assert.deepEqual(left, []);
    assert.ok(fixed >= least, `only ${fixed} mistakes have a fix`);
  });
}
