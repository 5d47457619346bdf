/** One turn of the loop, without the loop: events are taken, then the kernel's tables are compared once. */

import type { ServiceTable } from "../kernel/mod.ts";
import type { Micros } from "../net/micros.ts";
import { settleAll, take, type World, type WorldEffect, type WorldEvent } from "../world/mod.ts";

/** What a turn made. */
export interface Turned {
  readonly world: World;
  readonly effects: readonly WorldEffect[];
}

/**
 * Takes some events as one turn. Where the world asks for the kernel's IPVS table, `table` is the answer,
 * in a turn of its own; without one that question stays open.
 */
export function turned(
  before: World,
  events: readonly WorldEvent[],
  { now, table }: { readonly now: Micros; readonly table?: readonly ServiceTable[] },
): Turned {
  let world = before;
  const effects: WorldEffect[] = [];
  let next: readonly WorldEvent[] = events;
  while (next.length > 0) {
    const start = effects.length;
    for (const event of next) {
      const [moved, more] = take(world, event, now);
      world = moved;
      for (const effect of more) effects.push(effect);
    }
    const [settled, more] = settleAll(world);
    world = settled;
    for (const effect of more) effects.push(effect);
    const asked = table !== undefined &&
      effects.slice(start).some(({ kind }) => kind === "ipvs-dump");
    next = asked ? [{ kind: "ipvs-table", services: table }] : [];
  }
  return { world, effects };
}
