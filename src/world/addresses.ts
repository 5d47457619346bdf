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
} from "../kernel/address.ts";
import { diffAddresses, sameAddress } from "../kernel/address_diff.ts";
import type { Micros } from "../net/micros.ts";
import { NO_PRECEDENCE, type Precedence } from "./address_precedence.ts";
import { type Backoff, backOff } from "./backoff.ts";

/** What is known of the kernel's addresses. Operations under way count as done until their answer says otherwise. */
export interface AddressTable {
  readonly actual: ReadonlyMap<string, Address>;
  /** Keys of addresses that are ours to delete: added by this run, or left over from one before. */
  readonly managed: ReadonlySet<string>;
  /** Operations ordered and not yet answered. */
  readonly pending: number;
  readonly retry?: Backoff;
  readonly precedence: Precedence;
}

/** The table as dumped; nothing in it is ours. */
export function knownAddresses(dump: readonly Address[]): AddressTable {
  const actual = new Map(dump.map((address) => [addressKey(address), address]));
  return { actual, managed: new Set(), pending: 0, precedence: NO_PRECEDENCE };
}

/** The table with what a run before has left behind made ours: dumped and among `configured`. */
export function adopted(
  table: AddressTable,
  dump: readonly Address[],
  configured: readonly Address[],
): AddressTable {
  const dumped = new Set(dump.map(addressKey));
  const leftovers = configured.map(addressKey).filter((key) => dumped.has(key));
  return { ...table, managed: new Set([...table.managed, ...leftovers]) };
}

/**
 * Orders what leads to `desired`, which is ours from now on, whoever put it there. What is `untouchable` is not ours, whatever
 * was thought of it before.
 */
export function reconcileAddresses(
  before: AddressTable,
  desired: readonly Address[],
  untouchable: ReadonlySet<string>,
): readonly [AddressTable, readonly AddressOperation[]] {
  const unknown = desired.map(addressKey).filter((key) => !before.managed.has(key));
  const table = unknown.length === 0 && untouchable.size === 0
    ? before
    : { ...before, managed: new Set([...before.managed, ...unknown]).difference(untouchable) };
  const operations = diffAddresses(desired, [...table.actual.values()], table.managed);
  if (operations.length === 0) return [table, operations];
  const actual = new Map(table.actual);
  const managed = new Set(table.managed);
  for (const { op, address } of operations) {
    if (op === "add") {
      actual.set(addressKey(address), { ...address, protocol: VIRTUAL_ROUTER });
      managed.add(addressKey(address));
    } else {
      actual.delete(addressKey(address));
      if (
        !operations.some((o) => o.op === "add" && addressKey(o.address) === addressKey(address))
      ) {
        managed.delete(addressKey(address));
      }
    }
  }
  return [{ ...table, actual, managed, pending: table.pending + 1 }, operations];
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
  const actual = new Map(table.actual);
  const managed = new Set(table.managed);
  for (const { op, address } of failed) {
    if (op === "add") actual.delete(addressKey(address));
    else {
      actual.set(addressKey(address), address);
      managed.add(addressKey(address));
    }
  }
  return { ...rest, actual, managed, retry: backOff(retry, now) };
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
): AddressTable {
  const key = addressKey(address);
  const known = table.actual.get(key);
  // Whether an address of ours is a secondary is of no concern, but whether it still is.
  const same = known !== undefined && sameAddress(known, address) &&
    (table.managed.has(key)
      ? isMarked(known) === (ordered === true || isMarked(address))
      : known.secondary === address.secondary);
  if (removed ? known === undefined : same) return table;
  const actual = new Map(table.actual);
  if (removed && ordered !== true && table.managed.has(key)) {
    // Should it come back, it is somebody else's, unless it is wanted then.
    const managed = new Set(table.managed);
    managed.delete(key);
    actual.delete(key);
    return { ...table, actual, managed };
  }
  if (removed) actual.delete(key);
  else actual.set(key, ordered === true ? { ...address, protocol: VIRTUAL_ROUTER } : address);
  return { ...table, actual };
}
