/**
 * What is due when: a heap that is never changed (leftist heap, Crane 1972), so taking the earliest and
 * adding one cost O(log n). Entries are not taken back; whoever takes one out asks whether it still holds.
 */

import type { Micros } from "../../net/micros.ts";

/** An entry: which order is due, and the `seq` under which it was put down. */
export interface Due {
  readonly at: Micros;
  readonly order: number;
  readonly seq: number;
}

/** The heap; `undefined` when empty. */
export type Agenda = Node | undefined;

interface Node {
  readonly due: Due;
  /** Steps to the nearest free place along `right`. */
  readonly rank: number;
  readonly left: Agenda;
  readonly right: Agenda;
}

/** `agenda` with one more entry. */
export function withDue(agenda: Agenda, due: Due): Agenda {
  return merge(agenda, { due, rank: 1, left: undefined, right: undefined });
}

/** `agenda` without its earliest entry. */
export function withoutEarliest(agenda: Agenda): Agenda {
  return agenda && merge(agenda.left, agenda.right);
}

function merge(a: Agenda, b: Agenda): Agenda {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const [top, other] = isBefore(b.due, a.due) ? [b, a] : [a, b];
  const merged = merge(top.right, other);
  const [left, right] = rankOf(top.left) < rankOf(merged) ? [merged, top.left] : [top.left, merged];
  return { due: top.due, rank: rankOf(right) + 1, left, right };
}

function rankOf(agenda: Agenda): number {
  return agenda === undefined ? 0 : agenda.rank;
}

/** At one moment the lower order number comes first, so a run can be replayed. */
function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
