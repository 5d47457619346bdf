/** Who is stronger: the comparisons of RFC 9568 §6.4 with keepalived's preemption rules. */

import { compareIp, type Ip, type Micros } from "../../net/mod.ts";
import { type BackupState, effectivePriority, type Instance } from "./state.ts";
import { masterDownInterval, skewTime } from "./timers.ts";

/** How an advert compares with the own one. `same`: equal in priority and address, our own echo. */
export type Strength = "stronger" | "weaker" | "same";

/** Compares a master's advert with the own, ties broken by address (RFC 9568 §6.4.3). */
export function strengthOf(self: Instance, priority: number, source: Ip): Strength {
  const own = effectivePriority(self);
  if (priority !== own) return priority > own ? "stronger" : "weaker";
  const order = self.health.source === undefined ? 1 : compareIp(source, self.health.source);
  if (order === 0) return "same";
  return order > 0 ? "stronger" : "weaker";
}

/** Whether a backup lets an advert of this priority keep it waiting. Equal priority does. */
export function acceptable(
  self: Instance,
  state: BackupState,
  priority: number,
  now: Micros,
): boolean {
  if (priority >= effectivePriority(self)) return true;
  // The owner always preempts (RFC 9568 §6.1, Preempt_Mode).
  if (self.config.nopreempt && self.config.priority !== 255) return true;
  return state.preemptAt !== undefined && now < state.preemptAt;
}

/** Active_Down_Interval of an instance whose master sends every `interval`. */
export function downInterval(self: Instance, interval: Micros): Micros {
  const { version, downTimerAdverts } = self.config;
  const priority = effectivePriority(self);
  return masterDownInterval({ version, priority, interval, downTimerAdverts });
}

/** Skew_Time of an instance whose master sends every `interval`. */
export function skewOf(self: Instance, interval: Micros): Micros {
  return skewTime({ version: self.config.version, priority: effectivePriority(self), interval });
}
