/** Virtual time: what is to happen when, and a clock that jumps from one to the next. */

import type { Micros } from "../net/mod.ts";

/** Takes something back that was to happen. Harmless when it has happened. */
export type Cancel = () => void;

/** A virtual clock and its agenda. Equal moments keep the order in which they were asked for. */
export interface Timeline {
  now(): Micros;
  /** Runs `action` at `time`, or as soon as possible when that has passed. */
  at(time: Micros, action: () => void): Cancel;
  /** Lets everything happen that is due up to and including `time`. */
  runUntil(time: Micros): void;
}

interface Entry {
  readonly time: Micros;
  readonly action: () => void;
}

/** A timeline that begins at `start`. */
export function createTimeline(start: Micros = 0): Timeline {
  let now = start;
  /** Ascending by time. */
  const agenda: Entry[] = [];

  function at(time: Micros, action: () => void): Cancel {
    const entry: Entry = { time: Math.max(time, now), action };
    agenda.splice(after(agenda, entry.time), 0, entry);
    return () => {
      const index = agenda.indexOf(entry);
      if (index >= 0) agenda.splice(index, 1);
    };
  }

  function runUntil(time: Micros): void {
    for (let next = agenda[0]; next !== undefined && next.time <= time; next = agenda[0]) {
      agenda.shift();
      now = next.time;
      next.action();
    }
    now = Math.max(now, time);
  }

  return { now: () => now, at, runUntil };
}

/** What a node counts as time: a clock that began at 0 and runs `rate` times as fast as the timeline. */
export function driftingClock(timeline: Timeline, rate: number): Pick<Timeline, "now" | "at"> {
  const begun = timeline.now();
  return {
    now: () => Math.round((timeline.now() - begun) * rate),
    // Never too early by its own clock.
    at: (time, action) => timeline.at(begun + Math.ceil(time / rate), action),
  };
}

/** Position behind every entry that is not later than `time`. */
function after(agenda: readonly Entry[], time: Micros): number {
  let [low, high] = [0, agenda.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = agenda[middle];
    if (entry !== undefined && entry.time <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
