/** What the core did by itself, as differences to be added to the statistics. */

import type { OrderCount } from "../event.ts";
import type { CoreCounts } from "./part_state.ts";

const NONE: CoreCounts = { transmissions: 0, watched: 0 };

/** The counts to remember, and by order what is new since the last report. */
export function countedBy(
  before: ReadonlyMap<number, CoreCounts>,
  transmissions: readonly OrderCount[],
  watches: readonly OrderCount[],
): readonly [ReadonlyMap<number, CoreCounts>, ReadonlyMap<number, CoreCounts>] {
  const after = new Map(before);
  const deltas = new Map<number, CoreCounts>();
  for (const { order, count } of transmissions) {
    const known = before.get(order) ?? NONE;
    const fresh = increase(known.transmissions, count);
    if (count === known.transmissions) continue;
    after.set(order, { ...known, transmissions: count });
    if (fresh > 0) deltas.set(order, { ...NONE, transmissions: fresh });
  }
  for (const { order, count } of watches) {
    const known = after.get(order) ?? NONE;
    const fresh = increase(known.watched, count);
    if (count === known.watched) continue;
    after.set(order, { ...known, watched: count });
    if (fresh > 0) deltas.set(order, { ...deltas.get(order) ?? NONE, watched: fresh });
  }
  return [after, deltas];
}

/** An order given anew counts from 0. */
function increase(before: number, now: number): number {
  return now >= before ? now - before : now;
}
