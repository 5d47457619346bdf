/** What following something does to an instance: a change of priority, or a fault. */

import { unreachable } from "../net/mod.ts";
import type { FaultCause, TrackerName } from "../notify/mod.ts";
import type { TrackerState } from "./tracker.ts";

/** How a tracker is followed. */
export interface Weighing {
  /** −253 to 253; 0: down is a fault. */
  readonly weight: number;
  /** Swaps up and down. */
  readonly reverse: boolean;
}

/** A tracker that is followed, and how. */
export interface FollowedThing extends Weighing {
  readonly tracker: TrackerName;
}

/** What a tracker in its state does to whoever follows it. */
export interface Outcome {
  readonly tracker: TrackerName;
  /** Enough is known to begin. */
  readonly known: boolean;
  /** Added to the priority. */
  readonly amount: number;
  /** Why there is a fault, if there is one. */
  readonly fault: FaultCause | undefined;
}

/** The outcome of following a tracker that is in this state. */
export function outcomeOf({ tracker, ...how }: FollowedThing, state: TrackerState): Outcome {
  // keepalived: only what can be a fault is waited for, a weight comes with its first result.
  if (state === "unknown") {
    return { tracker, known: how.weight !== 0, amount: 0, fault: undefined };
  }
  const found = influenceOf({ up: state === "up", ...how });
  return found.kind === "fault"
    ? { tracker, known: true, amount: 0, fault: faultOf(tracker, state) }
    : { tracker, known: true, amount: found.amount, fault: undefined };
}

function faultOf({ kind, name }: TrackerName, state: TrackerState): FaultCause {
  const up = state === "up";
  switch (kind) {
    case "interface":
      return state === "missing"
        ? { kind: "interface-missing", ifname: name }
        : { kind: "interface", ifname: name, up };
    case "script":
      return { kind: "script", name, ok: up };
    default:
      return unreachable(kind);
  }
}

/** What comes of a tracker that is up or down. */
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

/** Priority with all weights: an owner's never changes, others stay within 1 to 254. */
export function effectiveFrom(base: number, amounts: number): number {
  return base === 255 ? 255 : Math.max(1, Math.min(254, base + amounts));
}
