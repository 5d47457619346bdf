/** The kernel's IPVS table as a value, and what operations make of it. */

import {
  type Destination,
  destinationKey,
  type IpvsOperation,
  type Service,
  type ServiceId,
  serviceKey,
  type ServiceTable,
} from "./ipvs.ts";
import { sameDestination, sameService } from "./ipvs_same.ts";
import { unreachable } from "../../net/unreachable.ts";
import {
  byText,
  emptySorted,
  sizeOf,
  type Sorted,
  sortedFrom,
  valueOf,
  withEntry,
  withoutKey,
} from "../../persistent/mod.ts";

/** One service of the table. The same object: nothing of it changed. */
export interface ServiceEntry {
  readonly service: Service;
  /** By {@linkcode destinationKey}. */
  readonly destinations: Sorted<string, Destination>;
}

/** The table, by {@linkcode serviceKey}. */
export type IpvsTable = Sorted<string, ServiceEntry>;

/** A table without services. */
export const EMPTY_TABLE: IpvsTable = emptySorted(byText);

const NO_DESTINATIONS: ServiceEntry["destinations"] = emptySorted(byText);

/** The table with these services as they were dumped. What it has the same of stays the same object. */
export function withServices(before: IpvsTable, tables: readonly ServiceTable[]): IpvsTable {
  let table = before;
  for (const { service, destinations } of tables) {
    const key = serviceKey(service.id);
    const known = valueOf(table, key);
    if (known === undefined || !sameEntry(known, { service, destinations })) {
      table = withEntry(table, key, { service, destinations: byKey(destinations) });
    }
  }
  return table;
}

/** A table of these services. */
export function ipvsTable(tables: readonly ServiceTable[]): IpvsTable {
  return withServices(EMPTY_TABLE, tables);
}

function sameEntry(known: ServiceEntry, { service, destinations }: ServiceTable): boolean {
  return sameService(known.service, service) &&
    sizeOf(known.destinations) === destinations.length &&
    destinations.every((destination) => {
      const one = valueOf(known.destinations, destinationKey(destination));
      return one !== undefined && sameDestination(one, destination);
    });
}

function byKey(destinations: readonly Destination[]): ServiceEntry["destinations"] {
  return sortedFrom(byText, destinations.map((one) => [destinationKey(one), one]));
}

/**
 * `table` after `operations`, in order, as the core carries them out: setting the absent adds it, adding
 * what exists sets it, deleting the absent succeeds. A destination of a service that is not there is
 * dropped (kernel: `ESRCH`).
 */
export function withOperations(table: IpvsTable, operations: readonly IpvsOperation[]): IpvsTable {
  let after = table;
  /** The service of the operations before, not yet put back: those of one come one after another. */
  let open: { readonly key: string; entry: ServiceEntry | undefined } | undefined;
  const entryOf = (id: ServiceId) => {
    const key = serviceKey(id);
    if (open?.key === key) return open;
    after = putBack(after, open);
    return open = { key, entry: valueOf(after, key) };
  };
  for (const operation of operations) {
    if (operation.op === "flush") [after, open] = [EMPTY_TABLE, undefined];
    else applyOne(operation, entryOf);
  }
  return putBack(after, open);
}

interface Open {
  readonly key: string;
  entry: ServiceEntry | undefined;
}

function putBack(table: IpvsTable, open: Open | undefined): IpvsTable {
  if (open === undefined) return table;
  return open.entry === undefined
    ? withoutKey(table, open.key)
    : withEntry(table, open.key, open.entry);
}

function applyOne(
  operation: Exclude<IpvsOperation, { readonly op: "flush" }>,
  entryOf: (id: ServiceId) => Open,
): void {
  switch (operation.op) {
    case "new-service":
    case "set-service": {
      const { service } = operation;
      const open = entryOf(service.id);
      open.entry = { service, destinations: open.entry?.destinations ?? NO_DESTINATIONS };
      return;
    }
    case "delete-service":
      entryOf(operation.id).entry = undefined;
      return;
    case "new-destination":
    case "set-destination":
    case "delete-destination": {
      const open = entryOf(operation.id);
      if (open.entry === undefined) return;
      const { destination } = operation;
      const key = destinationKey(destination);
      const destinations = operation.op === "delete-destination"
        ? withoutKey(open.entry.destinations, key)
        : withEntry(open.entry.destinations, key, destination);
      open.entry = { ...open.entry, destinations };
      return;
    }
    default:
      return unreachable(operation);
  }
}
