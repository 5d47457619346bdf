import assert from "node:assert/strict";
import { breachesOf, sizesOf } from "./daemon_path.ts";

const INPUTS = new Map([
  ["src/vrrp/part/a.ts", 10],
  ["src/vrrp/b.ts", 5],
  ["cli/line.ts", 3],
  ["npm:@logtape/logtape/2.4.2/dist/mod.js", 7],
]);

Deno.test("breachesOf() our own files and an allowed package, are none", () => {
  assert.deepEqual(breachesOf({ name: "daemon", inputs: INPUTS, externals: [] }), []);
});

Deno.test("breachesOf() a module of the runtime and another package, are named", () => {
  const inputs = new Map([...INPUTS, ["npm:commander/15.1.0/lib/command.js", 9]] as const);
  assert.deepEqual(breachesOf({ name: "test", inputs, externals: ["node:util"] }), [
    "test: Cannot load node:util: the daemon's path does without",
    "test: Cannot load the package commander@15.1.0: must be one of @logtape/logtape",
  ]);
});

Deno.test("breachesOf() tables of keywords, are named where no file has been asked for yet", () => {
  const inputs = new Map([...INPUTS, ["src/global/keywords.ts", 20]] as const);
  assert.deepEqual(breachesOf({ name: "test", inputs, externals: [] }), []);
  assert.deepEqual(breachesOf({ name: "line", inputs, externals: [] }), [
    "line: Cannot load src/global/keywords.ts: each start would make the rows twice",
  ]);
});

Deno.test("sizesOf() by room, adds up files, the largest first", () => {
  assert.deepEqual(sizesOf(INPUTS, "room"), [
    ["src/vrrp", 15],
    ["@logtape/logtape", 7],
    ["cli", 3],
  ]);
});
