import assert from "node:assert/strict";
import { SECOND } from "../net/mod.ts";
import type { VrrpScriptConfig } from "./config.ts";
import { effectiveFrom, influenceOf } from "./influence.ts";
import {
  newScript,
  onScriptGone,
  onScriptNotBegun,
  onScriptResult,
  reloadScript,
  startScript,
} from "./script.ts";

const CONFIG: VrrpScriptConfig = {
  name: "check_haproxy",
  script: { argv: ["killall", "-0", "haproxy"] },
  interval: 3 * SECOND,
  weight: -2,
  reverse: false,
  rise: 2,
  fall: 3,
  initFail: false,
};

function after(results: string, config = CONFIG): string {
  let script = newScript(config, 0);
  for (const result of results) script = onScriptResult(script, result === "+");
  return script.status;
}

const RESULTS = [
  { name: "no result yet, is unknown", results: "", status: "unknown" },
  { name: "one success at first, is enough", results: "+", status: "up" },
  { name: "one failure at first, is enough", results: "-", status: "down" },
  { name: "fewer failures than fall, stays up", results: "+--", status: "up" },
  { name: "fall failures in a row, goes down", results: "+---", status: "down" },
  { name: "a success between failures, counts anew", results: "+--+--", status: "up" },
  { name: "fewer successes than rise, stays down", results: "-+", status: "down" },
  { name: "rise successes in a row, comes up", results: "-++", status: "up" },
] as const;

for (const { name, results, status } of RESULTS) {
  Deno.test(`onScriptResult() ${name}`, () => assert.equal(after(results), status));
}

Deno.test("newScript() with init_fail, is down until rise successes", () => {
  const config = { ...CONFIG, initFail: true };
  assert.deepEqual(["", "+", "++"].map((results) => after(results, config)), [
    "down",
    "down",
    "up",
  ]);
});

Deno.test("startScript() runs when due, then one interval later, never twice at a time", () => {
  const [first, run] = startScript(newScript(CONFIG, SECOND), 1, SECOND);
  assert.equal(run, "run");
  assert.equal(first.run, 1);
  assert.equal(first.dueAt, 4 * SECOND);
  assert.equal(startScript(first, 2, 2 * SECOND)[0], first);
  const [skipped, wait] = startScript(first, 2, 4 * SECOND);
  assert.deepEqual([wait, skipped.dueAt], ["wait", 7 * SECOND]);
  assert.equal(startScript(onScriptResult(skipped, true), 2, 7 * SECOND)[1], "run");
});

Deno.test("reloadScript() keeps the result and takes a shorter interval at once", () => {
  const [run] = startScript(newScript(CONFIG, 0), 1, 0);
  const up = onScriptResult(run, true);
  const reload = { sameCommand: true, now: SECOND };
  const next = reloadScript(up, { ...CONFIG, interval: SECOND }, reload);
  assert.deepEqual([next.status, next.dueAt], ["up", 2 * SECOND]);
});

Deno.test("reloadScript() the same command, keeps its run; another one, forgets it and runs at once", () => {
  const [running] = startScript(newScript(CONFIG, 0), 7, 0);
  const kept = reloadScript(running, { ...CONFIG, fall: 1 }, { sameCommand: true, now: SECOND });
  assert.deepEqual([kept.run, kept.dueAt], [7, 3 * SECOND]);
  const other = reloadScript(running, CONFIG, { sameCommand: false, now: SECOND });
  assert.deepEqual([other.run, other.dueAt], [undefined, SECOND]);
});

Deno.test("onScriptResult() of a run that is still being ended, counts now and starts none before it is gone", () => {
  const [running] = startScript(newScript(CONFIG, 0), 1, 0);
  const late = onScriptResult(running, false, true);
  assert.deepEqual([late.status, late.run], ["down", 1]);
  assert.equal(startScript(late, 2, 3 * SECOND)[1], "wait");
  assert.equal(startScript(onScriptGone(late), 2, 3 * SECOND)[1], "run");
});

Deno.test("onScriptNotBegun() keeps what is known and tries again, later each time", () => {
  let script = onScriptResult(newScript(CONFIG, 0), true);
  const waits = Array.from({ length: 6 }, () => {
    script = onScriptNotBegun({ ...script, run: 1 }, 0);
    return script.dueAt / SECOND;
  });
  assert.deepEqual(waits, [1, 2, 4, 8, 10, 10]);
  assert.deepEqual([script.status, script.run], ["up", undefined]);
  const [often] = [onScriptNotBegun(newScript({ ...CONFIG, interval: SECOND / 10 }, 0), 0)];
  assert.equal(often.dueAt, SECOND / 10);
  assert.equal(onScriptNotBegun(onScriptResult(script, true), 0).dueAt, SECOND);
});

const WEIGHTS = [
  { weight: 10, up: true, reverse: false, amount: 10 },
  { weight: 10, up: false, reverse: false, amount: 0 },
  { weight: -10, up: true, reverse: false, amount: 0 },
  { weight: -10, up: false, reverse: false, amount: -10 },
  { weight: 10, up: true, reverse: true, amount: 0 },
  { weight: 10, up: false, reverse: true, amount: 10 },
  { weight: -10, up: true, reverse: true, amount: -10 },
  { weight: -10, up: false, reverse: true, amount: 0 },
  { weight: 0, up: true, reverse: false, amount: 0 },
] as const;

for (const { amount, ...followed } of WEIGHTS) {
  const { weight, up, reverse } = followed;
  const what = `${up ? "up" : "down"}, weight ${weight}${reverse ? " reverse" : ""}`;
  Deno.test(`influenceOf() ${what}, adds ${amount}`, () => {
    assert.deepEqual(influenceOf(followed), { kind: "weight", amount });
  });
}

Deno.test("influenceOf() weight 0 and down, or up with reverse, is a fault", () => {
  const fault = { kind: "fault" };
  assert.deepEqual(influenceOf({ up: false, weight: 0, reverse: false }), fault);
  assert.deepEqual(influenceOf({ up: true, weight: 0, reverse: true }), fault);
});

Deno.test("effectiveFrom() stays within 1 to 254, an owner's stays 255", () => {
  assert.deepEqual(
    [effectiveFrom(100, -2), effectiveFrom(100, -200), effectiveFrom(100, 253)],
    [98, 1, 254],
  );
  assert.equal(effectiveFrom(255, -100), 255);
});
