/**
 * The loop around the reducer: one event at a time, effects carried out in order, one timer for the next deadline.
 * Nothing else holds state of the daemon.
 */

import { type Micros, MILLISECOND } from "../net/micros.ts";
import {
  nextDeadline,
  update,
  type World,
  type WorldEffect,
  type WorldEvent,
} from "../world/mod.ts";

/** Longest time a timer can be set to; a later deadline is looked at again then. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What the loop needs from outside. */
export interface LoopOptions {
  readonly world: World;
  /** Monotonic time, the same clock as in the core's records. */
  now(): Micros;
  /** Carries out one effect; must not throw. Answers come back through `dispatch`. */
  carryOut(effect: WorldEffect): void;
}

/** A running loop. */
export interface Loop extends Disposable {
  /** Takes one event; from inside `carryOut` it is queued. */
  dispatch(event: WorldEvent): void;
  /** What is known now. */
  world(): World;
}

/** Starts the loop; nothing happens before the first event. */
export function startLoop({ world: initial, now, carryOut }: LoopOptions): Loop {
  let world = initial;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  const queue: WorldEvent[] = [];

  function dispatch(event: WorldEvent): void {
    queue.push(event);
    if (busy) return;
    busy = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [moved, effects] = update(world, next, now());
        world = moved;
        for (const effect of effects) carryOut(effect);
      }
    } finally {
      busy = false;
    }
    arm();
  }

  function arm(): void {
    clearTimeout(timer);
    timer = undefined;
    const deadline = nextDeadline(world);
    if (deadline === undefined || world.phase === "stopped") return;
    const wait = Math.max(0, Math.ceil((deadline - now()) / MILLISECOND));
    timer = setTimeout(onTimer, Math.min(wait, LONGEST_TIMER_MS));
  }

  function onTimer(): void {
    const deadline = nextDeadline(world);
    if (deadline !== undefined && deadline <= now()) dispatch({ kind: "deadline" });
    else arm();
  }

  return { dispatch, world: () => world, [Symbol.dispose]: () => clearTimeout(timer) };
}
