/** What following something does to an instance: a change of priority, or a fault. */

import type { FaultCause } from "../notify/mod.ts";
import { findingOf, type Tracker, type TrackerState } from "./tracker.ts";

/** How a tracker is followed. */
export interface Weighing {
  /** −254 to 254; 0: down is a fault. */
  readonly weight: number;
  /** Swaps up and down; of a file the sign of what it adds. */
  readonly reverse: boolean;
}

/** A tracker that is followed, and how. */
export interface FollowedThing extends Weighing {
  readonly tracker: Tracker;
  /** The weight is that of its declaration. */
  readonly inherited?: true;
}

/** What a tracker in its state does to whoever follows it. */
export interface Outcome {
  readonly tracker: Tracker;
  /** Enough is known to begin. */
  readonly known: boolean;
  /** Added to the priority. */
  readonly amount: number;
  /** Why there is a fault, if there is one. */
  readonly fault: FaultCause | undefined;
}

/** The outcome of following a tracker that is in this state. */
export function outcomeOf(
  { tracker, weight, reverse }: FollowedThing,
  state: TrackerState,
): Outcome {
  // keepalived: only what can be a fault is waited for, a weight comes with its first result.
  if (state === "unknown") {
    return { tracker, known: weight !== 0 || !isAwaited(tracker), amount: 0, fault: undefined };
  }
  const found = typeof state === "number"
    ? influenceOfValue({ value: state, weight, reverse })
    : influenceOf({ up: state === "up", weight, reverse });
  return found.kind === "fault"
    ? { tracker, known: true, amount: 0, fault: faultOf(tracker, state) }
    : { tracker, known: true, amount: found.amount, fault: undefined };
}

/** Nothing tells of BFD sessions yet: whoever waited for one would never begin. */
function isAwaited({ kind }: Tracker): boolean {
  return kind !== "bfd";
}

function faultOf(tracker: Tracker, state: TrackerState): FaultCause {
  return { kind: "tracker", tracker, found: findingOf(tracker, state) };
}

/** What comes of a tracker that is up or down, or of a number. */
export type Influence =
  | { readonly kind: "fault" }
  /** Added to the priority; 0 for nothing. */
  | { readonly kind: "weight"; readonly amount: number };

/** keepalived: a positive weight adds while up, a negative one subtracts while down. */
export function influenceOf(
  { up, weight, reverse }: Weighing & {
    /** The script succeeds, the interface is up. */
    readonly up: boolean;
  },
): Influence {
  const good = up !== reverse;
  if (weight === 0) return good ? { kind: "weight", amount: 0 } : { kind: "fault" };
  return { kind: "weight", amount: (weight > 0) === good ? weight : 0 };
}

/** Least and most that a file adds to a priority (keepalived); less is a fault. */
const [LEAST, MOST] = [-253, 253] as const;

/** keepalived: a file adds its number times the weight; without weight a number other than 0 is a fault. */
export function influenceOfValue(
  { value, weight, reverse }: Weighing & { readonly value: number },
): Influence {
  if (weight === 0) {
    return (value === 0) !== reverse ? { kind: "weight", amount: 0 } : { kind: "fault" };
  }
  const amount = value * weight * (reverse ? -1 : 1);
  if (amount < LEAST) return { kind: "fault" };
  return { kind: "weight", amount: Math.min(amount, MOST) + 0 };
}

/** Priority with all weights: an owner's never changes, others stay within 1 to 254. */
export function effectiveFrom(base: number, amounts: number): number {
  return base === 255 ? 255 : Math.max(1, Math.min(254, base + amounts));
}
