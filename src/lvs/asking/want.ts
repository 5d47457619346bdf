/** When a checker wants to hear of its endpoint, and what one order makes of the wants of several. */

import { type Checker, type CheckerAction, isStanding } from "../../check/checker/checker.ts";
import { sameOutcome } from "../../check/checker/kind.ts";
import type { Outcome } from "../../check/probe.ts";
import type { Micros } from "../../net/micros.ts";

/** A want. */
export interface Want {
  /** The next moment. */
  readonly at: Micros;
  /** Between that and those that follow; 0: once. */
  readonly interval: Micros;
  /** An outcome that need not be told. */
  readonly expect?: Outcome;
}

/** What a checker wants, by what it is to do next. */
export function wantOf(checker: Checker, action: CheckerAction, now: Micros): Want {
  if (action.kind === "run") {
    return { at: action.at, interval: isStanding(checker) ? checker.config.timing.delayLoop : 0 };
  }
  const { delay, interval, expect } = action;
  return { at: now + delay, interval, ...(expect !== undefined && { expect }) };
}

/**
 * One want for all: as long as all want every round, they get the same rounds; while one wants attempts of its own (the first, or
 * retries), each moment is ordered by itself. All have the same interval.
 */
export function combined(wants: readonly Want[], now: Micros): Want {
  const [first, ...others] = wants;
  if (first === undefined) throw new RangeError("Cannot combine wants: there are none");
  if (others.length === 0) return first;
  if (wants.some(({ interval }) => interval === 0)) {
    return { at: Math.min(...wants.map(({ at }) => at)), interval: 0 };
  }
  const { interval, expect } = first;
  const at = Math.min(...wants.map((want) => advanced(want, now).at));
  const alike = expect !== undefined && others.every((other) => sameOutcome(other.expect, expect));
  return { at, interval, ...(alike && { expect }) };
}

/** A standing want whose next moment is not over. */
export function advanced(want: Want, now: Micros): Want {
  const { at, interval } = want;
  if (at > now || interval === 0) return want;
  return { ...want, at: at + (Math.floor((now - at) / interval) + 1) * interval };
}

/** Whether what an order has found is for a checker with this want: it was due, or knows nothing yet. */
export function isMeant(want: Want | undefined, out: Want, checker: Checker): boolean {
  return want === undefined || out.interval > 0 || want.at <= out.at ||
    checker.phase.kind === "first";
}
