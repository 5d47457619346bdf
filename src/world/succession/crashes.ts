/**
 * Crashes in a row (`crash_policy restart`). One that comes alone is mended by the next run before anybody notices. One that comes again
 * and again is better off on another node: so the last of them is a failover.
 */

import { type Micros, SECOND } from "../../net/micros.ts";

/** So many crashes within this time are too many. */
const [MOST, WITHIN]: readonly [number, Micros] = [3, 60 * SECOND];

/** The crashes that count at `now`, when a run begins after one more. */
export function withCrash(before: readonly Micros[], now: Micros): readonly Micros[] {
  return [...recent(before, now), now];
}

/** Those that still count. */
export function recent(crashes: readonly Micros[], now: Micros): readonly Micros[] {
  return crashes.filter((at) => at <= now && now - at < WITHIN).slice(-MOST);
}

/** Whether the next crash is to be a failover. */
export function isLoop(crashes: readonly Micros[], now: Micros): boolean {
  return recent(crashes, now).length >= MOST;
}

/** When the next crash counts as one that comes alone again; absent: it does. */
export function loopEnds(crashes: readonly Micros[], now: Micros): Micros | undefined {
  const [first] = recent(crashes, now);
  return isLoop(crashes, now) && first !== undefined ? first + WITHIN : undefined;
}
