/** The causes behind each change of state, newest last: the answer to "why did it fail over?". */

import type { JournalEntry } from "../notify/mod.ts";
import { appended, type List, listed } from "../persistent/mod.ts";

/** How many entries are kept. */
const LENGTH = 500;

/** The last transitions, at least {@linkcode LENGTH} of them. */
export interface Journal {
  readonly entries: List<JournalEntry>;
  readonly length: number;
}

/** Nothing has happened. */
export const NO_JOURNAL: Journal = { entries: undefined, length: 0 };

/** The journal with one entry more. What is too old is forgotten once in a while, many at a time. */
export function recorded({ entries, length }: Journal, entry: JournalEntry): Journal {
  if (length < 2 * LENGTH) return { entries: appended(entries, entry), length: length + 1 };
  const kept = [...listed(entries).slice(1 - LENGTH), entry];
  return { entries: kept.reduce<List<JournalEntry>>(appended, undefined), length: LENGTH };
}

/** All entries that are kept, oldest first. */
export function journalEntries({ entries }: Journal): readonly JournalEntry[] {
  return listed(entries);
}
