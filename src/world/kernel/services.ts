/**
 * The IPVS table, level-triggered: dumped before the first change, when the core has seen that somebody else changed it (the kernel
 * does not notify) and from time to time; the difference from what is desired is ordered. Services that were never ours are not
 * touched.
 */

import {
  type IpvsOperation,
  type ServiceId,
  serviceKey,
  type ServiceTable,
} from "../../kernel/ipvs/ipvs.ts";
import {
  type DestinationWish,
  diffDestinations,
  diffServices,
  diffTables,
} from "../../kernel/ipvs/ipvs_diff.ts";
import {
  EMPTY_TABLE,
  type IpvsTable,
  ipvsTable,
  type ServiceEntry,
  withOperations,
} from "../../kernel/ipvs/ipvs_model.ts";
import { sameDestination, sameService } from "../../kernel/ipvs/ipvs_same.ts";
import { type Micros, SECOND } from "../../net/micros.ts";
import { sortedEntries, valueOf } from "../../persistent/mod.ts";
import { type Backoff, backOff, retrying } from "./backoff.ts";

/** How often the kernel's table is read again while services are ours, whatever the core has seen. */
export const RESYNC_INTERVAL: Micros = 60 * SECOND;

/** How often the core looks whether the table is still as it was told. */
export const LOOK_INTERVAL: Micros = 0.5 * SECOND;

/** What is known of the kernel's table. Operations under way count as done until their answer says otherwise. */
export interface ServicesState {
  /** Absent until the first dump. */
  readonly actual?: IpvsTable;
  /** Keys of services that are or were desired by this run. */
  readonly owned: ReadonlySet<string>;
  /** Dumps and operations ordered and not yet answered. */
  readonly pending: number;
  readonly dumping: boolean;
  readonly retry?: Backoff;
  readonly resyncAt?: Micros;
  /** Of changes by somebody else, dump after dump: the next is not hurried for. */
  readonly contest?: Backoff;
  /** Own everything the first dump shows (`lvs_flush`). */
  readonly flush: boolean;
  /** Ordered to be deleted: when they are gone, what somebody else makes of them is not ours. */
  readonly leaving?: readonly string[];
}

/** What has to be ordered next. */
export type ServicesOrder =
  | { readonly kind: "ipvs-dump" }
  | { readonly kind: "ipvs-watch"; readonly interval: Micros }
  | { readonly kind: "ipvs-apply"; readonly operations: readonly IpvsOperation[] };

/** Before anything is known. */
export function unknownServices(flush: boolean): ServicesState {
  return { owned: new Set(), pending: 0, dumping: false, flush };
}

/** With services that a run before has left. */
export function withOwned(state: ServicesState, ids: readonly ServiceId[]): ServicesState {
  if (ids.length === 0) return state;
  return { ...state, owned: new Set([...state.owned, ...ids.map(serviceKey)]) };
}

/** What is looked at, and what it should be. */
export type Wanted =
  /** Everything: what is ours and not among these goes; with `flush` also what is not ours. */
  | { readonly kind: "all"; readonly tables: readonly ServiceTable[]; readonly flush?: true }
  /** These services, and these destinations of others that are there. */
  | {
    readonly kind: "some";
    readonly tables: readonly ServiceTable[];
    readonly destinations: readonly DestinationWish[];
  };

/** Orders what leads to `wanted`: a dump first, if the table is not known. Nothing for nothing. */
export function reconcileServices(
  before: ServicesState,
  wanted: Wanted,
): readonly [ServicesState, readonly ServicesOrder[]] {
  const owned = extended(before.owned, wanted.tables);
  const state = owned === before.owned ? before : { ...before, owned };
  if (wanted.kind === "all" && wanted.flush) return orderFlush(state);
  if (state.actual === undefined) {
    const idle = owned.size === 0 && !state.flush;
    if (idle || state.dumping || state.retry?.at !== undefined) return [state, []];
    const [next, orders] = orderDump(state);
    return [next, [{ kind: "ipvs-watch", interval: LOOK_INTERVAL }, ...orders]];
  }
  const operations = wanted.kind === "all" ? diffServices(wanted.tables, state.actual, owned) : [
    ...diffTables(wanted.tables, state.actual),
    ...diffDestinations(wanted.destinations, state.actual),
  ];
  if (operations.length === 0) return [state, []];
  const actual = withOperations(state.actual, operations);
  const going = operations.flatMap((each) =>
    each.op === "delete-service" ? [serviceKey(each.id)] : []
  );
  const next = { ...state, actual, pending: state.pending + 1 };
  const leaving = going.length === 0 ? state.leaving : [...state.leaving ?? [], ...going];
  return [
    leaving === undefined ? next : { ...next, leaving },
    [{ kind: "ipvs-apply", operations }],
  ];
}

/** Takes a dump. The caller reconciles next. Absent services: ask again later. */
export function servicesDumped(
  state: ServicesState,
  services: readonly ServiceTable[] | undefined,
  now: Micros,
): ServicesState {
  const rest = { ...state, pending: Math.max(0, state.pending - 1), dumping: false };
  if (services === undefined) return { ...rest, retry: backOff(state.retry, now) };
  // A dump that was taken while operations were on their way may be older than they are: the next one decides.
  if (rest.pending > 0 && state.actual !== undefined) return { ...rest, resyncAt: now + SECOND };
  const owned = state.flush
    ? new Set([...state.owned, ...services.map(({ service }) => serviceKey(service.id))])
    : state.owned;
  const actual = ipvsTable(services, state.actual);
  return { ...rest, owned, actual, flush: false, resyncAt: now + RESYNC_INTERVAL };
}

/** Takes the answer to operations: after a failure the table is read again later. */
export function servicesApplied(
  state: ServicesState,
  errnos: readonly number[],
  now: Micros,
): ServicesState {
  const { retry, leaving, ...rest } = { ...state, pending: Math.max(0, state.pending - 1) };
  if (!errnos.every((errno) => errno === 0)) return { ...rest, retry: backOff(retry, now) };
  if (leaving === undefined || rest.actual === undefined) return rest;
  const { actual } = rest;
  const gone = new Set(leaving.filter((key) => valueOf(actual, key) === undefined));
  return { ...rest, owned: new Set([...rest.owned].filter((key) => !gone.has(key))) };
}

/** When something is due of itself. */
export function nextServicesDeadline(state: ServicesState): Micros | undefined {
  if (state.dumping) return undefined;
  return state.retry?.at ?? (state.owned.size > 0 ? state.resyncAt : undefined);
}

/** Reads the table again when that is due. */
export function servicesDue(
  state: ServicesState,
  now: Micros,
): readonly [ServicesState, readonly ServicesOrder[]] {
  const at = nextServicesDeadline(state);
  return at === undefined || at > now ? [state, []] : orderDump(state);
}

/** Empties the table, whatever is known of it. */
function orderFlush(
  state: ServicesState,
): readonly [ServicesState, readonly ServicesOrder[]] {
  const next = { ...state, actual: EMPTY_TABLE, pending: state.pending + 1 };
  return [next, [{ kind: "ipvs-apply", operations: [{ op: "flush" }] }]];
}

/** Reads the table: somebody else has changed it. */
export function servicesChanged(
  state: ServicesState,
  now: Micros,
): readonly [ServicesState, readonly ServicesOrder[]] {
  const { dumping, actual, contest, resyncAt = Infinity } = state;
  if (dumping || actual === undefined) return [state, []];
  if (contest?.at === undefined || contest.at <= now) return orderDump(state);
  return [{ ...state, resyncAt: Math.min(resyncAt, contest.at) }, []];
}

/** Takes a dump that shows what somebody else has done, or has not: who does it again and again is answered later each time. */
export function contested(state: ServicesState, drifted: boolean, now: Micros): ServicesState {
  if (drifted) return { ...state, contest: backOff(state.contest, now) };
  if (state.contest?.at === undefined || state.contest.at > now) return state;
  const { contest: _contest, ...rest } = state;
  return rest;
}

/** Most services one report of a change names. */
const NAMED = 5;

/**
 * What a report says of services of ours that somebody else has changed between two states; `undefined` when none was, or when
 * operations of ours have failed in between.
 */
export function driftOf(before: ServicesState, after: ServicesState): string | undefined {
  const [was, is] = [before.actual, after.actual];
  if (was === undefined || is === undefined || was === is || before.retry !== undefined) {
    return undefined;
  }
  const drifted = [...before.owned].flatMap((key) => {
    const [old, now] = [valueOf(was, key), valueOf(is, key)];
    if (old === undefined || old === now) return [];
    return now === undefined ? `${key} is gone` : changesOf(key, old, now);
  });
  if (drifted.length === 0) return undefined;
  const more = drifted.length > NAMED ? `, and ${drifted.length - NAMED} more` : "";
  return `Somebody else has changed IPVS, which is put right: ${
    drifted.slice(0, NAMED).join(", ")
  }${more}`;
}

function changesOf(key: string, old: ServiceEntry, now: ServiceEntry): readonly string[] {
  const lost = sortedEntries(old.destinations)
    .filter(([server]) => valueOf(now.destinations, server) === undefined)
    .map(([server]) => `${key} lacks ${server}`);
  const strange = sortedEntries(now.destinations)
    .filter(([server]) => valueOf(old.destinations, server) === undefined)
    .map(([server]) => `${key} has ${server}`);
  const changed = sortedEntries(now.destinations).filter(([server, one]) => {
    const known = valueOf(old.destinations, server);
    return known !== undefined && !sameDestination(known, one);
  }).map(([server]) => `${key} has ${server} changed`);
  const service = sameService(old.service, now.service) ? [] : [`${key} has other parameters`];
  return [...service, ...lost, ...strange, ...changed];
}

function orderDump(
  state: ServicesState,
): readonly [ServicesState, readonly ServicesOrder[]] {
  const next = { ...state, ...retrying(state.retry), dumping: true, pending: state.pending + 1 };
  return [next, [{ kind: "ipvs-dump" }]];
}

function extended(
  owned: ReadonlySet<string>,
  desired: readonly ServiceTable[],
): ReadonlySet<string> {
  const keys = desired.map(({ service }) => serviceKey(service.id)).filter((key) =>
    !owned.has(key)
  );
  return keys.length === 0 ? owned : new Set([...owned, ...keys]);
}
