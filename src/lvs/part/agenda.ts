/**
 * What is due when: a heap that is never changed (leftist heap, Crane 1972), so taking the earliest and
 * adding one cost O(log n). Entries are not taken back; whoever takes one out asks whether it still holds.
 */

import type { Micros } from "../../net/micros.ts";
import type { Position } from "../asking/mod.ts";

/** An entry. */
export interface Due {
  readonly at: Micros;
  readonly task: Task;
}

/** What is due. */
export type Task =
  /** A command, by its order and the `seq` under which it was put down. */
  | { readonly kind: "run"; readonly order: number; readonly seq: number }
  /** A real server that comes back slowly gets more weight. */
  | ({ readonly kind: "climb" } & Position)
  /** The servers that leave a virtual server are looked at. */
  | { readonly kind: "leave"; readonly virtualServer: number }
  /** Ports of local addresses are counted. */
  | { readonly kind: "ports" };

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

function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at;
}
