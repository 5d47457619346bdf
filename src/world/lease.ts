/** Leases: the core keeps a master alive for so long without hearing from the loop. */

import type { Micros } from "../net/micros.ts";
import { sizeOf, valueOf, withEntry, withoutKey } from "../persistent/mod.ts";
import type { Update } from "./chain.ts";
import type { WorldEvent } from "./event.ts";
import type { World } from "./world.ts";

/** The core keeps obeying for a lease; asking for a quarter of it leaves room for a slow moment. */
export function onRenew(world: World, now: Micros): Update {
  if (world.renewAt === undefined || world.renewAt > now) return [world, []];
  return [{ ...world, renewAt: now + renewInterval(world) }, [{ kind: "renew" }]];
}

function renewInterval(world: World): Micros {
  return Math.round(world.options.lease / 4);
}

export function leased(world: World, order: number, now: Micros): World {
  if (valueOf(world.leased, order) === true) return world;
  return {
    ...world,
    leased: withEntry(world.leased, order, true),
    renewAt: world.renewAt ?? now + renewInterval(world),
  };
}

export function unleased(world: World, order: number): World {
  const left = withoutKey(world.leased, order);
  if (left === world.leased) return world;
  const { renewAt, ...rest } = world;
  return {
    ...rest,
    leased: left,
    ...(sizeOf(left) > 0 && renewAt !== undefined ? { renewAt } : {}),
  };
}

/** A lapsed order is over, and the core has deleted what it was told to withdraw: notifications will say so. */
export function released(world: World, event: WorldEvent): World {
  return event.kind === "lapsed" ? unleased(world, event.order) : world;
}
