import assert from "node:assert/strict";
import { formatTape, parseTape, recordTape } from "./tape.ts";

const FOLDER = new URL("../../tests/scenarios/", import.meta.url);
const UPDATE = Deno.args.includes("--update");
const TAPES = [...Deno.readDirSync(FOLDER)]
  .map((entry) => entry.name)
  .filter((name) => name.endsWith(".jsonl"))
  .toSorted();

Deno.test("tapes: there are some", () => assert.ok(TAPES.length > 0));

for (const name of TAPES) {
  Deno.test(`tape ${name}, is replayed exactly`, () => {
    const file = new URL(name, FOLDER);
    const text = Deno.readTextFileSync(file);
    const { moments, ...head } = parseTape(text);
    const replayed = recordTape(head, moments);
    if (UPDATE) Deno.writeTextFileSync(file, formatTape(replayed));
    else {for (const [at, moment] of moments.entries()) {
        assert.deepEqual(replayed.moments[at], moment);
      }}
  });
}

Deno.test("parseTape() formatTape() of a tape, gives the same text", () => {
  for (const name of TAPES) {
    const text = Deno.readTextFileSync(new URL(name, FOLDER));
    assert.equal(formatTape(parseTape(text)), text);
  }
});

Deno.test("parseTape() other text, throws", () => {
  assert.throws(() => parseTape(`{"at":0}\n`), SyntaxError);
  assert.throws(() => parseTape(""), SyntaxError);
});
