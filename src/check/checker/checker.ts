/**
 * The machine of one checker, the same for every kind: when to look, how often to look again before a
 * server counts as failed, and what the core may keep to itself.
 *
 * ```
 *             good                     bad, retries left
 *   first ───────────► up ◄──────────────────────────────► retrying
 *     │                ▲ good              good                │
 *     │ bad            │                                       │ bad, none left
 *     └──────────────► down ◄──────────────────────────────────┘
 * ```
 *
 * In `up` and `down` the core carries out a standing order by itself and is silent while it finds what it
 * found before; `first` and `retrying` are single attempts. A checker without probe (`MISC_CHECK`) is run
 * by its deadlines instead.
 *
 * Measured with keepalived 2.2.7: the first attempt after the start of the program decides alone, without
 * retries; a checker that a reload adds has them. One success brings a server back. keepalived also
 * retries while a server is down, which looks more often and is not done here.
 */

import type { Micros } from "../../net/micros.ts";
import type { CheckerReport } from "../../notify/mod.ts";
import type { CheckerConfig } from "../config.ts";
import { type FileChecker, judgeFile } from "./file.ts";
import { judgeOutcome, type ProbedChecker, sameOutcome } from "./kind.ts";
import { judgeMisc } from "./misc.ts";
import type { Outcome } from "../probe.ts";
import type { TrackerState } from "../../track/tracker.ts";
import { failureText, type Verdict } from "./verdict.ts";

/** Where a checker is. */
export type CheckerPhase =
  | {
    readonly kind: "first";
    /** What the server counts as until the first verdict. */
    readonly up: boolean;
    /** Whether the first attempt has retries. */
    readonly patient: boolean;
  }
  | { readonly kind: "up"; readonly standing: Standing }
  | {
    readonly kind: "retrying";
    /** Retries begun, 1 to `retry`. */
    readonly attempt: number;
    /** As in {@linkcode Standing}. */
    readonly contrary?: number;
  }
  | { readonly kind: "down"; readonly standing: Standing };

/** A standing order as it was given last. */
export interface Standing {
  /** A moment an attempt starts; the others lie whole multiples of `delayLoop` from it, without drift. */
  readonly startAt: Micros;
  /** The outcome that is not reported. */
  readonly expect?: Outcome;
  /** The outcome reported last. Seen twice in a row it becomes the expected one. */
  readonly last?: Outcome;
  /** Checks in a row that said the contrary, with `rise` and `fall`; absent: none. While there are some every outcome is reported. */
  readonly contrary?: number;
}

/** One checker of one real server. */
export interface Checker {
  readonly config: CheckerConfig;
  readonly phase: CheckerPhase;
  /** Weight the checker gives the server; absent: the configured one. */
  readonly weight?: number;
  /** What it adds to the server's weight; absent: nothing. */
  readonly added?: number;
  /** Why the last attempts did not judge the server, said once; absent: the last one did. */
  readonly inconclusive?: string;
  /** What is odd about good answers, said once; absent: nothing about the last. */
  readonly remark?: string;
}

/** What to do next; replaces what was to be done before. */
export type CheckerAction =
  /** Give the core an order. */
  | {
    readonly kind: "probe";
    /** From now. */
    readonly delay: Micros;
    /** 0: once. */
    readonly interval: Micros;
    readonly expect?: Outcome;
  }
  /** Run the command at a moment. */
  | { readonly kind: "run"; readonly at: Micros };

/** A step of the machine. */
export interface CheckerStep {
  /** The same object when nothing changed. */
  readonly checker: Checker;
  readonly action?: CheckerAction;
  readonly report?: CheckerReport;
}

/** A checker before its first attempt. */
export function newChecker(
  config: CheckerConfig,
  first: { readonly up: boolean; readonly patient: boolean },
): Checker {
  return { config, phase: { kind: "first", ...first } };
}

/** The first attempt, `delay` from now. */
export function firstAttempt(checker: Checker, delay: Micros, now: Micros): CheckerAction {
  return attempt(checker.config, delay, now);
}

/**
 * Delay of the first attempt within `warmup`, so that not all servers are asked at once. Not drawn but
 * spread evenly over the orders by the golden ratio, so a run can be replayed.
 */
export function warmupDelay(order: number, warmup: Micros): Micros {
  return Math.floor((Math.imul(order, GOLDEN) >>> 0) / 2 ** 32 * warmup);
}

/** 2³² ÷ the golden ratio, odd: consecutive orders fall as far apart as can be. */
const GOLDEN = 0x9e3779b1;

/** Whether the server counts as good for this checker. */
export function isUp({ phase }: Checker): boolean {
  return phase.kind === "first" ? phase.up : phase.kind !== "down";
}

/** Whether it looks again and again, and not once. */
export function isStanding({ phase }: Checker): boolean {
  return phase.kind === "up" || phase.kind === "down";
}

/** What it is to do next if nothing has been ordered yet: a first or repeated attempt at once, or the next of the moments. */
export function presentAction(checker: Checker, now: Micros): CheckerAction {
  const { config, phase } = checker;
  return phase.kind === "up" || phase.kind === "down"
    ? standingOrder(config, phase.standing, now)
    : attempt(config, 0, now);
}

/** Moves by what a probe found. */
export function stepOutcome(
  checker: Checker,
  config: ProbedChecker,
  seen: { readonly outcome: Outcome; readonly now: Micros },
): CheckerStep {
  const { outcome, now } = seen;
  if (
    outcome.kind === "failed" && (outcome.failure === "local" || outcome.failure === "unusable")
  ) {
    return inconclusive(checker, failureText(outcome), now);
  }
  return stepVerdict(conclusive(checker), judgeOutcome(config, outcome), seen);
}

/** Moves by what a tracked file holds now, or as soon as that is known. */
export function stepFile(
  checker: Checker,
  config: FileChecker,
  seen: { readonly state: TrackerState; readonly now: Micros },
): CheckerStep {
  const verdict = judgeFile(config, seen.state);
  if (verdict === undefined) return { checker };
  const { added: before, ...rest } = checker;
  const added = verdict.good ? verdict.added : before;
  const same = added === before ? checker : { ...rest, ...(added !== undefined && { added }) };
  const kind = verdict.good ? "up" : "down";
  if (checker.phase.kind === kind) return { checker: same };
  return {
    checker: { ...same, phase: { kind, standing: { startAt: seen.now } } },
    report: verdict.good ? { kind: "succeeded" } : { kind: "failed", retries: 0, why: verdict.why },
  };
}

/** Moves by the exit code of a command; `undefined` when it has none. */
export function stepExit(
  checker: Checker,
  config: Extract<CheckerConfig, { readonly kind: "misc" }>,
  seen: { readonly code: number | undefined; readonly now: Micros },
): CheckerStep {
  return stepVerdict(conclusive(checker), judgeMisc(config.dynamic, seen.code), { now: seen.now });
}

/** Moves by a command that could not be started for want of this host. */
export function stepNotBegun(checker: Checker, why: string, now: Micros): CheckerStep {
  return inconclusive(checker, why, now);
}

/** What an attempt found, when it came from the core. */
interface Seen {
  readonly outcome?: Outcome;
  readonly now: Micros;
}

function stepVerdict(checker: Checker, verdict: Verdict, seen: Seen): CheckerStep {
  return verdict.good ? onGood(checker, verdict, seen) : onBad(checker, verdict.why, seen);
}

function onGood(
  checker: Checker,
  { weight, remark }: Extract<Verdict, { readonly good: true }>,
  seen: Seen,
): CheckerStep {
  const { phase } = checker;
  const next = withRemark(withWeight(checker, weight), remark);
  const odd: Pick<CheckerStep, "report"> = remark === undefined || remark === checker.remark
    ? {}
    : { report: { kind: "odd", remark } };
  if (phase.kind === "up") {
    if (phase.standing.contrary !== undefined) return { ...settle(next, "up", seen), ...odd };
    return { ...stay(next, phase, seen), ...odd };
  }
  if (!isUp(checker)) {
    const before = phase.kind === "down" ? phase.standing.contrary ?? 0 : 0;
    const { rise = 1 } = checker.config.timing;
    if (before + 1 < rise) return doubt(next, "down", { ...seen, contrary: before + 1 });
  }
  const step = settle(next, "up", seen);
  if (phase.kind === "retrying") return { ...step, ...odd };
  const more = remark === undefined ? {} : { remark };
  return { ...step, report: { kind: "succeeded", ...more } };
}

function onBad(checker: Checker, why: string, seen: Seen): CheckerStep {
  const { config, phase } = checker;
  const { retry, delayBeforeRetry, logAllFailures } = config.timing;
  const all: Pick<CheckerStep, "report"> = logAllFailures
    ? { report: { kind: "attempt-failed", why } }
    : {};
  if (phase.kind === "down") {
    if (phase.standing.contrary !== undefined) return { ...settle(checker, "down", seen), ...all };
    return { ...stay(checker, phase, seen), ...all };
  }
  const contrary = phase.kind === "up"
    ? phase.standing.contrary ?? 0
    : phase.kind === "retrying"
    ? phase.contrary ?? 0
    : 0;
  const done = phase.kind === "retrying" ? phase.attempt : 0;
  const hasRetries = phase.kind !== "first" || (phase.up && phase.patient);
  if (hasRetries && done < retry) {
    return {
      checker: {
        ...checker,
        phase: { kind: "retrying", attempt: done + 1, ...(contrary > 0 && { contrary }) },
      },
      action: attempt(config, delayBeforeRetry, seen.now),
      ...all,
    };
  }
  const { fall = 1 } = config.timing;
  if (contrary + 1 < fall && isUp(checker)) {
    return { ...doubt(checker, "up", { ...seen, contrary: contrary + 1 }), ...all };
  }
  return { ...settle(checker, "down", seen), report: { kind: "failed", retries: done, why } };
}

/** Stays in `up` or `down`, or enters it, although checks said the contrary: so many more are needed that each is reported. */
function doubt(
  checker: Checker,
  kind: "up" | "down",
  { contrary, now }: Seen & { readonly contrary: number },
): CheckerStep {
  const { config, phase } = checker;
  const before = phase.kind === "up" || phase.kind === "down" ? phase.standing : undefined;
  const standing: Standing = {
    startAt: before?.startAt ?? now + config.timing.delayLoop,
    contrary,
  };
  const after = { ...checker, phase: { kind, standing } };
  const silent = before !== undefined && before.contrary === undefined &&
    before.expect === undefined;
  return silent && config.kind !== "misc"
    ? { checker: after }
    : { checker: after, action: standingOrder(config, standing, now) };
}

/** Enters `up` or `down` with a standing order that begins one `delayLoop` from now. */
function settle(checker: Checker, kind: "up" | "down", { outcome, now }: Seen): CheckerStep {
  const { config } = checker;
  const startAt = now + config.timing.delayLoop;
  const expect = mayBeSilent(config, kind) ? outcome : undefined;
  const standing: Standing = expect === undefined ? { startAt } : { startAt, expect };
  return {
    checker: { ...checker, phase: { kind, standing } },
    action: standingOrder(config, standing, now),
  };
}

/** Stays in `up` or `down`: after a difference seen twice in a row the core is told to expect it. */
function stay(
  checker: Checker,
  phase: Extract<CheckerPhase, { readonly standing: Standing }>,
  { outcome, now }: Seen,
): CheckerStep {
  const { config } = checker;
  const { standing } = phase;
  if (outcome === undefined) return { checker, action: standingOrder(config, standing, now) };
  if (!mayBeSilent(config, phase.kind) || sameOutcome(outcome, standing.expect)) return { checker };
  const { startAt } = standing;
  if (!sameOutcome(outcome, standing.last)) {
    // A page that is never the same twice ends here each time, and its order is left alone.
    return {
      checker: { ...checker, phase: { ...phase, standing: { ...standing, last: outcome } } },
    };
  }
  const renewed: Standing = { startAt, expect: outcome };
  return {
    checker: { ...checker, phase: { ...phase, standing: renewed } },
    action: standingOrder(config, renewed, now),
  };
}

/**
 * The socket could not be made or bound, for example because `bindto` is not on this node, or this host lacks descriptors:
 * says nothing about the server, so it is asked again after `delayLoop` (so does keepalived). Said once in a row.
 */
function inconclusive(checker: Checker, why: string, now: Micros): CheckerStep {
  const { config, phase } = checker;
  const again: Pick<CheckerStep, "action"> =
    phase.kind === "first" || phase.kind === "retrying" || config.kind === "misc"
      ? { action: attempt(config, config.timing.delayLoop, now) }
      : {};
  if (checker.inconclusive === why) return { checker, ...again };
  return {
    checker: { ...checker, inconclusive: why },
    ...again,
    report: { kind: "inconclusive", why },
  };
}

function conclusive(checker: Checker): Checker {
  if (checker.inconclusive === undefined) return checker;
  const { inconclusive: _why, ...rest } = checker;
  return rest;
}

/** With `logAllFailures` each failure of a server that is down must be reported to be logged. */
function mayBeSilent(config: CheckerConfig, kind: "up" | "down"): boolean {
  return kind === "up" || !config.timing.logAllFailures;
}

/** One attempt, `delay` from now. */
function attempt(config: CheckerConfig, delay: Micros, now: Micros): CheckerAction {
  return config.kind === "misc"
    ? { kind: "run", at: now + delay }
    : { kind: "probe", delay, interval: 0 };
}

/** The order that keeps the moments of `standing`, from the next of them on. */
function standingOrder(config: CheckerConfig, standing: Standing, now: Micros): CheckerAction {
  const { delayLoop } = config.timing;
  const at = nextMoment(standing.startAt, delayLoop, now);
  if (config.kind === "misc") return { kind: "run", at };
  const { expect } = standing;
  return {
    kind: "probe",
    delay: at - now,
    interval: delayLoop,
    ...(expect === undefined ? {} : { expect }),
  };
}

/** The first moment after `now` that lies whole multiples of `interval` from `startAt`. */
function nextMoment(startAt: Micros, interval: Micros, now: Micros): Micros {
  if (startAt > now) return startAt;
  return startAt + (Math.floor((now - startAt) / interval) + 1) * interval;
}

function withRemark(checker: Checker, remark: string | undefined): Checker {
  if (checker.remark === remark) return checker;
  if (remark !== undefined) return { ...checker, remark };
  const { remark: _, ...rest } = checker;
  return rest;
}

function withWeight(checker: Checker, weight: number | undefined): Checker {
  if (checker.weight === weight) return checker;
  if (weight !== undefined) return { ...checker, weight };
  const { weight: _, ...rest } = checker;
  return rest;
}
