/** The causes behind each transition, newest last: the answer to "why did it fail over?". */

import type { Micros } from "../net/micros.ts";

/** How many entries are kept. */
const LENGTH = 500;

/** One transition of one instance. */
export interface JournalEntry {
  readonly at: Micros;
  readonly instance: string;
  readonly from: string;
  readonly to: string;
  readonly cause: string;
}

/** The last {@linkcode LENGTH} transitions. */
export type Journal = readonly JournalEntry[];

/** The journal with one entry more. */
export function recorded(journal: Journal, entry: JournalEntry): Journal {
  return [...journal.slice(-(LENGTH - 1)), entry];
}
