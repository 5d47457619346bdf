/**
 * The addresses of this host, level-triggered: what the kernel holds is known from a dump and its notifications; what it
 * should hold is computed; the difference is ordered. Nothing that is not ours is touched.
 */

import {
  type Address,
  addressKey,
  type AddressOperation,
  ESTALE,
  isMarked,
  VIRTUAL_ROUTER,
} from "../../kernel/address.ts";
import { diffAddresses, sameAddress } from "../../kernel/address_diff.ts";
import { type AddressesByKey, addressesOn } from "../../kernel/address_table.ts";
import { isTooOften, type Taken, takenAgain } from "../../kernel/taken.ts";
import type { Micros } from "../../net/micros.ts";
import {
  appended,
  byText,
  emptySorted,
  type List,
  listed,
  type Sorted,
  sortedEntries,
  sortedFrom,
  valueOf,
  withEntries,
  withEntry,
  withoutKey,
} from "../../persistent/mod.ts";
import type { AddressPlace } from "../../vrrp/effect.ts";
import { NO_PRECEDENCE, type Precedence } from "./address_precedence.ts";
import { type Backoff, backOff, retrying } from "./backoff.ts";

/** A set of {@linkcode addressKey}s. */
export type Keys = Sorted<string, true>;

/** What is known of the kernel's addresses. Operations under way count as done until their answer says otherwise. */
export interface AddressTable {
  readonly actual: AddressesByKey;
  /** Keys of addresses that are ours to delete: added by this run, or left over from one before. */
  readonly managed: Keys;
  /** Operations ordered and not yet answered. */
  readonly pending: number;
  /** What was ordered since the last time that nothing was under way. */
  readonly ordered: List<readonly AddressOperation[]>;
  readonly retry?: Backoff;
  /** By key: ours that somebody else removed. */
  readonly taken: Sorted<string, Taken>;
  /** Removed too often: not added before the next retry. */
  readonly waiting: Keys;
  readonly precedence: Precedence;
}

/** The table as dumped; nothing in it is ours. */
export function knownAddresses(dump: readonly Address[]): AddressTable {
  const actual = sortedFrom(byText, dump.map((address) => [addressKey(address), address]));
  return {
    actual,
    managed: emptySorted(byText),
    pending: 0,
    ordered: undefined,
    taken: emptySorted(byText),
    waiting: emptySorted(byText),
    precedence: NO_PRECEDENCE,
  };
}

/** The table with what a run before has left behind made ours: known to be there and among what is configured, by key. */
export function adopted(table: AddressTable, configured: Iterable<string>): AddressTable {
  return withManaged(
    table,
    [...configured].filter((key) => valueOf(table.actual, key) !== undefined),
  );
}

/** Whether an address is ours, or was. */
export function isManaged({ managed }: Pick<AddressTable, "managed">, key: string): boolean {
  return valueOf(managed, key) === true;
}

/** What is there and ours, by key. */
export function managedAddresses({ actual, managed }: AddressTable): ReadonlyMap<string, Address> {
  return new Map(
    sortedEntries(managed).flatMap(([key]) => {
      const there = valueOf(actual, key);
      return there === undefined ? [] : [[key, there] as const];
    }),
  );
}

/** The table with more that is ours to delete, by key. */
export function withManaged(table: AddressTable, keys: readonly string[]): AddressTable {
  const managed = withKeys(table.managed, keys);
  return managed === table.managed ? table : { ...table, managed };
}

/** Where the kernel's addresses may have to change. */
export type Where = "all" | readonly AddressPlace[];

/** What is compared, and what it should be. */
export interface Wish {
  readonly where: Where;
  /** What should be there, by key; ours from now on, whoever put it there. */
  readonly desired: ReadonlyMap<string, Address>;
  /** What is not ours, whatever was thought of it before. */
  readonly untouchable: ReadonlySet<string>;
  /** What is being handed over: not deleted yet. */
  readonly spared: Keys;
}

/** Orders what leads to what is desired. */
export function reconcileAddresses(
  before: AddressTable,
  { where, desired, untouchable, spared }: Wish,
): readonly [AddressTable, readonly AddressOperation[]] {
  const ready = before.waiting.root === undefined
    ? desired
    : new Map([...desired].filter(([key]) => valueOf(before.waiting, key) === undefined));
  const managed = withoutKeys(withKeys(before.managed, [...ready.keys()]), untouchable);
  const found = where === "all" ? sortedEntries(before.actual) : foundIn(before.actual, where);
  const operations = diffAddresses(
    ready,
    found,
    (key) => valueOf(managed, key) === true && valueOf(spared, key) !== true,
  );
  const table = managed === before.managed ? before : { ...before, managed };
  if (operations.length === 0) return [table, operations];
  return [addressesOrdered(withOperations(table, operations), operations), operations];
}

/** The table with operations on their way. */
export function addressesOrdered(
  table: AddressTable,
  operations: readonly AddressOperation[],
): AddressTable {
  const ordered = appended(table.ordered, operations);
  return { ...table, ordered, pending: table.pending + 1 };
}

/** The table when the core has begun to carry out operations by itself. */
export function addressesTaken(
  table: AddressTable,
  operations: readonly AddressOperation[],
): AddressTable {
  const ours = withManaged(table, operations.map(({ address }) => addressKey(address)));
  return addressesOrdered(withOperations(ours, operations), operations);
}

/** What is there in some places, by key. */
function foundIn(
  actual: AddressesByKey,
  places: readonly AddressPlace[],
): ReadonlyMap<string, Address> {
  const found = new Map<string, Address>();
  for (const { ifindex, address } of places) {
    if (address !== undefined) {
      const key = addressKey(address);
      const there = valueOf(actual, key);
      if (there !== undefined) found.set(key, there);
      continue;
    }
    for (const [key, there] of addressesOn(actual, ifindex)) found.set(key, there);
  }
  return found;
}

/** The table as it is when these are carried out: what is added is ours already, what is deleted for good is not any more. */
function withOperations(
  table: AddressTable,
  operations: readonly AddressOperation[],
): AddressTable {
  let { actual, managed } = table;
  const added = new Map<string, Address>();
  for (const { op, address } of operations) {
    if (op === "add") added.set(addressKey(address), { ...address, protocol: VIRTUAL_ROUTER });
  }
  // Deletions come first: one that is followed by its addition is undone by that.
  for (const { op, address } of operations) {
    if (op === "add") continue;
    const key = addressKey(address);
    actual = withoutKey(actual, key);
    if (!added.has(key)) managed = withoutKey(managed, key);
  }
  return { ...table, actual: withEntries(actual, inOrder(added)), managed };
}

function withKeys(before: Keys, keys: readonly string[]): Keys {
  const missing = keys.filter((key) => valueOf(before, key) !== true);
  return missing.length === 0 ? before : withEntries(before, missing.toSorted().map(IN_SET));
}

const IN_SET = (key: string) => [key, true] as const;

/** Entries as {@linkcode withEntries} is quick with: it need not put them in order. */
function inOrder<V>(entries: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...entries.keys()].sort().flatMap((key) => {
    const value = entries.get(key);
    return value === undefined ? [] : [[key, value] as const];
  });
}

function withoutKeys(before: Keys, keys: Iterable<string>): Keys {
  let after = before;
  for (const key of keys) after = withoutKey(after, key);
  return after;
}

/** The table as the retry begins. */
export function retried(table: AddressTable): AddressTable {
  const { retry, ...rest } = table;
  return { ...rest, ...retrying(retry), waiting: emptySorted(byText) };
}

/** Those that could not be added although they had been there before somebody else removed them, with their `errno`. */
export function lostAddresses(
  { taken }: AddressTable,
  { operations, errnos }: {
    readonly operations: readonly AddressOperation[];
    readonly errnos: readonly number[];
  },
): readonly (readonly [Address, errno: number])[] {
  return operations.flatMap(({ op, address }, index): readonly (readonly [Address, number])[] => {
    const errno = errnos[index] ?? 0;
    if (op !== "add" || errno === 0) return [];
    return valueOf(taken, addressKey(address)) === undefined ? [] : [[address, errno]];
  });
}

/** Takes the answer to operations: what failed is undone in the table and due for a retry. */
export function addressesApplied(
  table: AddressTable,
  { operations, errnos }: {
    readonly operations: readonly AddressOperation[];
    readonly errnos: readonly number[];
  },
  now: Micros,
): AddressTable {
  const { retry, ...rest } = { ...table, pending: Math.max(0, table.pending - 1) };
  // A deletion that came too late changed nothing, and what it concerns was told before its answer.
  const failed = operations.filter((_, index) => ![0, ESTALE].includes(errnos[index] ?? 0));
  if (failed.length === 0) return rest;
  let { actual, managed } = table;
  for (const { op, address } of failed) {
    const key = addressKey(address);
    if (op === "add") {
      actual = withoutKey(actual, key);
    } else {
      actual = withEntry(actual, key, address);
      managed = withEntry(managed, key, true);
    }
  }
  const failures = new Set(failed.map(({ address }) => addressKey(address)));
  const succeeded = listed(table.ordered).flat()
    .filter(({ address }) => !failures.has(addressKey(address)));
  return {
    ...rest,
    actual,
    managed,
    ordered: appended(undefined, succeeded),
    retry: backOff(retry, now),
  };
}

/**
 * What was added, to be compared once more when nothing is under way any more. Until then the kernel told also of what had been before
 * it was added, such as its removal by somebody else: what is there by our order is ours all the same.
 */
export function addressesArrived(table: AddressTable): readonly [AddressTable, readonly Address[]] {
  if (table.pending > 0 || table.ordered === undefined) return [table, []];
  const added = [
    ...new Map(
      listed(table.ordered).flat().flatMap(({ op, address }) =>
        op === "add" ? [[addressKey(address), address] as const] : []
      ),
    ).values(),
  ];
  const ours = added.map(addressKey).filter((key) => {
    const there = valueOf(table.actual, key);
    return there !== undefined && isMarked(there);
  });
  return [withManaged({ ...table, ordered: undefined }, ours), added];
}

/** The table without addresses elsewhere that are not ours; the same table when there are none. */
export function addressesWithin(
  table: AddressTable,
  isThere: (address: Address) => boolean,
): AddressTable {
  let { actual } = table;
  for (const [key, address] of sortedEntries(actual)) {
    if (!isThere(address) && !isManaged(table, key)) actual = withoutKey(actual, key);
  }
  return actual === table.actual ? table : { ...table, actual };
}

/** Takes a notification. Returns the same table when it tells nothing new. */
export function addressNotified(
  table: AddressTable,
  { address, removed, ordered }: {
    readonly address: Address;
    readonly removed: boolean;
    /** An operation of ours did it. */
    readonly ordered?: boolean;
  },
  now: Micros,
): AddressTable {
  const key = addressKey(address);
  const known = valueOf(table.actual, key);
  const managed = isManaged(table, key);
  // Whether an address of ours is a secondary is of no concern, but whether it still is.
  const same = known !== undefined && sameAddress(known, address) &&
    (managed
      ? isMarked(known) === (ordered === true || isMarked(address))
      : known.secondary === address.secondary);
  if (removed ? known === undefined : same) return table;
  if (!removed) {
    const found = ordered === true ? { ...address, protocol: VIRTUAL_ROUTER } : address;
    return { ...table, actual: withEntry(table.actual, key, found) };
  }
  const actual = withoutKey(table.actual, key);
  if (ordered === true || !managed) return { ...table, actual };
  const taken = takenAgain(valueOf(table.taken, key), now);
  const gone: AddressTable = {
    ...table,
    actual,
    // Should it come back, it is somebody else's, unless it is wanted then.
    managed: withoutKey(table.managed, key),
    taken: withEntry(table.taken, key, taken),
  };
  if (!isTooOften(taken)) return gone;
  const retry = table.retry?.at === undefined ? backOff(table.retry, now) : table.retry;
  return { ...gone, waiting: withEntry(table.waiting, key, true), retry };
}
