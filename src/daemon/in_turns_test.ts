import assert from "node:assert/strict";
import { inTurns } from "./in_turns.ts";
import { clearTimer, monotonicMs, setTimer, type Timer } from "./platform/mod.ts";

Deno.test("inTurns() long work in short steps, gives what comes of it and lets timers have their turns", async () => {
  let turns = 0;
  let timer: Timer | undefined;
  const tick = () => {
    turns += 1;
    timer = setTimer(tick, 0);
  };
  timer = setTimer(tick, 0);
  function* steps(): Generator<void, string> {
    for (let step = 0; step < 20; step++) {
      const until = monotonicMs() + 3;
      while (monotonicMs() < until);
      yield;
    }
    return "done";
  }
  assert.equal(await inTurns(steps()), "done");
  clearTimer(timer);
  // Every two steps are a stretch.
  assert.ok(turns >= 8, `${turns} turns`);
});
