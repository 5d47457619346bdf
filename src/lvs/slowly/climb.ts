/**
 * `slow_start`: a server that comes back, or that a reload adds, has a part of its weight at first. Beyond keepalived, where it has
 * all of it at once, and with `wlc` gets every new connection until it has as many as the others.
 */

import type { Micros } from "../../net/micros.ts";

/** How far a server has come. */
export interface Climb {
  readonly since: Micros;
  /** It has so many of {@linkcode steps} parts of its weight; 1 to steps − 1. */
  readonly step: number;
  readonly steps: number;
  /** When it gets the next. */
  readonly nextAt: Micros;
}

/** Most steps of a climb: each is a change of the kernel's table. */
const MOST_STEPS = 20;

/** The beginning; `undefined` for a weight that has no parts, or where nothing is slow. */
export function beginClimb(
  weight: number,
  slowStart: Micros | undefined,
  now: Micros,
): Climb | undefined {
  if (slowStart === undefined || slowStart === 0 || weight < 2) return undefined;
  const steps = Math.min(weight, MOST_STEPS);
  return stepAt({ since: now, steps }, 1, slowStart);
}

/** Where it is at `now`; `undefined` at the end. */
export function climbAt(
  climb: Climb,
  slowStart: Micros | undefined,
  now: Micros,
): Climb | undefined {
  const { since, steps, nextAt } = climb;
  if (slowStart === undefined || now - since >= slowStart) return undefined;
  if (now < nextAt) return climb;
  const step = 1 + Math.floor((now - since) * (steps - 1) / slowStart);
  return step >= steps ? undefined : stepAt(climb, step, slowStart);
}

/** The part of a weight that a server has: never none. */
export function climbed(weight: number, climb: Climb | undefined): number {
  if (climb === undefined || weight < 2) return weight;
  return Math.max(1, Math.floor(weight * climb.step / climb.steps));
}

/** The last step is the whole weight, at the end of the time. */
function stepAt(
  { since, steps }: Pick<Climb, "since" | "steps">,
  step: number,
  slowStart: Micros,
): Climb {
  return { since, step, steps, nextAt: since + Math.ceil(step * slowStart / (steps - 1)) };
}
