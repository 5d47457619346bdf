import assert from "node:assert/strict";
import { type Change, ownership } from "./timeline.ts";

const change = (at: number, host: string, kind: Change["kind"]): Change => ({
  at,
  host,
  kind,
  address: "10.0.0.1",
});

Deno.test("ownership(), one moves to the other after a gap, none is the gap", () => {
  const changes = [change(0, "a", "added"), change(500, "a", "deleted"), change(620, "b", "added")];
  assert.deepEqual(ownership(changes, 100, 1000), { none: 120, several: 0 });
});

Deno.test("ownership(), both for a while, several is the overlap", () => {
  const changes = [change(0, "a", "added"), change(500, "b", "added"), change(530, "a", "deleted")];
  assert.deepEqual(ownership(changes, 100, 1000), { none: 0, several: 30 });
});

Deno.test("ownership(), nobody until the end, none reaches to the end of the window", () => {
  assert.deepEqual(ownership([], 100, 1000), { none: 900, several: 0 });
  const changes = [change(0, "a", "added"), change(700, "a", "deleted")];
  assert.deepEqual(ownership(changes, 100, 1000), { none: 300, several: 0 });
});

Deno.test("ownership(), what happened before the window does not count", () => {
  const changes = [change(0, "a", "added"), change(10, "a", "deleted"), change(150, "b", "added")];
  assert.deepEqual(ownership(changes, 100, 1000), { none: 50, several: 0 });
});
