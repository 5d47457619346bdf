import assert from "node:assert/strict";
import { helpText } from "./help.ts";
import { SUBCOMMANDS } from "./subcommands.ts";

Deno.test("helpText() names every command, fits 80 columns and 30 lines", () => {
  const text = helpText();
  for (const name of SUBCOMMANDS) assert.match(text, new RegExp(`^  ${name} `, "m"));
  const lines = text.trimEnd().split("\n");
  assert.ok(lines.length <= 30, `${lines.length} lines`);
  assert.deepEqual(lines.filter((line) => line.length > 80), []);
});
