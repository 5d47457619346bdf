import assert from "node:assert/strict";
import { isInstalled, newPlace, scriptOf, type Shell, SHELLS } from "./fixture.ts";
import { offersOf, sourcing } from "./shells_fixture.ts";
import { TABLE } from "./table_fixture.ts";

/** Offers for all lines of the table, from one run of the shell. */
const ANSWERS = new Map<Shell, Promise<readonly (readonly string[])[]>>();

async function answers(shell: Shell): Promise<readonly (readonly string[])[]> {
  await using place = await newPlace();
  await place.write("pid.log", "");
  const path = await place.write("script", await scriptOf(shell));
  const lines = TABLE.map(({ line }) => line);
  return await offersOf(shell, place, { start: sourcing(shell, path), lines });
}

for (const shell of SHELLS) {
  for (const [index, { line, offers, but }] of TABLE.entries()) {
    Deno.test({
      name: `completion ${shell}, "${line}", offers what fits (needs ${shell})`,
      ignore: !isInstalled(shell),
      fn: async () => {
        const asked = ANSWERS.get(shell) ?? answers(shell);
        ANSWERS.set(shell, asked);
        assert.deepEqual((await asked)[index], but?.[shell] ?? offers);
      },
    });
  }
}
