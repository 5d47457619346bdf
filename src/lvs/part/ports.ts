/** Ports of local addresses, within a step. */

import { type Draft, say } from "./draft.ts";
import { withDue } from "./agenda.ts";
import {
  CROWDED,
  crowdedBy,
  localAddressesOf,
  PORTS,
  PORTS_INTERVAL,
  type PortUse,
} from "../beside/ports.ts";
import type { LvsConfig } from "../config.ts";
import type { LvsPart } from "./part.ts";

/** Puts down when ports are counted: as long as there are local addresses. */
export function watchPorts(draft: Draft, config: LvsConfig): void {
  if (localAddressesOf(config).length === 0) draft.portsAt = undefined;
  else if (draft.portsAt === undefined) dueToCount(draft);
}

function dueToCount(draft: Draft): void {
  draft.portsAt = draft.now + PORTS_INTERVAL;
  draft.agenda = withDue(draft.agenda, { at: draft.portsAt, task: { kind: "ports" } });
}

/** Has the ports counted, if it is time. */
export function countPorts(draft: Draft, config: LvsConfig): void {
  if (draft.portsAt === undefined || draft.portsAt > draft.now) return;
  dueToCount(draft);
  const addresses = localAddressesOf(config);
  draft.orders.push({ kind: "count-ports", addresses, least: CROWDED });
}

/** The part that knows how many are in use, and says what has changed about it. */
export function withPorts(part: LvsPart, draft: Draft, uses: readonly PortUse[]): LvsPart {
  const { crowded, fuller, emptier } = crowdedBy(part.crowded, uses);
  for (const { address, busiest } of fuller) {
    if (busiest === undefined) continue;
    say(draft, { kind: "local-address", address, crowded: { ...busiest, of: PORTS } });
  }
  for (const address of emptier) say(draft, { kind: "local-address", address });
  return crowded === part.crowded ? part : { ...part, crowded };
}
