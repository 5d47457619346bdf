/** Memory that a start or a reload has taken, and that nothing needs when they are over. */

import { clearTimer, giveBackMemory, setTimer, type Timer } from "../platform/mod.ts";

/** Behind what a new master does in its first seconds, ms. */
const AFTER_MS = 6_000;

/** Gives it back, once after each. */
export interface Tidying extends Disposable {
  /** Something has been read: in a while there will be something to give back. */
  soon(): void;
}

/** Nothing is to be given back yet. `giveBack` does it. */
export function openTidying(giveBack: () => void = giveBackMemory): Tidying {
  let timer: Timer | undefined;
  return {
    soon() {
      clearTimer(timer);
      timer = setTimer(giveBack, AFTER_MS);
    },
    [Symbol.dispose]: () => clearTimer(timer),
  };
}
