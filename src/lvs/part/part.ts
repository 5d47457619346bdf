/** The state of the LVS part: what is configured, what is known of it, and which orders are out. */

import type { Checker } from "../../check/checker/checker.ts";
import type { Ip } from "../../net/ip.ts";
import type { Micros } from "../../net/micros.ts";
import { type ServiceId, serviceKey, type ServiceTable } from "../../kernel/ipvs/ipvs.ts";
import type { DestinationWish } from "../../kernel/ipvs/ipvs_diff.ts";
import type { Agenda } from "./agenda.ts";
import type { CheckerSlot, Free, Inquiry } from "../asking/mod.ts";
import { type Chunked, elementAt, elementsOf } from "../../persistent/mod.ts";
import { type Tracker, trackerKey } from "../../track/tracker.ts";
import type { LvsConfig } from "../config.ts";
import { tablesOf, wishesFor } from "./desired.ts";
import type { ServerChange } from "./effect.ts";
import type { Presence } from "../beside/presence.ts";
import type { RealServer, VirtualServer } from "../servers/virtual_server.ts";

/** The LVS part. Same object: nothing changed. */
export interface LvsPart {
  readonly config: LvsConfig;
  readonly stage: "new" | "running" | "stopped";
  /** In the order of the configuration; behind them those that a reload took away and whose connections are not over. */
  readonly virtualServers: Chunked<VirtualServer>;
  /** Checkers by their number; `undefined` where a reload took one away. */
  readonly checkers: Chunked<CheckerSlot | undefined>;
  /** What is asked, by order number; `undefined` where nobody asks any more. */
  readonly inquiries: Chunked<Inquiry | undefined>;
  /** Numbers free for new ones of both. */
  readonly free: Free;
  /** Checkers that follow a tracker, by its key. */
  readonly followers: ReadonlyMap<string, readonly number[]>;
  /** What is due when. */
  readonly agenda: Agenda;
  /** Local addresses that run out of ports. */
  readonly crowded: ReadonlySet<Ip>;
  /** When ports of local addresses are counted next; absent: never. */
  readonly portsAt?: Micros;
  /** Addresses of this host that somebody waits for. */
  readonly presence: Presence;
  /** Virtual servers everybody was told of by the run before, by index; absent after the start. */
  readonly told?: ReadonlySet<number>;
  /** The last sequence number given to an order, of all orders; wraps at 2³². */
  readonly seq: number;
}

/** The next moment at which {@linkcode stepLvs} wants a `deadline` event. */
export function nextLvsDeadline({ agenda }: LvsPart): Micros | undefined {
  return agenda?.due.at;
}

/**
 * What the kernel's IPVS table should hold now: nothing after `shutdown`. The tables of a virtual server
 * are the same objects until one of its servers changes.
 */
export function desiredServices({ stage, virtualServers }: LvsPart): readonly ServiceTable[] {
  return stage === "stopped" ? [] : elementsOf(virtualServers).flatMap(tablesOf);
}

/** What the services and destinations should be that some changes concern; each change once. */
export function desiredOf(
  { config, virtualServers }: LvsPart,
  changes: readonly ServerChange[],
): { readonly tables: readonly ServiceTable[]; readonly destinations: readonly DestinationWish[] } {
  const tables: ServiceTable[] = [];
  const destinations: DestinationWish[] = [];
  const holders = holdersOf(config);
  for (const [at, servers] of changedServers(changes)) {
    const virtualServer = elementAt(virtualServers, at);
    if (virtualServer === undefined) continue;
    const holds = (id: ServiceId) => holders.get(serviceKey(id)) === at;
    const wishes = servers === "all"
      ? [undefined]
      : [...servers].map((server) => wishesFor(virtualServer, server));
    if (wishes.includes(undefined)) {
      for (const table of tablesOf(virtualServer)) if (holds(table.service.id)) tables.push(table);
    } else {
      for (const some of wishes) {
        for (const wish of some ?? []) if (holds(wish.service)) destinations.push(wish);
      }
    }
  }
  return { tables, destinations };
}

/** Where services are looked at, by their keys: "all" where one is of no virtual server. */
export function placesOfServices(
  { config }: LvsPart,
  keys: readonly string[],
): "all" | readonly ServerChange[] {
  const holders = holdersOf(config);
  const places: ServerChange[] = [];
  for (const key of keys) {
    const virtualServer = holders.get(key);
    if (virtualServer === undefined) return "all";
    places.push({ virtualServer });
  }
  return places;
}

/** The position of the virtual server a service is of, by its key: the first that names it. */
function holdersOf(config: LvsConfig): ReadonlyMap<string, number> {
  const known = holders.get(config);
  if (known !== undefined) return known;
  const found = new Map<string, number>();
  for (const [at, { services }] of config.virtualServers.entries()) {
    for (const id of services) {
      const key = serviceKey(id);
      if (!found.has(key)) found.set(key, at);
    }
  }
  holders.set(config, found);
  return found;
}

/** By configuration, which is never changed. */
const holders = new WeakMap<LvsConfig, ReadonlyMap<string, number>>();

function changedServers(
  changes: readonly ServerChange[],
): ReadonlyMap<number, "all" | ReadonlySet<number>> {
  const changed = new Map<number, "all" | Set<number>>();
  for (const { virtualServer, realServer } of changes) {
    const known = changed.get(virtualServer);
    if (realServer === undefined) changed.set(virtualServer, "all");
    else if (known === undefined) changed.set(virtualServer, new Set([realServer]));
    else if (known !== "all") known.add(realServer);
  }
  return changed;
}

/** Keys of the services this configuration speaks of: ours to delete, whoever left them behind. */
export function configuredServiceKeys({ config }: LvsPart): ReadonlySet<string> {
  return new Set(holdersOf(config).keys());
}

/** All virtual servers of the file, in its order; not those that are only there until their connections are over. */
export function virtualServersOf({ virtualServers }: LvsPart): readonly VirtualServer[] {
  return elementsOf(virtualServers).filter(({ config }) => !config.departing);
}

/** What the servers of a configuration follow, each thing once or several times. */
export function followedByServers({ virtualServers }: LvsConfig): readonly Tracker[] {
  return virtualServers.flatMap(({ realServers }) =>
    realServers.flatMap(({ checkers }) =>
      checkers.flatMap((checker) => checker.kind === "file" ? [checker.tracker] : [])
    )
  );
}

/** Checkers that follow a tracker, by its key. */
export function followersIn(
  checkers: readonly (CheckerSlot | undefined)[],
): LvsPart["followers"] {
  const followers = new Map<string, number[]>();
  for (const [number, slot] of checkers.entries()) {
    if (slot?.checker.config.kind !== "file") continue;
    const key = trackerKey(slot.checker.config.tracker);
    const known = followers.get(key);
    if (known === undefined) followers.set(key, [number]);
    else known.push(number);
  }
  return followers;
}

/** The real servers of a virtual server, in the order of the configuration. */
export function realServersOf({ servers }: VirtualServer): readonly RealServer[] {
  return elementsOf(servers);
}

/** The checkers of a real server, in the order of the configuration. */
export function checkersOf(
  part: Pick<LvsPart, "checkers">,
  { checkers }: Pick<RealServer, "checkers">,
): readonly Checker[] {
  return checkers.flatMap((number) => elementAt(part.checkers, number)?.checker ?? []);
}
