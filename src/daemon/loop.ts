/**
 * The loop around the reducer: one event at a time, effects carried out in order, one timer for the next deadline.
 * Nothing else holds state of the daemon.
 *
 * An error in here is a bug, and the loop outlives it: the event or effect is skipped and reported, the world stays what it was.
 * Should renewals be what fails, the leases end by themselves: the core says farewell and withdraws the addresses.
 */

import { type Micros, MILLISECOND } from "../net/micros.ts";
import {
  nextDeadline,
  update,
  type World,
  type WorldEffect,
  type WorldEvent,
} from "../world/mod.ts";
import { clearTimer, LONGEST_TIMER, setTimer, type Timer } from "./platform/mod.ts";

/** A deadline that is looked at later than this passed unseen: what has happened is heard first. */
const UNSEEN: Micros = 100 * MILLISECOND;

/** How long a deadline waits that could not be taken: a bug must not become a busy loop. */
const FAILED_WAIT_MS = 1_000;

/** What the loop needs from outside. */
export interface LoopOptions {
  readonly world: World;
  /** Monotonic time, the same clock as in the core's records. */
  now(): Micros;
  /** Carries out one effect. Answers come back through `dispatch`. */
  carryOut(effect: WorldEffect): void;
  /** Calls `heard` when everything that has arrived by now was dispatched. */
  settle(heard: () => void): void;
  /** Hears of a bug: what was thrown, and while what was done. Must not throw. */
  complain(error: unknown, during: string): void;
}

/** A running loop. */
export interface Loop extends Disposable {
  /** Takes one event; from inside `carryOut` it is queued. */
  dispatch(event: WorldEvent): void;
  /** What is known now. */
  world(): World;
}

/** Starts the loop; nothing happens before the first event. */
export function startLoop({ world: initial, now, carryOut, settle, complain }: LoopOptions): Loop {
  let world = initial;
  let timer: Timer | undefined;
  let busy = false;
  /** A deadline waits until it is known what has happened. */
  let settling = false;
  const queue: WorldEvent[] = [];

  function dispatch(event: WorldEvent): void {
    queue.push(event);
    if (busy) return;
    busy = true;
    let failed = false;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      failed = !take(next) || failed;
    }
    busy = false;
    arm(failed ? FAILED_WAIT_MS : 0);
  }

  /** False when the event could not be taken. */
  function take(event: WorldEvent): boolean {
    try {
      const [moved, effects] = update(world, event, now());
      world = moved;
      for (const effect of effects) attempt(effect);
      return true;
    } catch (error) {
      complain(error, `the event ${event.kind}`);
      return false;
    }
  }

  function attempt(effect: WorldEffect): void {
    try {
      carryOut(effect);
    } catch (error) {
      complain(error, `the effect ${effect.kind}`);
    }
  }

  function arm(atLeast = 0): void {
    clearTimer(timer);
    timer = undefined;
    const deadline = nextDeadline(world);
    if (deadline === undefined || world.phase === "stopped" || settling) return;
    const wait = Math.max(atLeast, Math.ceil((deadline - now()) / MILLISECOND));
    timer = setTimer(onTimer, Math.min(wait, LONGEST_TIMER));
  }

  /** This program may have been stopped or starved: then its timers know less than its sockets. */
  function onTimer(): void {
    const deadline = nextDeadline(world);
    if (deadline === undefined || deadline > now()) return arm();
    if (now() - deadline <= UNSEEN) return dispatch({ kind: "deadline" });
    settling = true;
    settle(() => {
      settling = false;
      dispatch({ kind: "deadline" });
    });
  }

  return { dispatch, world: () => world, [Symbol.dispose]: () => clearTimer(timer) };
}
