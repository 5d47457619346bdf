import assert from "node:assert/strict";
import { parseMaps, withSourcePlaces } from "./places.ts";

/** One script: its column 10 is line 3, column 5 of src/a.ts. */
const MAPS = parseMaps(JSON.stringify({
  daemon: { version: 3, sources: ["src/a.ts"], names: [], mappings: "UAEI" },
}));

Deno.test("withSourcePlaces() a stack trace, names the lines of the source", () => {
  const line =
    "Internal error: Error: x at f (holdfast:daemon:1:11) at g (holdfast:daemon, <anonymous>:1:30)";
  assert.equal(
    withSourcePlaces(line, MAPS),
    "Internal error: Error: x at f (src/a.ts:3:5) at g (src/a.ts:3:5)",
  );
});

Deno.test("withSourcePlaces() what no map knows, stays", () => {
  const text = "at f (holdfast:tools:1:1) at g (holdfast:daemon:1:2) at h (ext:core:1:11)\n";
  assert.equal(withSourcePlaces(text, MAPS), text);
});
