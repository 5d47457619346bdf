/**
 * Links, routes, rules, settings and tables of this host as part of the world: what events say about them, and once a turn the difference between what is
 * wanted and what is held.
 */

import { errnoText } from "../../net/errno.ts";
import { changedThing } from "../../kernel/changed.ts";
import { restsOn } from "../../kernel/route_resource.ts";
import { sameThing, spotPrefixOf as spotOf, type Thing, thingKey } from "../../kernel/thing.ts";
import {
  heldAt,
  heldKeys,
  heldWhere,
  reconcileThings,
  retriedAtOnce,
  type ThingPlan,
  thingsAdopted,
  thingsApplied,
  thingsDue,
  thingsForgotten,
  thingsTaken,
  type ThingTable,
} from "../../kernel/thing_table.ts";
import { thingText } from "../../kernel/thing_text.ts";
import type { LogLine } from "../../global/log.ts";
import type { Micros } from "../../net/micros.ts";
import { listed, sortedEntries, valueOf } from "../../persistent/mod.ts";
import type { AddressEvent } from "../../vrrp/event.ts";
import type { AddressPlace } from "../../vrrp/effect.ts";
import { configuredThings, desiredThing, namedThings, placedThing } from "../../vrrp/mod.ts";
import type { Update } from "../chain.ts";
import type { Claims } from "../claims/claims.ts";
import { isOfLvs, lvsThings } from "./lvs_things.ts";
import type { WorldEvent } from "../event.ts";
import { type Unsettled, withLost, withThings } from "../unsettled.ts";
import type { World } from "../world.ts";

/** What has to change, and what is looked at for it. */
export function plannedThings(
  world: World,
  changed: Unsettled["things"],
): readonly [World, ThingPlan] {
  if (changed === undefined) return [world, { leaving: [], coming: [] }];
  const all = changed === "all" ? allKeys(world) : listed(changed);
  const keys = world.phase === "stopping" ? all.filter((key) => !isKept(world, key)) : all;
  const desired = (key: string) => wantedThing(world, key);
  const [things, plan] = reconcileThings(world.things, { keys, desired });
  return [withTable(world, things), plan];
}

function wantedThing(world: World, key: string): Thing | undefined {
  return lvsThings(world).get(key) ?? desiredThing(world.vrrp, key);
}

/** Whether a thing is left where it is at the end (`-V`, `-I`). */
function isKept(world: World, key: string): boolean {
  const { keepServices, keepAddresses } = world.options;
  return isOfLvs(world, key) ? keepServices : keepAddresses;
}

function allKeys(world: World): readonly string[] {
  return [
    ...heldKeys(world.things),
    ...configuredThings(world.vrrp).map((each) => thingKey(each)),
    ...lvsThings(world).keys(),
  ];
}

/** What a run before may have left is ours: it goes, unless it is wanted. */
export function withThingsLeft(
  world: World,
  { things: claimed = [], beside = [], settings = [] }: Claims,
): World {
  const named = namedThings(world.vrrp.config);
  const links = new Set(
    named.flatMap(({ kind, value }) => kind === "own-link" ? [value.name] : []),
  );
  // A link that is configured is taken over as it is.
  const left = [...claimed, ...beside, ...named].filter(({ kind, value }) =>
    kind !== "own-link" || !links.has(value.name)
  );
  if (left.length === 0 && settings.length === 0) return world;
  const found = [
    ...left.flatMap((each) => placedThing(each, world.vrrp) ?? []),
    ...settings.map(changedThing),
  ];
  const things = found.filter((each) => {
    // What is wanted as it is is added again, whether it is there or not.
    const want = wantedThing(world, thingKey(each));
    return want === undefined || !sameThing(want, each);
  });
  return withChangedThings(withTable(world, thingsAdopted(world.things, things)), "all");
}

/**
 * Without the routes that went with addresses, and what is to be looked at with those. In IPv6 they stay, without the source they
 * preferred.
 */
export function stillHeld(
  world: World,
  { things: changed, places }: {
    readonly things: Unsettled["things"];
    readonly places: readonly AddressPlace[];
  },
): readonly [World, Unsettled["things"]] {
  if (places.length === 0) return [world, changed];
  const interfaces = new Set(places.map(({ ifindex }) => ifindex));
  const sources = new Set(places.map(({ address }) => address?.address));
  const keys: string[] = [];
  let { things } = world;
  for (const [key, thing] of sortedEntries(things.held)) {
    if (thing.kind !== "route") continue;
    const { preferredSource, ...rest } = thing.value;
    const loses = preferredSource !== undefined && sources.has(preferredSource);
    if (rest.family === "inet6") {
      if (!loses) continue;
      things = thingsAdopted(things, [{ kind: "route", value: rest }]);
    } else {
      const stood = rest.nextHops.some(({ device }) =>
        device === undefined || interfaces.has(device)
      );
      if (!loses && !stood) continue;
      things = thingsForgotten(things, [key]);
    }
    keys.push(key);
  }
  if (keys.length === 0) return [world, changed];
  const next = withTable(world, things);
  return [next, withThings({ ...world.unsettled, things: changed }, keys).things];
}

/** Notes an address that went: the kernel drops or changes what stood on it without a word. */
export function withLostAddress(world: World, { address, removed }: AddressEvent): World {
  if (!removed || world.things.held.root === undefined) return world;
  const place = { ifindex: address.ifindex, address };
  return { ...world, unsettled: withLost(world.unsettled, place) };
}

/** Without the routes that went with a link, without a word. What waited for its retry is tried again: then see `withDueThings`. */
export function withoutThingsOn(
  world: World,
  { link, removed }: Extract<WorldEvent, { readonly kind: "link" }>,
): readonly [World, Lost | undefined] {
  const gone = removed || !link.up
    ? heldWhere(
      world.things,
      (thing) =>
        (thing.kind === "route" && restsOn(thing.value, link.ifindex)) ||
        (removed && thing.kind === "own-link" && thing.value.name === link.ifname),
    )
    : [];
  const next = withTable(world, thingsForgotten(world.things, gone));
  return retriedNow(next, retriedAtOnce(next.things));
}

/** Somebody did something where things of ours are, or may have done: they are put back. */
export function withTakenThings(
  world: World,
  { spot }: Extract<WorldEvent, { readonly kind: "things-shaken" }>,
  now: Micros,
): Update {
  const found = spot === undefined ? heldKeys(world.things) : heldAt(world.things, spotOf(spot));
  const [ended, gone] = [false, true].map((lasts) =>
    found.filter((key) => lastsFor(valueOf(world.things.held, key)) === lasts)
  );
  const before = thingsForgotten(world.things, ended ?? []);
  if (spot === undefined) {
    const things = thingsForgotten(before, gone ?? []);
    return [withChangedThings(withTable(world, things), gone ?? []), []];
  }
  const [things, keys] = thingsTaken(before, gone ?? [], now);
  if (keys.length === 0) return [withTable(world, things), []];
  const lines = keys.flatMap((key): readonly LogLine[] => {
    const thing = valueOf(before.held, key);
    // Once, however often it happens within a second.
    if (thing === undefined || valueOf(things.taken, key)?.times !== 1) return [];
    const text = `Puts back what somebody else removed or put another before: ${thingText(thing)}`;
    return [{ kind: "log", level: "warning", from: "vrrp", text }];
  });
  return [withChangedThings(withTable(world, things), keys), lines];
}

/** Whether it stays until somebody takes it away: a route may end by itself. */
function lastsFor(thing: Thing | undefined): boolean {
  return thing?.kind !== "route" || thing.value.expires === undefined;
}

/** Things that cannot be put back, by key: why. */
export type Lost = ReadonlyMap<string, string>;

/** The answer to an order. What was taken away and cannot be put back is lost to who has it: then all there is of that is given. */
export function withAppliedThings(
  world: World,
  event: Extract<WorldEvent, { readonly kind: "kernel-applied" }>,
  now: Micros,
): readonly [World, Lost | undefined] {
  const [things, failures, found] = thingsApplied(world.things, event, now);
  const table = withTable(world, things);
  const next = found.length === 0 ? table : withChangedThings(table, found);
  const { lost: before } = world.vrrp;
  const lost = new Map(before);
  for (const { thing, op, errno, lost: wasTaken } of failures) {
    if (op === "add" && wasTaken) lost.set(thingKey(thing), errnoText(errno));
  }
  return [next, lost.size === before.size ? undefined : lost];
}

/** What waited for its retry is tried again; who lost it may take part again: then what is left of that is given. */
export function withDueThings(world: World, now: Micros): readonly [World, Lost | undefined] {
  return retriedNow(world, thingsDue(world.things, now));
}

function retriedNow(
  world: World,
  [things, keys]: readonly [ThingTable, readonly string[]],
): readonly [World, Lost | undefined] {
  if (keys.length === 0) return [world, undefined];
  const next = withChangedThings(withTable(world, things), keys);
  const { lost } = world.vrrp;
  if (!keys.some((key) => lost.has(key))) return [next, undefined];
  const left = new Map(lost);
  for (const key of keys) left.delete(key);
  return [next, left];
}

/** With more of the things to be looked at. */
export function withChangedThings(world: World, changed: "all" | readonly string[]): World {
  return { ...world, unsettled: withThings(world.unsettled, changed) };
}

function withTable(world: World, things: ThingTable): World {
  return things === world.things ? world : { ...world, things };
}
