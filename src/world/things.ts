/**
 * Routes and rules of this host as part of the world: what events say about them, and once a turn the difference between what is
 * wanted and what is held.
 */

import { restsOn } from "../kernel/route_resource.ts";
import { spotPrefixOf, type Thing, thingKey } from "../kernel/thing.ts";
import {
  heldAt,
  heldWhere,
  reconcileThings,
  retriedAtOnce,
  type ThingPlan,
  thingsApplied,
  thingsDue,
  thingsForgotten,
  thingsTaken,
  type ThingTable,
} from "../kernel/thing_table.ts";
import type { Micros } from "../net/micros.ts";
import { listed, sortedEntries } from "../persistent/mod.ts";
import type { AddressEvent } from "../vrrp/event.ts";
import { configuredThings, desiredThing } from "../vrrp/mod.ts";
import type { Update } from "./chain.ts";
import type { WorldEvent } from "./event.ts";
import { type Unsettled, withLost, withThings } from "./unsettled.ts";
import type { World } from "./world.ts";

/** What has to change, and what is looked at for it. */
export function plannedThings(
  world: World,
  changed: Unsettled["things"],
): readonly [World, ThingPlan] {
  if (changed === undefined || keepsThings(world)) return [world, { leaving: [], coming: [] }];
  const keys = changed === "all" ? allKeys(world) : listed(changed);
  const desired = (key: string) => desiredThing(world.vrrp, key);
  const [things, plan] = reconcileThings(world.things, { keys, desired });
  return [withTable(world, things), plan];
}

/** Whether everything is left where it is (`-V`). */
function keepsThings({ phase, options }: World): boolean {
  return phase === "stopping" && options.keepAddresses;
}

function allKeys({ things, vrrp }: World): readonly string[] {
  return [
    ...sortedEntries(things.held).map(([key]) => key),
    ...configuredThings(vrrp).map((each) => thingKey(each)),
  ];
}

/** Without the routes that went with addresses, and what is to be looked at with those. */
export function stillHeld(
  world: World,
  { things: changed, lost }: Pick<Unsettled, "things" | "lost">,
): readonly [World, Unsettled["things"]] {
  const places = listed(lost);
  if (places.length === 0) return [world, changed];
  const interfaces = new Set(places.map(({ ifindex }) => ifindex));
  const sources = new Set(places.map(({ address }) => address?.address));
  const keys = heldWhere(world.things, ({ kind, value }) => {
    if (kind !== "route" || value.family !== "inet") return false;
    const { preferredSource, nextHops } = value;
    return (preferredSource !== undefined && sources.has(preferredSource)) ||
      nextHops.some(({ device }) => device === undefined || interfaces.has(device));
  });
  if (keys.length === 0) return [world, changed];
  const next = withTable(world, thingsForgotten(world.things, keys));
  return [next, withThings({ ...world.unsettled, things: changed }, keys).things];
}

/** Notes an address that went: in IPv4 the kernel drops what stood on it without a word. */
export function withLostAddress(world: World, { address, removed }: AddressEvent): World {
  if (!removed || world.things.held.root === undefined) return world;
  const place = { ifindex: address.ifindex, address };
  return { ...world, unsettled: withLost(world.unsettled, place) };
}

/** Without the routes that went with a link, without a word. */
export function withoutThingsOn(
  world: World,
  { link, removed }: Extract<WorldEvent, { readonly kind: "link" }>,
): World {
  const [retried, keys] = retriedAtOnce(world.things);
  const table = removed || !link.up
    ? thingsForgotten(
      retried,
      heldWhere(
        retried,
        (thing) => thing.kind === "route" && restsOn(thing.value, link.ifindex),
      ),
    )
    : retried;
  return keys.length === 0
    ? withTable(world, table)
    : withChangedThings(withTable(world, table), keys);
}

/** Somebody did something where things of ours are, or may have done: they are put back. */
export function withTakenThings(
  world: World,
  { spot }: Extract<WorldEvent, { readonly kind: "things-shaken" }>,
  now: Micros,
): World {
  // What goes by itself when its time has come stays away.
  const stays = (thing: Thing) => thing.kind !== "route" || thing.value.expires === undefined;
  if (spot === undefined) {
    const keys = heldWhere(world.things, stays);
    return withChangedThings(withTable(world, thingsForgotten(world.things, keys)), keys);
  }
  const [things, keys] = thingsTaken(world.things, heldAt(world.things, spotPrefixOf(spot)), now);
  return keys.length === 0
    ? withTable(world, things)
    : withChangedThings(withTable(world, things), keys);
}

/** The answer to an order. */
export function onKernelApplied(
  world: World,
  event: Extract<WorldEvent, { readonly kind: "kernel-applied" }>,
  now: Micros,
): Update {
  const [things] = thingsApplied(world.things, event, now);
  return [withTable(world, things), []];
}

/** What waited for its retry is tried again. */
export function withDueThings(world: World, now: Micros): World {
  const [things, keys] = thingsDue(world.things, now);
  return keys.length === 0 ? world : withChangedThings(withTable(world, things), keys);
}

/** With more of the things to be looked at. */
export function withChangedThings(world: World, changed: "all" | readonly string[]): World {
  return { ...world, unsettled: withThings(world.unsettled, changed) };
}

function withTable(world: World, things: ThingTable): World {
  return things === world.things ? world : { ...world, things };
}
