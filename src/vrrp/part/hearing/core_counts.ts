/** What the core did by itself, as differences to be added to the statistics. */

import type { OrderCount, WatchCount } from "../../event.ts";
import { type Counter, COUNTER_OF } from "../../fsm/statistics.ts";
import { isDropReason } from "../../drop_reason.ts";
import type { CoreCounts } from "../part_state.ts";

const NONE: CoreCounts = { transmissions: 0, watched: 0, counters: {} };

/** The counts to remember, and by order what is new since the last report. */
export function countedBy(
  before: ReadonlyMap<number, CoreCounts>,
  transmissions: readonly OrderCount[],
  watches: readonly WatchCount[],
): readonly [ReadonlyMap<number, CoreCounts>, ReadonlyMap<number, CoreCounts>] {
  const after = new Map(before);
  const deltas = new Map<number, CoreCounts>();
  const note = (order: number, now: CoreCounts) => {
    const known = before.get(order) ?? NONE;
    const delta = increases(known, now);
    after.set(order, now);
    if (delta !== NONE) deltas.set(order, delta);
  };
  const sent = new Map(transmissions.map(({ order, count }) => [order, count]));
  const seen = new Map(watches.map((each) => [each.order, each]));
  for (const order of new Set([...sent.keys(), ...seen.keys()])) {
    const watch = seen.get(order);
    note(order, {
      transmissions: sent.get(order) ?? before.get(order)?.transmissions ?? 0,
      watched: watch?.count ?? before.get(order)?.watched ?? 0,
      counters: watch === undefined ? before.get(order)?.counters ?? {} : countersOf(watch),
    });
  }
  return [after, deltas];
}

/** keepalived counts an advert as received before it asks who sent it. */
function countersOf({ lesser, resigned, dropped }: WatchCount): CoreCounts["counters"] {
  const counters: Partial<Record<Counter, number>> = {};
  const add = (counter: Counter, count: number) => {
    if (count > 0) counters[counter] = (counters[counter] ?? 0) + count;
  };
  add("advert_rcvd", lesser);
  add("pri_zero_rcvd", resigned);
  for (const { judgement, count } of dropped) {
    if (!isDropReason(judgement)) continue;
    add(COUNTER_OF[judgement], count);
    if (judgement === "unicast-source") add("advert_rcvd", count);
  }
  return counters;
}

function increases(before: CoreCounts, now: CoreCounts): CoreCounts {
  const counters: Partial<Record<Counter, number>> = {};
  for (const name of Object.keys(now.counters) as Counter[]) {
    const fresh = increase(before.counters[name] ?? 0, now.counters[name] ?? 0);
    if (fresh > 0) counters[name] = fresh;
  }
  const transmissions = increase(before.transmissions, now.transmissions);
  const watched = increase(before.watched, now.watched);
  const some = transmissions > 0 || watched > 0 || Object.keys(counters).length > 0;
  return some ? { transmissions, watched, counters } : NONE;
}

/** An order given anew counts from 0. */
function increase(before: number, now: number): number {
  return now >= before ? now - before : now;
}
