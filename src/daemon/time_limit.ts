/**
 * Time limits of children. A timer says only that time has passed, not that this program saw it: it
 * may have been stopped, starved or moved to another machine, and the child with it. So what has
 * happened is looked at before a limit is held against anybody.
 */

import {
  clearTimer,
  isMissing,
  monotonicMs,
  readTextFileSync,
  setTimer,
  type Timer,
} from "./platform/mod.ts";

/** A timer that fires later than this, ms, was not watched: shorter is an ordinary busy moment. */
const UNSEEN_MS = 100;

/** A limit that runs; disposed of, it never expires. */
export type TimeLimit = Disposable;

/**
 * Calls `expired` when the child `pid` runs for longer than `limit` ms. A child that has ended by
 * itself is not late, whoever has yet to hear of it. Time this program did not see is granted to the
 * child once more, at most the limit.
 */
export function limitTime(pid: number, limit: number, expired: () => void): TimeLimit {
  let timer: Timer;
  const wait = (time: number, last: boolean) => {
    const due = monotonicMs() + time;
    timer = setTimer(() => {
      const unseen = monotonicMs() - due;
      if (hasEnded(pid)) return;
      if (unseen > UNSEEN_MS && !last) wait(Math.min(unseen, limit), true);
      else expired();
    }, time);
  };
  wait(limit, false);
  return { [Symbol.dispose]: () => clearTimer(timer) };
}

/** Whether a child has ended: a zombie until somebody asks for its status, then nothing (proc(5)). */
function hasEnded(pid: number): boolean {
  try {
    const stat = readTextFileSync(`/proc/${pid}/stat`);
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch (error) {
    if (isMissing(error)) return true;
    // Without /proc nothing is known: the timer decides alone.
    if (error instanceof Error) return false;
    throw error;
  }
}
