/** What is told of the IPVS table, and what came of orders about it. */

import { placesOfServices } from "../../lvs/mod.ts";
import type { Micros } from "../../net/micros.ts";
import type { IpvsTable } from "../../kernel/mod.ts";
import { chain, type Update } from "../chain.ts";
import { withChangedServices } from "../changed.ts";
import type { WorldEvent } from "../event.ts";
import {
  contested,
  driftOf,
  servicesApplied,
  servicesChanged,
  servicesDue,
  servicesDumped,
  servicesHeard,
  type ServicesState,
} from "../kernel/services.ts";
import type { World } from "../world.ts";
import { lvsStep } from "./parts.ts";

/** A part of the table was read. */
export function onServicesHeard(
  world: World,
  { services }: Extract<WorldEvent, { readonly kind: "ipvs-services" }>,
): Update {
  return moved(world, [servicesHeard(world.services, services), []]);
}

/** The table was read. One that is as it was known to be asks for nothing. */
export function onTable(
  world: World,
  event: Extract<WorldEvent, { readonly kind: "ipvs-table" }>,
  now: Micros,
): Update {
  const before = world.services;
  const [dumped, changed] = servicesDumped(before, event, now);
  const drift = driftOf(before, dumped, changed);
  const services = contested(dumped, drift !== undefined, now);
  const next = { ...world, services };
  const ours = changed.filter((key) => dumped.owned.has(key));
  if (before.actual === undefined) {
    return dumped.actual === undefined ? [next, []] : foundFirst(next, dumped.actual, before, now);
  }
  const places = placesOfServices(world.lvs, ours);
  return [
    dumped.actual === undefined ? next : withChangedServices(next, places),
    drift === undefined ? [] : [{ kind: "log", level: "warning", from: "check", text: drift }],
  ];
}

/** The first table: everything is looked at, and what a run before has left may have its time to leave. */
function foundFirst(
  world: World,
  table: IpvsTable,
  { flush }: ServicesState,
  now: Micros,
): Update {
  return chain(
    flush ? [world, []] : lvsStep(world, { kind: "found", table }, now),
    (next) => [withChangedServices(next, "all"), []],
  );
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
