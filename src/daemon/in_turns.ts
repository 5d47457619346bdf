/** Work that need not be done at one moment: the loop has its turns in between. */

import { monotonicMs, pause } from "./platform/mod.ts";

/** Longest stretch at once, as far as steps are shorter than that, ms. */
const STRETCH_MS = 5;

/** Runs to the end and gives what comes of it. */
export async function inTurns<T>(steps: Generator<unknown, T>): Promise<T> {
  let until = monotonicMs() + STRETCH_MS;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (monotonicMs() < until) continue;
    await pause(0);
    until = monotonicMs() + STRETCH_MS;
  }
}
