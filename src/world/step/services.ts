/** What is told of the IPVS table, and what came of orders about it. */

import type { Micros } from "../../net/micros.ts";
import type { Update } from "../chain.ts";
import { withChangedServices } from "../changed.ts";
import type { WorldEvent } from "../event.ts";
import {
  contested,
  driftOf,
  servicesApplied,
  servicesChanged,
  servicesDue,
  servicesDumped,
} from "../kernel/services.ts";
import type { World } from "../world.ts";

/** The table was read. One that is as it was known to be asks for nothing. */
export function onTable(
  world: World,
  event: Extract<WorldEvent, { readonly kind: "ipvs-table" }>,
  now: Micros,
): Update {
  const dumped = servicesDumped(world.services, event.services, now);
  const drift = driftOf(world.services, dumped);
  const services = contested(dumped, drift !== undefined, now);
  const { actual, owned } = world.services;
  const next = { ...world, services };
  return [
    services.actual === actual && services.owned === owned
      ? next
      : withChangedServices(next, "all"),
    drift === undefined ? [] : [{ kind: "log", level: "warning", from: "check", text: drift }],
  ];
}

/** Somebody else has changed the table. */
export function onTableChanged(world: World, now: Micros): Update {
  return moved(world, servicesChanged(world.services, now));
}

/** What was ordered was carried out, or not. */
export function onServicesApplied(
  world: World,
  { errnos }: Extract<WorldEvent, { readonly kind: "ipvs-applied" }>,
  now: Micros,
): Update {
  return [{ ...world, services: servicesApplied(world.services, errnos, now) }, []];
}

/** Something about the table is due. */
export function onServicesDue(world: World, now: Micros): Update {
  return moved(world, servicesDue(world.services, now));
}

function moved(world: World, [services, orders]: ReturnType<typeof servicesDue>): Update {
  return [services === world.services ? world : { ...world, services }, orders];
}
