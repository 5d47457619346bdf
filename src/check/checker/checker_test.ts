import assert from "node:assert/strict";
import type { CheckerReport } from "../../notify/mod.ts";
import fc from "fast-check";
import { SECOND } from "../../net/micros.ts";
import {
  type Checker,
  type CheckerAction,
  type CheckerPhase,
  isUp,
  newChecker,
  stepExit,
  stepNotBegun,
  stepOutcome,
  warmupDelay,
} from "./checker.ts";
import type { CheckerConfig, CheckerTiming } from "../config.ts";
import type { ProbedChecker } from "./kind.ts";
import type { Outcome } from "../probe.ts";

const NOW = 100 * SECOND;
const TIMING: CheckerTiming = {
  delayLoop: 4 * SECOND,
  warmup: 0,
  retry: 2,
  delayBeforeRetry: SECOND,
  alpha: false,
  logAllFailures: false,
};
const TCP: ProbedChecker = {
  kind: "tcp",
  timing: TIMING,
  connect: { address: "10.0.0.1", port: 80, timeout: 5 * SECOND },
};
const TALKATIVE: ProbedChecker = { ...TCP, timing: { ...TIMING, logAllFailures: true } };
const HASTY: ProbedChecker = { ...TCP, timing: { ...TIMING, retry: 0 } };

const GOOD: Outcome = { kind: "connected" };
const REFUSED: Outcome = { kind: "failed", request: 0, failure: "connect", errno: 111 };
const SILENT: Outcome = { kind: "failed", request: 0, failure: "connect-timeout", errno: 0 };
const UNBOUND: Outcome = { kind: "failed", request: 0, failure: "local", errno: 99 };

const WANT = "cannot open or bind the socket: address not available";

const ATTEMPT_SOON: CheckerAction = { kind: "probe", delay: SECOND, interval: 0 };
const FAILED = "cannot connect: connection refused";

/** A standing order that began at 98 s, so its next start is at 102 s. */
const startAt = 98 * SECOND;
function order(expect: Outcome, delay = 4 * SECOND): CheckerAction {
  return { kind: "probe", delay, interval: 4 * SECOND, expect };
}

const FIRST: CheckerPhase = { kind: "first", up: true, patient: false };
const UP: CheckerPhase = { kind: "up", standing: { startAt, expect: GOOD } };
const DOWN: CheckerPhase = { kind: "down", standing: { startAt, expect: REFUSED } };
const SETTLED_UP: CheckerPhase = {
  kind: "up",
  standing: { startAt: NOW + 4 * SECOND, expect: GOOD },
};
const SETTLED_DOWN: CheckerPhase = {
  kind: "down",
  standing: { startAt: NOW + 4 * SECOND, expect: REFUSED },
};

const TRANSITIONS: readonly {
  readonly name: string;
  readonly config?: ProbedChecker;
  readonly phase: CheckerPhase;
  readonly outcome: Outcome;
  readonly next: CheckerPhase;
  readonly inconclusive?: string;
  readonly action?: CheckerAction;
  readonly report?: CheckerReport;
}[] = [
  {
    name: "first, good, comes up with a standing order that expects the same",
    phase: FIRST,
    outcome: GOOD,
    next: SETTLED_UP,
    action: order(GOOD),
    report: { kind: "succeeded" },
  },
  {
    name: "first after the start of the program, bad, goes down without retries",
    phase: FIRST,
    outcome: REFUSED,
    next: SETTLED_DOWN,
    action: order(REFUSED),
    report: { kind: "failed", retries: 0, why: FAILED },
  },
  {
    name: "first after a reload, bad, retries",
    phase: { ...FIRST, patient: true },
    outcome: REFUSED,
    next: { kind: "retrying", attempt: 1 },
    action: ATTEMPT_SOON,
  },
  {
    name: "first of a server that begins down, bad, needs no retries",
    phase: { kind: "first", up: false, patient: true },
    outcome: REFUSED,
    next: SETTLED_DOWN,
    action: order(REFUSED),
    report: { kind: "failed", retries: 0, why: FAILED },
  },
  {
    name: "up, bad, looks again after delay_before_retry",
    phase: UP,
    outcome: REFUSED,
    next: { kind: "retrying", attempt: 1 },
    action: ATTEMPT_SOON,
  },
  {
    name: "up without retries, bad, goes down at once",
    config: HASTY,
    phase: UP,
    outcome: REFUSED,
    next: SETTLED_DOWN,
    action: order(REFUSED),
    report: { kind: "failed", retries: 0, why: FAILED },
  },
  {
    name: "first retry, bad, retries again",
    phase: { kind: "retrying", attempt: 1 },
    outcome: SILENT,
    next: { kind: "retrying", attempt: 2 },
    action: ATTEMPT_SOON,
  },
  {
    name: "last retry, bad, goes down",
    phase: { kind: "retrying", attempt: 2 },
    outcome: REFUSED,
    next: SETTLED_DOWN,
    action: order(REFUSED),
    report: { kind: "failed", retries: 2, why: FAILED },
  },
  {
    name: "retry, good, is up again without a word",
    phase: { kind: "retrying", attempt: 2 },
    outcome: GOOD,
    next: SETTLED_UP,
    action: order(GOOD),
  },
  {
    name: "down, good once, comes back",
    phase: DOWN,
    outcome: GOOD,
    next: SETTLED_UP,
    action: order(GOOD),
    report: { kind: "succeeded" },
  },
  {
    name: "down, bad in another way, remembers it",
    phase: DOWN,
    outcome: SILENT,
    next: { kind: "down", standing: { startAt, expect: REFUSED, last: SILENT } },
  },
  {
    name: "down, bad in that way again, expects it from the next start on",
    phase: { kind: "down", standing: { startAt, expect: REFUSED, last: SILENT } },
    outcome: SILENT,
    next: { kind: "down", standing: { startAt, expect: SILENT } },
    action: order(SILENT, 2 * SECOND),
  },
  {
    name: "up and told to log all failures, bad, says so",
    config: TALKATIVE,
    phase: UP,
    outcome: REFUSED,
    next: { kind: "retrying", attempt: 1 },
    action: ATTEMPT_SOON,
    report: { kind: "attempt-failed", why: FAILED },
  },
  {
    name: "last retry and told to log all failures, bad, expects nothing",
    config: TALKATIVE,
    phase: { kind: "retrying", attempt: 2 },
    outcome: REFUSED,
    next: { kind: "down", standing: { startAt: NOW + 4 * SECOND } },
    action: { kind: "probe", delay: 4 * SECOND, interval: 4 * SECOND },
    report: { kind: "failed", retries: 2, why: FAILED },
  },
  {
    name: "up, socket cannot be bound, stays up and says so",
    phase: UP,
    outcome: UNBOUND,
    next: UP,
    inconclusive: WANT,
    report: {
      kind: "inconclusive",
      why: "cannot open or bind the socket: address not available",
    },
  },
  {
    name: "first, socket cannot be bound, asks again after delay_loop",
    phase: FIRST,
    outcome: UNBOUND,
    next: FIRST,
    inconclusive: WANT,
    action: { kind: "probe", delay: 4 * SECOND, interval: 0 },
    report: {
      kind: "inconclusive",
      why: "cannot open or bind the socket: address not available",
    },
  },
];

for (const { name, config = TCP, phase, outcome, next, ...rest } of TRANSITIONS) {
  const { inconclusive, action, report } = rest;
  Deno.test(`stepOutcome() ${name}`, () => {
    const step = stepOutcome({ config, phase }, config, { outcome, now: NOW });
    assert.deepEqual(step, {
      checker: { config, phase: next, ...(inconclusive === undefined ? {} : { inconclusive }) },
      ...(action === undefined ? {} : { action }),
      ...(report === undefined ? {} : { report }),
    });
  });
}

Deno.test("stepOutcome() the outcome that is expected, gives back the same checker", () => {
  const checker: Checker = { config: TCP, phase: UP };
  assert.equal(stepOutcome(checker, TCP, { outcome: GOOD, now: NOW }).checker, checker);
});

Deno.test("stepOutcome() the socket cannot be bound twice, is said once", () => {
  const once = stepOutcome({ config: TCP, phase: UP }, TCP, { outcome: UNBOUND, now: NOW });
  const twice = stepOutcome(once.checker, TCP, { outcome: UNBOUND, now: NOW + 4 * SECOND });
  assert.deepEqual(twice, { checker: once.checker });
  const judged = stepOutcome(twice.checker, TCP, { outcome: GOOD, now: NOW + 8 * SECOND });
  const again = stepOutcome(judged.checker, TCP, { outcome: UNBOUND, now: NOW + 12 * SECOND });
  assert.deepEqual(again.report, { kind: "inconclusive", why: WANT });
});

const MISC: Extract<CheckerConfig, { readonly kind: "misc" }> = {
  kind: "misc",
  timing: TIMING,
  command: { argv: ["/bin/true"] },
  timeout: 4 * SECOND,
  dynamic: true,
};

for (const phase of [FIRST, UP, DOWN, { kind: "retrying", attempt: 1 } as const]) {
  Deno.test(`stepNotBegun() ${phase.kind}, judges nothing, is said once and runs again`, () => {
    const once = stepNotBegun({ config: MISC, phase }, "too many open files", NOW);
    const action = { kind: "run", at: NOW + 4 * SECOND };
    assert.deepEqual([once.checker.phase, once.action], [phase, action]);
    assert.deepEqual(once.report, { kind: "inconclusive", why: "too many open files" });
    const twice = stepNotBegun(once.checker, "too many open files", NOW);
    assert.deepEqual(twice, { checker: once.checker, action });
  });
}

const PAGE: ProbedChecker = {
  ...TCP,
  kind: "http",
  httpProtocol: "1.0",
  urls: [{ path: "/", statusCodes: [[200, 299]] }],
};
function page(digest: string): Outcome {
  return { kind: "responses", responses: [{ status: 200, digest, length: 6, end: "complete" }] };
}

Deno.test("stepOutcome() a page that is never the same twice, stays up and is not ordered anew", () => {
  let checker: Checker = { config: PAGE, phase: FIRST };
  for (let round = 0; round < 20; round += 1) {
    const now = NOW + round * TIMING.delayLoop;
    const step = stepOutcome(checker, PAGE, { outcome: page(`${round}`), now });
    assert.equal(step.action === undefined, round > 0);
    assert.ok(isUp(step.checker));
    checker = step.checker;
  }
});

Deno.test("stepOutcome() a page that changes once, is expected in its new form at the second sight", () => {
  const { checker } = stepOutcome({ config: PAGE, phase: FIRST }, PAGE, {
    outcome: page("a"),
    now: NOW,
  });
  const once = stepOutcome(checker, PAGE, { outcome: page("b"), now: NOW + 8 * SECOND });
  assert.equal(once.action, undefined);
  const twice = stepOutcome(once.checker, PAGE, {
    outcome: page("b"),
    now: NOW + 12 * SECOND + 5,
  });
  assert.deepEqual(twice.action, order(page("b"), 4 * SECOND - 5));
});

Deno.test("stepOutcome() a body that is cut off, is good and said once until that changes", () => {
  const cut = (length: number): Outcome => ({
    kind: "responses",
    responses: [{ status: 200, digest: "a", length, end: "cut" }],
  });
  let checker: Checker = { config: PAGE, phase: FIRST };
  const said = [cut(5), cut(5), cut(6), page("a"), cut(6)].map((outcome, round) => {
    const step = stepOutcome(checker, PAGE, { outcome, now: NOW + round * TIMING.delayLoop });
    checker = step.checker;
    assert.ok(isUp(checker));
    return step.report;
  });
  const remark = (length: number) =>
    `url(/) body ends after ${length} bytes, before its announced end`;
  assert.deepEqual(said, [
    { kind: "succeeded", remark: remark(5) },
    undefined,
    { kind: "odd", remark: remark(6) },
    undefined,
    { kind: "odd", remark: remark(6) },
  ]);
});

Deno.test("stepExit() of a slow command, keeps the moments of its starts", () => {
  const phase: CheckerPhase = { kind: "up", standing: { startAt: 104 * SECOND } };
  const runs = [104.3, 108.9, 112.2, 121].map((ended) => {
    const step = stepExit({ config: MISC, phase }, MISC, { code: 0, now: ended * SECOND });
    return step.action?.kind === "run" ? step.action.at / SECOND : undefined;
  });
  assert.deepEqual(runs, [108, 112, 116, 124]);
});

Deno.test("stepExit() codes of misc_dynamic, set and restore the weight", () => {
  const first = newChecker(MISC, { up: true, patient: false });
  const light = stepExit(first, MISC, { code: 12, now: NOW }).checker;
  assert.equal(light.weight, 10);
  const restored = stepExit(light, MISC, { code: 0, now: NOW }).checker;
  assert.equal(restored.weight, undefined);
  const failing = stepExit(light, MISC, { code: 1, now: NOW });
  assert.deepEqual(failing.checker.phase, { kind: "retrying", attempt: 1 });
  assert.deepEqual(failing.action, { kind: "run", at: NOW + SECOND });
});

Deno.test("stepOutcome() any outcomes, goes down only after retry + 1 failures in a row", () => {
  const outcome = fc.constantFrom(GOOD, REFUSED, SILENT);
  fc.assert(fc.property(fc.array(outcome), fc.nat(4), (outcomes, retry) => {
    const config: ProbedChecker = { ...TCP, timing: { ...TIMING, retry } };
    let checker = newChecker(config, { up: true, patient: true });
    let failures = 0;
    let up = true;
    for (const [index, outcome] of outcomes.entries()) {
      failures = outcome.kind === "failed" ? failures + 1 : 0;
      up = failures === 0 || (up && failures <= retry);
      const now = NOW + index * SECOND;
      checker = stepOutcome(checker, config, { outcome, now }).checker;
      assert.equal(isUp(checker), up);
    }
  }));
});

Deno.test("warmupDelay() of many orders, stays within warmup and spreads evenly", () => {
  const delays = Array.from({ length: 1000 }, (_, index) => warmupDelay(index, 10 * SECOND));
  assert.ok(delays.every((delay) => Number.isInteger(delay) && delay >= 0 && delay < 10 * SECOND));
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const inside = delays.filter((delay) => Math.floor(delay / SECOND) === tenth).length;
    assert.ok(inside > 90 && inside < 110, `${inside} of 1000 in tenth ${tenth}`);
  }
});
