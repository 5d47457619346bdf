/** When instances and scripts are due by themselves, earliest first: which is next is known without asking them all. */

import type { Micros } from "../../net/mod.ts";
import type { TrackedScript } from "../../track/script.ts";
import { instanceDeadline } from "../fsm/fsm.ts";
import type { Instance } from "../fsm/state.ts";
import {
  firstOf,
  type Sorted,
  sortedFrom,
  sortedValues,
  withEntry,
  withoutKey,
} from "../../persistent/mod.ts";

/** Who is due: an instance by the number of its orders, a script by its name. */
export type Subject = number | string;

/** One deadline. */
interface Due {
  readonly at: Micros;
  readonly who: Subject;
}

/** All deadlines. */
export type Deadlines = Sorted<Due, Subject>;

/** Those of all these. */
export function deadlinesOf(
  instances: readonly Instance[],
  scripts: Sorted<string, TrackedScript>,
): Deadlines {
  const dues: readonly Due[] = [
    ...instances.flatMap((each) => {
      const at = instanceDeadline(each);
      return at === undefined ? [] : [{ at, who: each.order }];
    }),
    ...sortedValues(scripts).map(({ config, dueAt }) => ({ at: dueAt, who: config.name })),
  ];
  return sortedFrom(compareDue, dues.map((due) => [due, due.who]));
}

/** With somebody's deadline moved; absent: none. */
export function withDeadline(
  deadlines: Deadlines,
  who: Subject,
  { from, to }: { readonly from: Micros | undefined; readonly to: Micros | undefined },
): Deadlines {
  if (from === to) return deadlines;
  const without = from === undefined ? deadlines : withoutKey(deadlines, { at: from, who });
  return to === undefined ? without : withEntry(without, { at: to, who }, who);
}

/** The earliest. */
export function earliest(deadlines: Deadlines): Micros | undefined {
  return firstOf(deadlines)?.[0].at;
}

/** Everybody who is due by `now`, the earliest first. */
export function whoIsDue(deadlines: Deadlines, now: Micros): readonly Subject[] {
  const due: Subject[] = [];
  let rest = deadlines;
  for (let next = firstOf(rest); next !== undefined && next[0].at <= now; next = firstOf(rest)) {
    due.push(next[1]);
    rest = withoutKey(rest, next[0]);
  }
  return due;
}

/** At one moment instances come first, those configured first. */
function compareDue(a: Due, b: Due): number {
  if (a.at !== b.at) return a.at - b.at;
  if (typeof a.who === "number") return typeof b.who === "number" ? a.who - b.who : -1;
  if (typeof b.who === "number") return 1;
  return a.who < b.who ? -1 : a.who > b.who ? 1 : 0;
}
