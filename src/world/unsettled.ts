/**
 * What was asked of the kernel since the world was last settled: where its tables may have to change, and the effects that come
 * behind that. Many events of one drain so lead to one comparison of what they changed.
 */

import type { ServerChange } from "../lvs/effect.ts";
import { appended, type List } from "../persistent/mod.ts";
import type { WorldEffect } from "./effect.ts";

/** What is to be looked at, and what waits for it. */
export interface Unsettled {
  /** Whether the addresses may have to change. */
  readonly addresses: boolean;
  /** Where the IPVS table may have to change. */
  readonly services: "all" | List<ServerChange>;
  /** What comes behind the addresses: gratuitous ARP, notifications. */
  readonly behindAddresses: List<WorldEffect>;
  /** What comes behind the services: notifications. */
  readonly behindServices: List<WorldEffect>;
}

/** Nothing was asked. */
export const SETTLED: Unsettled = {
  addresses: false,
  services: undefined,
  behindAddresses: undefined,
  behindServices: undefined,
};

/** With the addresses to be looked at. */
export function withAddresses(before: Unsettled): Unsettled {
  return before.addresses ? before : { ...before, addresses: true };
}

/** With more of the services to be looked at. */
export function withServices(
  before: Unsettled,
  changed: "all" | readonly ServerChange[],
): Unsettled {
  if (before.services === "all") return before;
  if (changed === "all") return { ...before, services: "all" };
  let { services } = before;
  for (const change of changed) services = appended(services, change);
  return { ...before, services };
}

/** With an effect that comes behind the addresses. */
export function behindAddresses(before: Unsettled, effect: WorldEffect): Unsettled {
  return { ...before, behindAddresses: appended(before.behindAddresses, effect) };
}

/** With an effect that comes behind the services. */
export function behindServices(before: Unsettled, effect: WorldEffect): Unsettled {
  return { ...before, behindServices: appended(before.behindServices, effect) };
}
