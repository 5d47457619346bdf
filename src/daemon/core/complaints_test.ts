import assert from "node:assert/strict";
import { SECOND } from "../../net/micros.ts";
import { openComplaints } from "./complaints.ts";

/** Complaints at a clock of the test, and what was logged. */
function begun() {
  const lines: string[] = [];
  const clock = { now: 0 };
  const log = Object.assign(({ text }: { readonly text: string }) => void lines.push(text), {});
  return { lines, clock, it: openComplaints(log as never, () => clock.now) };
}

Deno.test("openComplaints() what is refused again and again, is said once, and when it is over", () => {
  const { lines, clock, it } = begun();
  for (let tries = 0; tries < 100; tries++) {
    it.refused("add route 10.0.0.0/8", "network is unreachable");
    clock.now += 60 * SECOND;
  }
  it.obeyed("add route 10.0.0.0/8");
  it.obeyed("add route 10.0.0.0/8");
  assert.deepEqual(lines, [
    "Cannot add route 10.0.0.0/8: network is unreachable",
    "Could add route 10.0.0.0/8 now (tried 100 times in vain)",
  ]);
});

Deno.test("openComplaints() another reason, another thing, or another time, is said", () => {
  const { lines, clock, it } = begun();
  it.refused("add a", "x");
  it.refused("add a", "y");
  it.refused("add b", "y");
  clock.now += 181 * SECOND;
  it.refused("add b", "y");
  assert.deepEqual(lines, [
    "Cannot add a: x",
    "Cannot add a: y",
    "Cannot add b: y",
    "Cannot add b: y",
  ]);
});
