/** Memory that a start or a reload has taken, and that nothing needs when they are over. */

import { clearTimer, giveBackMemory, setTimer, type Timer } from "../platform/mod.ts";

/** Behind what a new master does in its first seconds, ms. */
const AFTER_MS = 6_000;

/** Gives it back, once after each. */
export interface Tidying extends Disposable {
  /** Something has been read: in a while there will be something to give back. */
  soon(): void;
}

/** Nothing is to be given back yet. `giveBack` does it, `after` so many ms. */
export function openTidying(giveBack: () => void = giveBackMemory, after = AFTER_MS): Tidying {
  let timer: Timer | undefined;
  return {
    soon() {
      clearTimer(timer);
      timer = setTimer(giveBack, after);
    },
    [Symbol.dispose]: () => clearTimer(timer),
  };
}
