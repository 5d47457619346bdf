/** An interface whose changes are believed only when they last (`interface_up_down_delays`). */

import type { Micros } from "../net/mod.ts";
import type { LinkDelays } from "./config.ts";
import type { TrackerState } from "./tracker.ts";

/** What is believed of an interface, and what may come. */
export interface Debounced {
  readonly delays: LinkDelays;
  readonly believed: TrackerState;
  /** Believed at `at`, if nothing else is told before. */
  readonly coming?: { readonly state: TrackerState; readonly at: Micros };
}

/** The interface is told to be in this state. One that does not exist any more is believed at once. */
export function onTold(self: Debounced, state: TrackerState, now: Micros): Debounced {
  const { delays, believed, coming } = self;
  if (state === believed) return coming === undefined ? self : { delays, believed };
  if (state === coming?.state) return self;
  const delay = state === "up" ? delays.up : state === "down" ? delays.down : 0;
  if (delay === 0 || believed === "missing") return { delays, believed: state };
  return { delays, believed, coming: { state, at: now + delay } };
}

/** What was to come is believed. */
export function onLasted(self: Debounced): Debounced {
  const { delays, believed, coming } = self;
  return { delays, believed: coming?.state ?? believed };
}
