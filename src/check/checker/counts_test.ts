/** `rise` and `fall`: how many checks in a row it takes. */

import assert from "node:assert/strict";
import { SECOND } from "../../net/micros.ts";
import { type Checker, type CheckerAction, isUp, newChecker, stepOutcome } from "./checker.ts";
import type { CheckerTiming } from "../config.ts";
import type { ProbedChecker } from "./kind.ts";
import type { Outcome } from "../probe.ts";

const GOOD: Outcome = { kind: "connected" };
const BAD: Outcome = { kind: "failed", request: 0, failure: "connect", errno: 111 };

function checker(some: Partial<CheckerTiming>): ProbedChecker {
  const timing = {
    delayLoop: SECOND,
    warmup: 0,
    retry: 0,
    delayBeforeRetry: SECOND,
    alpha: false,
    logAllFailures: false,
    ...some,
  };
  return { kind: "tcp", timing, connect: { address: "10.0.0.1", port: 80, timeout: SECOND } };
}

/** What the core would report of these outcomes, a letter each: `g` good, `b` bad; the states after each: `U` up, `D` down. */
function states(config: ProbedChecker, outcomes: string): string {
  let at: Checker = newChecker(config, { up: !config.timing.alpha, patient: true });
  let action: CheckerAction | undefined;
  return [...outcomes].map((letter, index) => {
    const outcome = letter === "g" ? GOOD : BAD;
    const silent = action?.kind === "probe" && action.interval > 0 &&
      action.expect?.kind === outcome.kind;
    if (!silent) {
      const step = stepOutcome(at, config, { outcome, now: index * SECOND });
      at = step.checker;
      action = step.action ?? action;
    }
    return isUp(at) ? "U" : "D";
  }).join("");
}

const ROWS: readonly (readonly [string, Partial<CheckerTiming>, string, string])[] = [
  ["neither", {}, "gbgbb", "UDUDD"],
  ["rise 3", { rise: 3 }, "gbggbgggg", "UDDDDDDUU"],
  ["rise 2, alpha", { rise: 2, alpha: true }, "gggb", "DUUD"],
  ["fall 3", { fall: 3 }, "gbbgbbbbg", "UUUUUUDDU"],
  ["fall 2, first attempt", { fall: 2 }, "bbg", "UDU"],
  ["fall 2 with a retry each", { fall: 2, retry: 1 }, "gbbbb", "UUUUD"],
  ["both", { rise: 2, fall: 2 }, "gbgbbgbgg", "UUUUDDDDU"],
];

for (const [name, timing, outcomes, expected] of ROWS) {
  Deno.test(`stepOutcome() with ${name}, of ${outcomes}, is ${expected}`, () => {
    assert.equal(states(checker(timing), outcomes), expected);
  });
}
