/** One turn of the loop, without the loop: events are taken, then the kernel's tables are compared once. */

import type { ServiceTable } from "../kernel/mod.ts";
import type { Micros } from "../net/micros.ts";
import {
  isSettled,
  settle,
  take,
  type Update,
  type World,
  type WorldEffect,
  type WorldEvent,
} from "../world/mod.ts";
import { ran } from "./steps.ts";

/** What a turn made. */
export interface Turned {
  readonly world: World;
  readonly effects: readonly WorldEffect[];
}

/** What is answered, and when. */
export interface TurnOptions {
  readonly now: Micros;
  /** The kernel's IPVS table, where the world asks for it; absent: that question stays open. */
  readonly table?: readonly ServiceTable[];
}

/** Takes some events as one turn, and the answer to the question for the IPVS table as another. */
export function turned(
  before: World,
  events: readonly WorldEvent[],
  options: TurnOptions,
): Turned {
  return ran(turning(before, events, options));
}

/** The same a step at a time: an event, a slice of what is settled. A world is never changed, so time may pass in between. */
export function* turning(
  before: World,
  events: readonly WorldEvent[],
  { now, table }: TurnOptions,
): Generator<void, Turned> {
  let world = before;
  const effects: WorldEffect[] = [];
  const move = ([moved, more]: Update) => {
    world = moved;
    for (const effect of more) effects.push(effect);
  };
  let next: readonly WorldEvent[] = events;
  while (next.length > 0) {
    const start = effects.length;
    for (const event of next) {
      move(take(world, event, now));
      yield;
    }
    do {
      move(settle(world));
      yield;
    } while (!isSettled(world));
    const asked = table !== undefined &&
      effects.slice(start).some(({ kind }) => kind === "ipvs-dump");
    next = asked ? [{ kind: "ipvs-table", services: table }] : [];
  }
  return { world, effects };
}
