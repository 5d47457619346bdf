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
  type ServiceEntry,
  withOperations,
  withServices,
} from "../../kernel/ipvs/ipvs_model.ts";
import { sameDestination, sameService } from "../../kernel/ipvs/ipvs_same.ts";
import { type Micros, SECOND } from "../../net/micros.ts";
import {
  appended,
  type List,
  listed,
  sizeOf,
  sortedEntries,
  valueOf,
  withoutKey,
} from "../../persistent/mod.ts";
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
  /** What the dump under way has told so far: the table before with what is different. */
  readonly heard?: Heard;
  /** What the core has told is not what is known here: it has to tell all of the table. */
  readonly afresh?: true;
  readonly retry?: Backoff;
  readonly resyncAt?: Micros;
  /** Of changes by somebody else, dump after dump: the next is not hurried for. */
  readonly contest?: Backoff;
  /** Own everything the first dump shows (`lvs_flush`). */
  readonly flush: boolean;
  /** Ordered to be deleted: when they are gone, what somebody else makes of them is not ours. */
  readonly leaving?: readonly string[];
}

/** A dump that is not over. */
interface Heard {
  readonly table: IpvsTable;
  /** Keys of what it has told. */
  readonly keys: List<string>;
}

/** How a dump ends. */
export interface Dumped {
  /** The rest of what it tells; absent: it has failed. */
  readonly services?: readonly ServiceTable[];
  /** What has gone, where only the difference is told; absent: what was not told is not there. */
  readonly gone?: readonly ServiceId[];
}

/** What has to be ordered next. */
export type ServicesOrder =
  | { readonly kind: "ipvs-dump"; readonly afresh: boolean }
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
export interface Wanted {
  /** These services. */
  readonly tables: readonly ServiceTable[];
  /** These destinations of others, where those are there. */
  readonly destinations: readonly DestinationWish[];
  /** Keys of all that are wanted: what is ours and not among them goes. Absent: nothing goes for that. */
  readonly only?: ReadonlySet<string>;
  /** Everything goes, whoever made it. */
  readonly flush?: true;
}

/** Orders what leads to `wanted`: a dump first, if the table is not known. Nothing for nothing. */
export function reconcileServices(
  before: ServicesState,
  wanted: Wanted,
): readonly [ServicesState, readonly ServicesOrder[]] {
  const owned = extended(before.owned, wanted.tables);
  const state = owned === before.owned ? before : { ...before, owned };
  if (wanted.flush) return orderFlush(state);
  if (state.actual === undefined) {
    const idle = owned.size === 0 && !state.flush;
    if (idle || state.dumping || state.retry?.at !== undefined) return [state, []];
    const [next, orders] = orderDump(state);
    return [next, [{ kind: "ipvs-watch", interval: LOOK_INTERVAL }, ...orders]];
  }
  const { tables, destinations, only } = wanted;
  const operations = [
    ...(only === undefined
      ? diffTables(tables, state.actual)
      : diffServices(tables, state.actual, owned, only)),
    ...diffDestinations(destinations, state.actual),
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

/** Takes a part of a dump. */
export function servicesHeard(
  state: ServicesState,
  services: readonly ServiceTable[],
): ServicesState {
  const { table, keys } = state.heard ?? { table: state.actual ?? EMPTY_TABLE, keys: undefined };
  return {
    ...state,
    heard: {
      table: withServices(table, services),
      keys: services.reduce<List<string>>(
        (list, { service }) => appended(list, serviceKey(service.id)),
        keys,
      ),
    },
  };
}

/** Takes the end of a dump, and says which services are other than was known. The caller reconciles those next. */
export function servicesDumped(
  before: ServicesState,
  { services, gone }: Dumped,
  now: Micros,
): readonly [ServicesState, readonly string[]] {
  const { heard, ...state } = servicesHeard(before, services ?? []);
  const rest = { ...state, pending: Math.max(0, state.pending - 1), dumping: false };
  if (services === undefined) {
    return [{ ...rest, afresh: true, retry: backOff(state.retry, now) }, []];
  }
  // A dump that was taken while operations were on their way may be older than they are: the next one decides.
  if (rest.pending > 0 && state.actual !== undefined) {
    return [{ ...rest, afresh: true, resyncAt: now + SECOND }, []];
  }
  const { table = EMPTY_TABLE, keys } = heard ?? {};
  const told = listed(keys);
  const left = gone === undefined ? keysWithout(table, new Set(told)) : gone.map(serviceKey);
  const actual = left.reduce(withoutKey, table);
  const owned = state.flush ? new Set([...state.owned, ...told]) : state.owned;
  const changed = [...told, ...left].filter((key) =>
    state.actual === undefined || valueOf(state.actual, key) !== valueOf(actual, key)
  );
  return [
    { ...rest, owned, actual, flush: false, resyncAt: now + RESYNC_INTERVAL },
    changed,
  ];
}

function keysWithout(table: IpvsTable, keys: ReadonlySet<string>): readonly string[] {
  if (sizeOf(table) === keys.size) return [];
  return sortedEntries(table).map(([key]) => key).filter((key) => !keys.has(key));
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
 * What a report says of services of ours, of those that are other than before, that somebody else has changed; `undefined` when none was, or when
 * operations of ours have failed in between.
 */
export function driftOf(
  before: ServicesState,
  after: ServicesState,
  changed: readonly string[],
): string | undefined {
  const [was, is] = [before.actual, after.actual];
  if (was === undefined || is === undefined || was === is || before.retry !== undefined) {
    return undefined;
  }
  const drifted = changed.filter((key) => before.owned.has(key)).flatMap((key) => {
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
  const { afresh = state.actual === undefined, ...known } = state;
  const next = { ...known, ...retrying(state.retry), dumping: true, pending: state.pending + 1 };
  return [next, [{ kind: "ipvs-dump", afresh }]];
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
