/**
 * Settling: what the kernel's tables should be is compared with what they are, where events changed it, and the difference is
 * ordered. First the addresses and what comes behind them, then the services and what comes behind those.
 */

import type { Address } from "../../kernel/address.ts";
import { type KernelOperation, thingKey } from "../../kernel/thing.ts";
import { configuredServiceKeys, desiredOf } from "../../lvs/mod.ts";
import type { Ip } from "../../net/mod.ts";
import { listed } from "../../persistent/mod.ts";
import {
  configuredAddresses,
  desiredAddresses,
  isResting,
  mayAnnounce,
  untouchableAddresses,
} from "../../vrrp/mod.ts";
import { handedOver } from "../handover.ts";
import {
  managedAddresses,
  reconcileAddresses,
  type Where,
  withManaged,
} from "../kernel/addresses.ts";
import { chain, type Update } from "../chain.ts";
import { droppedAtRest } from "../dropped.ts";
import { claimed, givenUp } from "../claims/claiming.ts";
import type { ProbeOrder, WorldEffect } from "../effect.ts";
import { reconcileServices, type Wanted } from "../kernel/services.ts";
import { nextSlice } from "../kernel/services_todo.ts";
import { isOfLvs } from "../kernel/lvs_things.ts";
import { plannedThings, stillHeld } from "../kernel/things.ts";
import { staleAmong } from "../takeover/stale.ts";
import { SETTLED, type Unsettled } from "../unsettled.ts";
import type { World } from "../world.ts";

/**
 * Orders what leads from the kernel as it is to the world as it is; of many services a slice, so that no turn is long: the rest
 * follows by settling again, see {@linkcode areTablesSettled}. Nothing for a world that is settled.
 */
export function settleTables(world: World): Update {
  const { unsettled } = world;
  const { addresses, services, behindAddresses, tellOfAddresses, tellOfServices } = unsettled;
  const isMoving = (ifindex: number) => isResting(world.vrrp, ifindex);
  const [dropped, places] = droppedAtRest(world.dropped, listed(unsettled.lost), isMoving);
  if (unsettled === SETTLED && places.length === 0) return finished(claimed(world));
  const shaken = stillHeld({ ...world, dropped, unsettled: SETTLED }, {
    things: unsettled.things,
    places,
  });
  const [planned, { leaving, coming }] = plannedThings(...shaken);
  return finished(chain(
    claimed(planned),
    (next) => [next, applied(next, leaving)],
    (next) => addresses === undefined ? [next, []] : reconciledAddresses(next, addresses),
    (next) => [staleAmong(next, addresses === "all" ? "all" : listed(addresses)), []],
    (next) => [next, applied(next, coming)],
    (next) => [next, stillTrue(next, listed(behindAddresses))],
    (next) => [next, listed(tellOfAddresses)],
    (next) => [next, probed(listed(unsettled.probes))],
    (next) => services === undefined ? [next, []] : reconciledServices(next, services),
    (next) =>
      areTablesSettled(next)
        ? [next, listed(tellOfServices)]
        : [{ ...next, unsettled: { ...next.unsettled, tellOfServices } }, []],
  ));
}

/** Whether nothing is left to be ordered. */
export function areTablesSettled({ unsettled }: World): boolean {
  return unsettled === SETTLED;
}

function probed(orders: readonly ProbeOrder[]): readonly WorldEffect[] {
  return orders.length === 0 ? [] : [{ kind: "probes", orders }];
}

/** What belongs to the services stays with them when the daemon dies: the kernel goes on distributing. */
function applied(
  world: World,
  operations: readonly KernelOperation[],
): readonly WorldEffect[] {
  if (operations.length === 0) return [];
  const stay = operations.filter(({ op }) => op === "add").map((each) => thingKey(each))
    .filter((key) => isOfLvs(world, key));
  return [{ kind: "kernel-apply", operations, ...(stay.length > 0 && { stay }) }];
}

/** Without the announcements of addresses that came and went again before they were ordered. */
function stillTrue(world: World, effects: readonly WorldEffect[]): readonly WorldEffect[] {
  return effects.flatMap((effect): readonly WorldEffect[] => {
    if (effect.kind !== "announce") return [effect];
    const places = effect.places.flatMap((place) => {
      const may = (address: Ip) => mayAnnounce(world.vrrp, place.ifindex, address);
      const addresses = place.addresses.filter(may);
      return addresses.length === 0 ? [] : [{ ...place, addresses }];
    });
    return places.length === 0 ? [] : [{ ...effect, places }];
  });
}

/** Gives up claims to what has gone, and lets the process end when it is stopping and the kernel has answered everything. */
function finished(update: Update): Update {
  return chain(update, givingUp, (world) => {
    const { addresses, things, services } = world;
    const idle = addresses.pending === 0 && things.pending === 0 && services.pending === 0 &&
      areTablesSettled(world);
    if (world.phase !== "stopping" || !idle || world.handovers.length > 0) return [world, []];
    return [{ ...world, phase: "stopped" }, [{ kind: "exit" }]];
  });
}

function givingUp(world: World): Update {
  const next = givenUp(world);
  return next === world ? [world, []] : claimed(next);
}

function reconciledAddresses(world: World, changed: Unsettled["addresses"]): Update {
  const where = changed === "all" || world.phase === "stopping" ? "all" : listed(changed);
  // They may be ours though this run did not add them.
  const released = world.options.releaseVips
    ? withManaged(world.addresses, [...configuredAddresses(world.vrrp, where).keys()])
    : world.addresses;
  const desired = wantedAddresses(world, where);
  const untouchable = untouchableAddresses(world.vrrp);
  const [addresses, operations] = reconcileAddresses(released, {
    where,
    desired,
    untouchable,
    spared: handedOver(world.handovers),
  });
  const next = addresses === world.addresses ? world : { ...world, addresses };
  return operations.length === 0 ? [next, []] : [next, [{ kind: "address-apply", operations }]];
}

/** Addresses that shall be installed now, by key. */
function wantedAddresses(world: World, where: Where): ReadonlyMap<string, Address> {
  if (world.phase === "stopping" && world.options.keepAddresses) {
    return managedAddresses(world.addresses);
  }
  return desiredAddresses(world.vrrp, where);
}

function reconciledServices(world: World, todo: NonNullable<Unsettled["services"]>): Update {
  // Until everything is handed over, connections go through this host.
  const stopping = world.phase === "stopping" && world.handovers.length === 0;
  if (stopping && world.options.keepServices) return [world, []];
  const { lvs } = world;
  const count = stopping || lvs.stage === "stopped" ? 0 : lvs.virtualServers.length;
  const { clean, changes, rest } = nextSlice(todo, count);
  const wanted: Wanted = {
    ...(count === 0 ? NOTHING_WANTED : desiredOf(lvs, changes)),
    ...((clean || stopping) && { only: count === 0 ? NO_KEYS : configuredServiceKeys(lvs) }),
    ...(stopping && lvs.config.flushOnStop && { flush: true }),
  };
  const [services, orders] = reconcileServices(world.services, wanted);
  // What is left of an unknown table is looked at when it is known.
  const left = services.actual === undefined ? undefined : rest;
  const unsettled = left === undefined ? SETTLED : { ...SETTLED, services: left };
  return [
    services === world.services && unsettled === world.unsettled
      ? world
      : { ...world, services, unsettled },
    orders,
  ];
}

const NO_KEYS: ReadonlySet<string> = new Set();
const NOTHING_WANTED = { tables: [], destinations: [] };
