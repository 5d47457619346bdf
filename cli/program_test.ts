import assert from "node:assert/strict";
import { complaintText } from "./program.ts";

const CASES: readonly (readonly [said: string, told: string])[] = [
  ["missing required argument 'keyword'", "missing required argument 'keyword'"],
  [
    "command-argument value 'bogus' is invalid for argument 'kind'. Allowed choices are vip, nat, dr.",
    "there is no kind 'bogus': must be vip, nat or dr",
  ],
  [
    "option '--format <format>' argument 'x' is invalid. Allowed choices are text, json.",
    "option '--format <format>' argument 'x': must be text or json",
  ],
];

for (const [said, told] of CASES) {
  Deno.test(`complaintText() ${said.split("'")[0]?.trim()}, tells what is possible and where to read on`, () => {
    assert.equal(
      complaintText("example", `error: ${said}\n`),
      `Cannot run example: ${told}; "holdfast help example" tells how it is used\n`,
    );
  });
}
