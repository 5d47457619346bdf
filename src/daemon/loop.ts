/**
 * The loop around the reducer: one event at a time, effects carried out in order, one timer for the next deadline. Events that come
 * in one turn are settled together at its end: the kernel's tables are compared once with what they should be.
 * Nothing else holds state of the daemon.
 *
 * What is too much for one turn is settled in several, and timers and signals have theirs in between.
 *
 * Leases are renewed between any two events, so whatever else is to be done, renewal does not wait for it.
 *
 * An error in here is a bug, and the loop outlives it: the event or effect is skipped and reported, the world stays what it was.
 * Should renewals be what fails, the leases end by themselves: the core says farewell and withdraws the addresses.
 */

import { earlier, type Micros, MILLISECOND } from "../net/micros.ts";
import {
  isSettled,
  nextDeadline,
  nextRenewal,
  settle,
  take,
  type Update,
  type World,
  type WorldEffect,
  type WorldEvent,
} from "../world/mod.ts";
import { clearTimer, LONGEST_TIMER, setTimer, type Timer } from "./platform/mod.ts";

/** A deadline that is looked at later than this passed unseen: what has happened is heard first. */
const UNSEEN: Micros = 100 * MILLISECOND;

/** How long it waits what could not be taken: a bug must not become a busy loop. */
const FAILED_WAIT: Micros = 1_000 * MILLISECOND;

/** What the loop needs from outside. */
export interface LoopOptions {
  readonly world: World;
  /** Monotonic time, the same clock as in the core's records. */
  now(): Micros;
  /** Carries out one effect. Answers come back through `dispatch`. */
  carryOut(effect: WorldEffect): void;
  /** Calls `heard` when everything that has arrived by now was dispatched. */
  hearAll(heard: () => void): void;
  /** Hears of a bug: what was thrown, and while what was done. Must not throw. */
  complain(error: unknown, during: string): void;
  /** Hears what came of a turn. Must not throw. */
  settled?(world: World): void;
  /** Hears how much later than wanted a deadline was looked at. */
  late?(by: Micros): void;
}

/** A running loop. */
export interface Loop extends Disposable {
  /** Takes one event; from inside `carryOut` it is queued. Outside of a turn it is one by itself. */
  dispatch(event: WorldEvent): void;
  /** Makes one turn of all events that `deliver` dispatches. */
  turn(deliver: () => void): void;
  /** What is known now. */
  world(): World;
  /** Nothing is taken any more, for another process to go on from here; or, by what this gives, after all. */
  halt(): () => void;
}

/** Starts the loop; nothing happens before the first event. */
export function startLoop(
  { world: initial, now, carryOut, hearAll, complain, late, settled }: LoopOptions,
): Loop {
  let world = initial;
  let timer: Timer | undefined;
  /** For the next part of what is settled in several turns. */
  let rest: Timer | undefined;
  /** Inside a turn. */
  let open = false;
  /** An event is being taken, or a turn settled. */
  let busy = false;
  /** A deadline waits until it is known what has happened. */
  let hearing = false;
  let halted = false;
  /** What failed is not tried again before. */
  const notBefore = { renewal: 0, deadline: 0 };
  const queue: WorldEvent[] = [];

  function dispatch(event: WorldEvent): void {
    queue.push(event);
    if (halted) return;
    if (!open) turn(() => {});
    else if (!busy) takeAll();
  }

  function turn(deliver: () => void): void {
    if (open) return deliver();
    open = true;
    try {
      deliver();
    } finally {
      do {
        takeAll();
        busy = true;
        const done = attempt("settling", settle);
        busy = false;
        clearTimer(rest);
        if (!isSettled(world) && !halted) {
          const wait = done ? 0 : FAILED_WAIT / MILLISECOND;
          // With what is due by then: one timer sets the other anew.
          rest = setTimer(onTimer, wait);
        }
      } while (queue.length > 0 && !halted);
      open = false;
      settled?.(world);
      arm();
    }
  }

  function halt(): () => void {
    halted = true;
    clearTimer(timer);
    clearTimer(rest);
    return () => {
      halted = false;
      turn(() => {});
    };
  }

  function takeAll(): void {
    if (halted) return;
    busy = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const event = next;
      renew();
      const taken = attempt(`the event ${event.kind}`, (before) => take(before, event, now()));
      if (!taken && event.kind === "deadline") notBefore.deadline = now() + FAILED_WAIT;
    }
    busy = false;
  }

  /** Renews the leases if that is due. */
  function renew(): void {
    const at = nextRenewal(world);
    const time = now();
    if (at === undefined || Math.max(at, notBefore.renewal) > time) return;
    const taken = attempt("the event renew", (before) => take(before, { kind: "renew" }, time));
    if (!taken) notBefore.renewal = now() + FAILED_WAIT;
  }

  /** Moves the world and carries out what comes of it; what fails is reported, changes nothing and gives false. */
  function attempt(during: string, move: (before: World) => Update): boolean {
    try {
      const [moved, effects] = move(world);
      world = moved;
      for (const effect of effects) perform(effect);
      return true;
    } catch (error) {
      complain(error, during);
      return false;
    }
  }

  function perform(effect: WorldEffect): void {
    try {
      carryOut(effect);
    } catch (error) {
      complain(error, `the effect ${effect.kind}`);
    }
  }

  function arm(): void {
    clearTimer(timer);
    timer = undefined;
    const next = earlier(
      later(nextRenewal(world), notBefore.renewal),
      hearing ? undefined : later(nextDeadline(world), notBefore.deadline),
    );
    if (next === undefined || halted || world.phase === "stopped") return;
    const wait = Math.max(0, Math.ceil((next - now()) / MILLISECOND));
    timer = setTimer(onTimer, Math.min(wait, LONGEST_TIMER));
  }

  /** This program may have been stopped or starved: then its timers know less than its sockets. */
  function onTimer(): void {
    turn(renew);
    const deadline = later(nextDeadline(world), notBefore.deadline);
    if (hearing || deadline === undefined || deadline > now()) return;
    late?.(now() - deadline);
    if (now() - deadline <= UNSEEN) return dispatch({ kind: "deadline" });
    hearing = true;
    hearAll(() => {
      hearing = false;
      dispatch({ kind: "deadline" });
    });
    arm();
  }

  return {
    dispatch,
    turn,
    world: () => world,
    halt,
    [Symbol.dispose]: () => {
      clearTimer(timer);
      clearTimer(rest);
    },
  };
}

function later(moment: Micros | undefined, notBefore: Micros): Micros | undefined {
  return moment === undefined ? undefined : Math.max(moment, notBefore);
}
