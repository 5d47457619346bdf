/** When a failed operation on the kernel is tried again. */

import { type Micros, SECOND } from "../../net/micros.ts";

/** First wait after a failure. */
const FIRST: Micros = 1 * SECOND;

/** Longest wait. */
const LONGEST: Micros = 60 * SECOND;

/** Failures in a row: the last wait, and when it ends. */
export interface Backoff {
  readonly wait: Micros;
  /** Absent while the retry is under way. */
  readonly at?: Micros;
}

/** The retry after one more failure: each wait twice the one before, up to a minute. */
export function backOff(previous: Backoff | undefined, now: Micros): Backoff {
  const wait = Math.min(previous === undefined ? FIRST : 2 * previous.wait, LONGEST);
  return { wait, at: now + wait };
}

/** The same row of failures with a retry under way. */
export function retrying(backoff: Backoff | undefined): { readonly retry?: Backoff } {
  return backoff === undefined ? {} : { retry: { wait: backoff.wait } };
}
