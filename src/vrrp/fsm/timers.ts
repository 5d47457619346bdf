/** Timer arithmetic, in one place so that the status cannot disagree with failover. */

import { type Micros, MILLISECOND, SECOND } from "../../net/mod.ts";

/** What a backup may need beyond its timers until it has announced itself. */
const TAKING_OVER: Micros = 100 * MILLISECOND;

/** What the timers depend on. */
export interface TimerParameters {
  readonly version: 2 | 3;
  /** Effective priority, 1 to 255. */
  readonly priority: number;
  /** v2: the own interval; v3: that of the master, or the own one when none was heard. */
  readonly interval: Micros;
  /** Missed adverts before the master is presumed down, 1 to 100. */
  readonly downTimerAdverts: number;
}

/**
 * Skew_Time: what the lower priority waits longer.
 * v2 (RFC 3768 §6.1): (256 − priority) / 256 s; v3 (RFC 9568 §6.1): the same share of the interval.
 */
export function skewTime(parameters: Omit<TimerParameters, "downTimerAdverts">): Micros {
  const { version, priority, interval } = parameters;
  return Math.round((256 - priority) * (version === 2 ? SECOND : interval) / 256);
}

/** Active_Down_Interval (RFC 9568 §6.1); its factor 3 is configurable, `down_timer_adverts`. */
export function masterDownInterval(parameters: TimerParameters): Micros {
  return parameters.downTimerAdverts * parameters.interval + skewTime(parameters);
}

/** How long after a farewell a backup of any priority has surely taken over, if there is one. */
export function successionTime(version: 2 | 3, interval: Micros): Micros {
  return skewTime({ version, priority: 1, interval }) + TAKING_OVER;
}
