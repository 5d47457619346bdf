/** Every one-line mistake in a good file gives at most one finding, and no error is hidden by another one. */

import assert from "node:assert/strict";
import { exitStatus, toldOf } from "../../language/mod.ts";
import { allOfText } from "./fixtures.ts";
import { GOOD, GOOD_HOST, GOOD_LARGE } from "../../../tests/data/good_files.ts";
import { mutantsOf } from "../../../tests/data/mutants.ts";

/** Mutants that give two findings, and why both are told. */
const TWO: Readonly<Record<string, string>> = {
  "6 $NET=10.2.0: quote put before the last word":
    "the quote takes the whole line, of which nothing says that it was to define a name",
  "38 ${NET}.1/24: opening brace of a name lost":
    "the brace left over tears the line and ends the list: what stands behind it is a line of its own",
};

for (const [name, good, least] of [["small", GOOD, 430], ["large", GOOD_LARGE, 870]] as const) {
  const mutants = mutantsOf(good);

  Deno.test(`lint() of the ${name} good file, finds nothing but what is not acted on`, () => {
    assert.deepEqual(allOfText(good, GOOD_HOST).filter(({ severity }) => severity !== "info"), []);
    assert.ok(mutants.length >= least, `there are only ${mutants.length} mutants`);
  });

  Deno.test(`lint() of each one-line mistake in the ${name} good file, tells one thing`, () => {
    const many = mutants.flatMap((mutant) => {
      const told = toldOf(allOfText(mutant.text, GOOD_HOST))
        .filter(({ severity }) => severity !== "info");
      if (told.length <= 1) return [];
      if (told.length === 2 && mutant.name in TWO) return [];
      return [mutant.name, ...told.map(({ line, code, message }) => `${line} ${code} ${message}`)];
    });
    assert.deepEqual(many, []);
  });

  Deno.test(`lint() of each one-line mistake in the ${name} good file, tells what keepalived tells`, () => {
    const silent = mutants.filter(({ text }) => {
      const all = allOfText(text, GOOD_HOST);
      return exitStatus(all) !== 0 && toldOf(all).every(({ severity }) => severity === "info");
    });
    assert.deepEqual(silent.map((mutant) => mutant.name), []);
  });
}
