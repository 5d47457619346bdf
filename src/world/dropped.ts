/**
 * Addresses that went, with which the kernel drops routes without a word. While addresses of their interface are on the move they may be
 * there again in a moment: what went with them waits here, and is nothing that could be settled meanwhile.
 */

import { appended, type List, listed } from "../persistent/mod.ts";
import type { AddressPlace } from "../vrrp/effect.ts";

/** What waits, by interface index. */
export type Dropped = ReadonlyMap<number, List<AddressPlace>>;

/** Nothing waits. */
export const NOTHING_DROPPED: Dropped = new Map();

/** With more that went: what waits from now on, and what is to be looked at because its interface is at rest. */
export function droppedAtRest(
  before: Dropped,
  lost: readonly AddressPlace[],
  isMoving: (ifindex: number) => boolean,
): readonly [Dropped, readonly AddressPlace[]] {
  if (lost.length === 0 && before.size === 0) return [before, []];
  const waiting = new Map(before);
  for (const place of lost) {
    waiting.set(place.ifindex, appended(waiting.get(place.ifindex), place));
  }
  const due: AddressPlace[] = [];
  for (const [ifindex, places] of waiting) {
    if (isMoving(ifindex)) continue;
    for (const place of listed(places)) due.push(place);
    waiting.delete(ifindex);
  }
  return [waiting.size === 0 ? NOTHING_DROPPED : waiting, due];
}
