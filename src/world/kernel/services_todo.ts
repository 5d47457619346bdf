/**
 * Which services of the IPVS table are to be looked at, taken in slices: however many they are, no turn of the loop is long.
 */

import type { ServerChange } from "../../lvs/part/effect.ts";
import { appended, type List, listed } from "../../persistent/mod.ts";

/** Virtual servers, or changes, of one slice. */
const SLICE = 200;

/** What is left; absent: nothing. */
export type ServicesTodo = Todo | undefined;

interface Todo {
  /**
   * All virtual servers from this position on; at 0 also what is not wanted any more. Absent: not all.
   */
  readonly from?: number;
  /** Changes; those before `taken` are done. They come before the others: something has happened there. */
  readonly some: readonly ServerChange[];
  readonly taken: number;
  /** Changes that came later. */
  readonly more: List<ServerChange>;
}

/** A part of it that fits into one turn. */
export interface ServicesSlice {
  /** Whether what is not wanted any more goes. */
  readonly clean: boolean;
  readonly changes: readonly ServerChange[];
  readonly rest: ServicesTodo;
}

/** With more to be looked at. */
export function withTodo(
  before: ServicesTodo,
  changed: "all" | readonly ServerChange[],
): ServicesTodo {
  if (changed === "all") return { from: 0, some: [], taken: 0, more: undefined };
  if (changed.length === 0 || before?.from === 0) return before;
  const { more, ...rest } = before ?? { some: [], taken: 0, more: undefined };
  return { ...rest, more: changed.reduce<List<ServerChange>>(appended, more) };
}

/** The next slice, with `count` virtual servers in all. */
export function nextSlice(todo: Todo, count: number): ServicesSlice {
  const { from } = todo;
  const all = todo.taken < todo.some.length
    ? { some: todo.some, taken: todo.taken, more: todo.more }
    : { some: listed(todo.more), taken: 0, more: undefined };
  const changes = all.some.slice(all.taken, all.taken + SLICE);
  const taken = all.taken + changes.length;
  const to = from === undefined ? undefined : Math.min(count, from + SLICE - changes.length);
  for (let at = from ?? 0; at < (to ?? 0); at += 1) changes.push({ virtualServer: at });
  const left = to !== undefined && to < count ? { from: to } : {};
  const idle = left.from === undefined && taken >= all.some.length && all.more === undefined;
  return {
    clean: from === 0,
    changes,
    rest: idle ? undefined : { ...left, some: all.some, taken, more: all.more },
  };
}
