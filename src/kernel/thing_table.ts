/**
 * What of the kernel's things is ours, level-triggered: what is held is known from what was ordered and what the kernel told since;
 * what is wanted is asked for key by key, where something changed; the difference is ordered. What is not held is never deleted.
 */

import { type Deadlines, deadlinesOf, earliest, whoIsDue, withDeadline } from "../net/deadlines.ts";
import { type Micros, SECOND } from "../net/micros.ts";
import {
  byText,
  emptySorted,
  firstOf,
  type Sorted,
  sortedEntries,
  valueOf,
  withEntry,
  withoutKey,
} from "../persistent/mod.ts";
import { isTooOften, type Taken, takenAgain } from "./taken.ts";
import {
  changeOf,
  type KernelOperation,
  phaseOf,
  sameThing,
  spotPrefix,
  type Thing,
  thingKey,
} from "./thing.ts";

/** First and longest wait after a failure. */
const [FIRST, LONGEST]: readonly [Micros, Micros] = [1 * SECOND, 60 * SECOND];

/** A thing that could not be added or deleted, or was taken away too often. */
export interface Failure {
  /** Of the last try; 0 when others took it away again and again. */
  readonly errno: number;
  readonly wait: Micros;
  /** When it is tried again; absent while that is under way. */
  readonly at?: Micros;
}

/** What is known. Operations under way count as done until their answer says otherwise. */
export interface ThingTable {
  /** By key: what is ours and there. */
  readonly held: Sorted<string, Thing>;
  /** By key. */
  readonly failed: Sorted<string, Failure>;
  /** Of what failed, by key. */
  readonly retries: Deadlines<string>;
  /** By key: what was taken away by somebody else. */
  readonly taken: Sorted<string, Taken>;
  /** By key: operations not yet answered. Of several the last decides. */
  readonly underWay: Sorted<string, number>;
  /** Orders not yet answered. */
  readonly pending: number;
}

/** Nothing is ours. */
export const NO_THINGS: ThingTable = {
  held: emptySorted(byText),
  failed: emptySorted(byText),
  retries: deadlinesOf([]),
  taken: emptySorted(byText),
  underWay: emptySorted(byText),
  pending: 0,
};

/** What is compared, and what it should be. */
export interface ThingWish {
  /** Each once or more often. */
  readonly keys: readonly string[];
  readonly desired: (key: string) => Thing | undefined;
}

/** What leads to what is wanted. */
export interface ThingPlan {
  /** What goes before anything else changes: the last phase first. */
  readonly leaving: readonly KernelOperation[];
  /** What comes or changes: the first phase first. */
  readonly coming: readonly KernelOperation[];
}

const NO_PLAN: ThingPlan = { leaving: [], coming: [] };

/** Orders what leads to what is wanted. What failed waits for its retry. */
export function reconcileThings(
  before: ThingTable,
  { keys, desired }: ThingWish,
): readonly [ThingTable, ThingPlan] {
  let { held } = before;
  const gone: Thing[] = [];
  const added: Thing[] = [];
  const changed: (readonly [from: Thing, to: Thing])[] = [];
  for (const key of new Set(keys)) {
    if (valueOf(before.failed, key)?.at !== undefined) continue;
    const [want, have] = [desired(key), valueOf(held, key)];
    if (want === undefined) {
      if (have === undefined) continue;
      gone.push(have);
      held = withoutKey(held, key);
    } else if (have === undefined || !sameThing(want, have)) {
      if (have === undefined) added.push(want);
      else changed.push([have, want]);
      held = withEntry(held, key, want);
    }
  }
  const plan = planOf({ gone, added, changed });
  if (plan === NO_PLAN) return [before, plan];
  const orders = [plan.leaving, plan.coming].filter(({ length }) => length > 0).length;
  let { underWay } = before;
  for (const operation of [...plan.leaving, ...plan.coming]) {
    const key = thingKey(operation);
    underWay = withEntry(underWay, key, (valueOf(underWay, key) ?? 0) + 1);
  }
  return [{ ...before, held, underWay, pending: before.pending + orders }, plan];
}

function planOf({ gone, added, changed }: {
  readonly gone: readonly Thing[];
  readonly added: readonly Thing[];
  readonly changed: readonly (readonly [from: Thing, to: Thing])[];
}): ThingPlan {
  if (gone.length === 0 && added.length === 0 && changed.length === 0) return NO_PLAN;
  // What gives way to another in its place goes when that is there: nobody is without a route meanwhile.
  const spots = new Set(added.map((each) => spotPrefix(each)));
  const [leaving, replaced] = [gone, gone].map((all, giveWay) =>
    all.filter((each) => spots.has(spotPrefix(each)) === (giveWay === 1))
  );
  const coming: KernelOperation[] = [
    ...changed.flatMap(([from, to]): readonly KernelOperation[] => {
      const [add, remove] = [added1(to), deleted1(from)];
      switch (changeOf(to)) {
        case "add-first":
          return [add, remove];
        case "delete-first":
          return [remove, add];
        case "replace":
          return [add];
      }
    }),
    ...added.map(added1),
    ...(replaced ?? []).map(deleted1),
  ];
  return {
    leaving: (leaving ?? []).map(deleted1).toSorted((a, b) => phaseOf(b) - phaseOf(a)),
    coming: coming.toSorted((a, b) => phaseOf(a) - phaseOf(b)),
  };
}

function added1(thing: Thing): KernelOperation {
  return { ...thing, op: "add" };
}

function deleted1(thing: Thing): KernelOperation {
  return { ...thing, op: "delete" };
}

/** Something that failed though it is wanted, or not any more. */
export interface ThingFailure {
  readonly thing: Thing;
  readonly op: "add" | "delete";
  readonly errno: number;
  /** It was there before, and somebody else took it away. */
  readonly lost: boolean;
}

/**
 * Takes the answer to an order: what failed is undone in the table and due for a retry. Returns also the keys of what is there though
 * it was taken for gone meanwhile, to be looked at.
 */
export function thingsApplied(
  before: ThingTable,
  { operations, errnos }: {
    readonly operations: readonly KernelOperation[];
    readonly errnos: readonly number[];
  },
  now: Micros,
): readonly [ThingTable, readonly ThingFailure[], readonly string[]] {
  const found: string[] = [];
  let table = { ...before, pending: Math.max(0, before.pending - 1) };
  const failures: ThingFailure[] = [];
  for (const [index, operation] of operations.entries()) {
    const { op, ...thing } = operation;
    const key = thingKey(operation);
    const errno = errnos[index] ?? 0;
    const left = (valueOf(table.underWay, key) ?? 1) - 1;
    table = {
      ...table,
      underWay: left > 0 ? withEntry(table.underWay, key, left) : withoutKey(table.underWay, key),
    };
    if (errno === 0) {
      // What failed before may have been taken for not there.
      if (left === 0 && op === "add" && valueOf(table.held, key) === undefined) {
        found.push(key);
        table = { ...table, held: withEntry(table.held, key, thing) };
      }
      table = withoutFailure(table, key);
      continue;
    }
    if (left > 0) continue;
    failures.push({ thing, op, errno, lost: valueOf(table.taken, key) !== undefined });
    const have = valueOf(table.held, key);
    // What was changed since is another matter.
    if (op === "add" && have !== undefined && sameThing(thing, have)) {
      table = { ...table, held: withoutKey(table.held, key) };
    } else if (op === "delete" && have === undefined) {
      table = { ...table, held: withEntry(table.held, key, thing) };
    }
    table = withFailure(table, key, { errno, now });
  }
  return [table, failures, found];
}

/** What is not there any more, as somebody else did it: returns the keys to be looked at. */
export function thingsTaken(
  before: ThingTable,
  lost: readonly string[],
  now: Micros,
): readonly [ThingTable, readonly string[]] {
  let table = before;
  const again: string[] = [];
  for (const key of lost) {
    if (valueOf(table.held, key) === undefined) continue;
    const taken = takenAgain(valueOf(table.taken, key), now);
    table = {
      ...table,
      held: withoutKey(table.held, key),
      taken: withEntry(table.taken, key, taken),
    };
    if (isTooOften(taken)) table = withFailure(table, key, { errno: 0, now });
    else again.push(key);
  }
  return [table, again];
}

/** Keys of all that is held. */
export function heldKeys({ held }: ThingTable): readonly string[] {
  return sortedEntries(held).map(([key]) => key);
}

/** Keys of all that is held in the place whose keys begin with `prefix`. */
export function heldAt({ held }: ThingTable, prefix: string): readonly string[] {
  const keys: string[] = [];
  for (
    let entry = firstOf(held, prefix);
    entry?.[0].startsWith(prefix);
    entry = firstOf(held, `${entry[0]}\0`)
  ) keys.push(entry[0]);
  return keys;
}

/** Keys of what is held and of which something is true. */
export function heldWhere(
  { held }: ThingTable,
  isMeant: (thing: Thing) => boolean,
): readonly string[] {
  return sortedEntries(held).flatMap(([key, thing]) => isMeant(thing) ? [key] : []);
}

/** The table without what is not known to be there any more, for a reason that is nobody's fault. */
export function thingsForgotten(before: ThingTable, keys: readonly string[]): ThingTable {
  let { held } = before;
  for (const key of keys) held = withoutKey(held, key);
  return held === before.held ? before : { ...before, held };
}

/** The table with what is or may be there otherwise than is known: ours, so that it goes or changes unless it is wanted. */
export function thingsAdopted(before: ThingTable, things: readonly Thing[]): ThingTable {
  let { held } = before;
  for (const thing of things) held = withEntry(held, thingKey(thing), thing);
  return held === before.held ? before : { ...before, held };
}

/** Everything is tried again at once, such as when a link is there again. Returns the keys that waited. */
export function retriedAtOnce(before: ThingTable): readonly [ThingTable, readonly string[]] {
  const keys = sortedEntries(before.failed).map(([key]) => key);
  return [keys.reduce(tried, before), keys];
}

/** Whose retry is due by `now`. */
export function thingsDue(
  before: ThingTable,
  now: Micros,
): readonly [ThingTable, readonly string[]] {
  const keys = whoIsDue(before.retries, now);
  return [keys.reduce(tried, before), keys];
}

/** When something is due of itself. */
export function nextThingDeadline({ retries }: ThingTable): Micros | undefined {
  return earliest(retries);
}

function withFailure(
  before: ThingTable,
  key: string,
  { errno, now }: { readonly errno: number; readonly now: Micros },
): ThingTable {
  const known = valueOf(before.failed, key);
  const wait = Math.min(known === undefined ? FIRST : 2 * known.wait, LONGEST);
  const at = now + wait;
  return {
    ...before,
    failed: withEntry(before.failed, key, { errno, wait, at }),
    retries: withDeadline(before.retries, key, { from: known?.at, to: at }),
  };
}

function withoutFailure(before: ThingTable, key: string): ThingTable {
  const known = valueOf(before.failed, key);
  if (known === undefined) return before;
  return {
    ...before,
    failed: withoutKey(before.failed, key),
    retries: withDeadline(before.retries, key, { from: known.at, to: undefined }),
  };
}

/** With the retry of a failure under way. */
function tried(before: ThingTable, key: string): ThingTable {
  const known = valueOf(before.failed, key);
  if (known?.at === undefined) return before;
  const { at, ...rest } = known;
  return {
    ...before,
    failed: withEntry(before.failed, key, rest),
    retries: withDeadline(before.retries, key, { from: at, to: undefined }),
  };
}
