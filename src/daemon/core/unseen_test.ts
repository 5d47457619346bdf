import assert from "node:assert/strict";
import { unseenText } from "./unseen.ts";

Deno.test("unseenText() a stop and a sleep of the machine, are told apart", () => {
  assert.equal(
    unseenText({ time: 5_020_000, asleep: 0 }),
    "Did not run for 5.0 s: stopped, starved, or the machine stood still",
  );
  assert.equal(
    unseenText({ time: 60_500_000, asleep: 60_000_000 }),
    "Did not run for 60.5 s: the machine slept for 60.0 s",
  );
  assert.equal(
    unseenText({ time: 63_000_000, asleep: 60_000_000 }),
    "Did not run for 63.0 s: the machine slept for 60.0 s, and the daemon did not run for 3.0 s more",
  );
});
