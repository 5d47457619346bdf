import assert from "node:assert/strict";
import { SECOND } from "../net/mod.ts";
import type { VrrpScriptConfig } from "./config.ts";
import { effectiveFrom, influenceOf } from "./influence.ts";
import { newScript, onScriptResult, reloadScript, startScript } from "./script.ts";

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
  const [first, run] = startScript(newScript(CONFIG, SECOND), SECOND);
  assert.equal(run, "run");
  assert.equal(first.dueAt, 4 * SECOND);
  assert.equal(startScript(first, 2 * SECOND)[0], first);
  const [skipped, wait] = startScript(first, 4 * SECOND);
  assert.deepEqual([wait, skipped.dueAt], ["wait", 7 * SECOND]);
  assert.equal(startScript(onScriptResult(skipped, true), 7 * SECOND)[1], "run");
});

Deno.test("reloadScript() keeps the result and takes a shorter interval at once", () => {
  const [run] = startScript(newScript(CONFIG, 0), 0);
  const up = onScriptResult(run, true);
  const next = reloadScript(up, { ...CONFIG, interval: SECOND }, SECOND);
  assert.deepEqual([next.status, next.dueAt], ["up", 2 * SECOND]);
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
