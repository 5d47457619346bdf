/** When somebody is due by himself, earliest first: who is next is known without asking them all. */

import { firstOf, type Sorted, sortedFrom, withEntry, withoutKey } from "../persistent/mod.ts";
import type { Micros } from "./micros.ts";

/** One deadline. */
interface Due<W> {
  readonly at: Micros;
  readonly who: W;
}

/** All deadlines. At one moment the smaller number or name comes first, so a run can be replayed. */
export type Deadlines<W extends number | string> = Sorted<Due<W>, W>;

/** These deadlines; absent: none. */
export function deadlinesOf<W extends number | string>(
  dues: readonly (readonly [who: W, at: Micros | undefined])[],
): Deadlines<W> {
  return sortedFrom(
    compareDue,
    dues.flatMap(([who, at]) => at === undefined ? [] : [[{ at, who }, who] as const]),
  );
}

/** With somebody's deadline moved; absent: none. */
export function withDeadline<W extends number | string>(
  deadlines: Deadlines<W>,
  who: W,
  { from, to }: { readonly from: Micros | undefined; readonly to: Micros | undefined },
): Deadlines<W> {
  if (from === to) return deadlines;
  const without = from === undefined ? deadlines : withoutKey(deadlines, { at: from, who });
  return to === undefined ? without : withEntry(without, { at: to, who }, who);
}

/** The earliest. */
export function earliest<W extends number | string>(deadlines: Deadlines<W>): Micros | undefined {
  return firstOf(deadlines)?.[0].at;
}

/** Everybody who is due by `now`, the earliest first. */
export function whoIsDue<W extends number | string>(
  deadlines: Deadlines<W>,
  now: Micros,
): readonly W[] {
  const due: W[] = [];
  let rest = deadlines;
  for (let next = firstOf(rest); next !== undefined && next[0].at <= now; next = firstOf(rest)) {
    due.push(next[1]);
    rest = withoutKey(rest, next[0]);
  }
  return due;
}

function compareDue<W extends number | string>(a: Due<W>, b: Due<W>): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.who < b.who ? -1 : a.who > b.who ? 1 : 0;
}
