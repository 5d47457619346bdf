/** How often somebody takes a thing of ours out of the kernel: it is put back at once, but not for ever. */

import { type Micros, SECOND } from "../net/micros.ts";

/** Within a second this often a thing is put back at once; after that as after a failure. */
const AT_ONCE = 10;

/** How often of late. */
export interface Taken {
  readonly since: Micros;
  readonly times: number;
}

/** Once more. */
export function takenAgain(before: Taken | undefined, now: Micros): Taken {
  return before !== undefined && now - before.since < SECOND
    ? { since: before.since, times: before.times + 1 }
    : { since: now, times: 1 };
}

/** Whether it has to wait. */
export function isTooOften({ times }: Taken): boolean {
  return times > AT_ONCE;
}
