/**
 * From the IPVS table the kernel holds to the one it should hold. What is right is not touched, so
 * connections survive reload and restart: an existing service is set, never deleted and made anew.
 */

import {
  type Destination,
  destinationKey,
  type IpvsOperation,
  type ServiceId,
  serviceKey,
  type ServiceTable,
} from "./ipvs.ts";
import type { IpvsTable, ServiceEntry } from "./ipvs_model.ts";
import { sameDestination, sameService } from "./ipvs_same.ts";
import { sortedEntries, valueOf } from "../../persistent/mod.ts";

/**
 * The operations that lead from `actual` to `desired`: deletions of services in the order of their keys,
 * then the services in the order of `desired`, each before its destinations. Within a service new
 * destinations come before deleted ones, so a service that has somewhere to send never has nowhere.
 *
 * A service that is not desired, or not among `only`, where `desired` is a part of those, is deleted only if it is `owned` (keys of
 * {@linkcode serviceKey}). A
 * desired one that exists is taken over with all its destinations, whoever made it.
 *
 * A pair found equal once is not compared again, so what did not change costs one look-up.
 */
export function diffServices(
  desired: readonly ServiceTable[],
  actual: IpvsTable,
  owned: ReadonlySet<string>,
  only?: ReadonlySet<string>,
): readonly IpvsOperation[] {
  const wanted = new Map<string, ServiceTable>();
  for (const table of desired) {
    const key = serviceKey(table.service.id);
    if (!wanted.has(key)) wanted.set(key, table);
  }
  const stays = only ?? wanted;
  const operations: IpvsOperation[] = [];
  for (const [key, { service }] of sortedEntries(actual)) {
    if (!stays.has(key) && owned.has(key)) {
      operations.push({ op: "delete-service", id: service.id });
    }
  }
  for (const [key, table] of wanted) diffTable(table, valueOf(actual, key), operations);
  return operations;
}

/** What leads to these services, which are wanted; all others are left alone. */
export function diffTables(
  desired: readonly ServiceTable[],
  actual: IpvsTable,
): readonly IpvsOperation[] {
  const operations: IpvsOperation[] = [];
  for (const table of desired) {
    diffTable(table, valueOf(actual, serviceKey(table.service.id)), operations);
  }
  return operations;
}

/** What one destination should be. */
export interface DestinationWish {
  readonly service: ServiceId;
  readonly destination: Destination;
  /** False: it should not be there. */
  readonly wanted: boolean;
}

/** What leads to these destinations, of services that are there: what is new before what goes. */
export function diffDestinations(
  wishes: readonly DestinationWish[],
  actual: IpvsTable,
): readonly IpvsOperation[] {
  const operations: IpvsOperation[] = [];
  const gone: IpvsOperation[] = [];
  for (const { service: id, destination, wanted } of wishes) {
    const entry = valueOf(actual, serviceKey(id));
    const existing = entry && valueOf(entry.destinations, destinationKey(destination));
    if (!wanted) {
      if (existing !== undefined) {
        gone.push({ op: "delete-destination", id, destination: existing });
      }
    } else if (existing === undefined) {
      operations.push({ op: "new-destination", id, destination });
    } else if (!sameDestination(destination, existing)) {
      operations.push({ op: "set-destination", id, destination });
    }
  }
  operations.push(...gone);
  return operations;
}

/** Appends what leads from `found` to `want`. */
function diffTable(
  want: ServiceTable,
  found: ServiceEntry | undefined,
  operations: IpvsOperation[],
): void {
  if (found !== undefined && equal.get(want) === found) return;
  const before = operations.length;
  const { service } = want;
  if (found === undefined) operations.push({ op: "new-service", service });
  else if (!sameService(service, found.service)) operations.push({ op: "set-service", service });
  const done = new Set<string>();
  for (const destination of want.destinations) {
    const key = destinationKey(destination);
    if (done.has(key)) continue;
    done.add(key);
    const existing = found && valueOf(found.destinations, key);
    if (existing === undefined) {
      operations.push({ op: "new-destination", id: service.id, destination });
    } else if (!sameDestination(destination, existing)) {
      operations.push({ op: "set-destination", id: service.id, destination });
    }
  }
  if (found === undefined) return;
  for (const [key, destination] of sortedEntries(found.destinations)) {
    if (!done.has(key)) operations.push({ op: "delete-destination", id: service.id, destination });
  }
  if (operations.length === before) equal.set(want, found);
}

/** Pairs of desired and found without difference. Neither is ever changed, so they stay equal. */
const equal = new WeakMap<ServiceTable, ServiceEntry>();
