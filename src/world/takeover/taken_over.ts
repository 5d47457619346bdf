/** The core has taken over as it was prepared: the reducer hears of the expiry, and of what it wants then what is done is left out. */

import { sameValue } from "../../net/equal.ts";
import type { Micros } from "../../net/micros.ts";
import { appended, type List, listed } from "../../persistent/mod.ts";
import type { Announcement } from "../../vrrp/mod.ts";
import { placeOf, withChangedAddresses } from "../changed.ts";
import { chain, type Update } from "../chain.ts";
import type { WorldEffect } from "../effect.ts";
import type { WorldEvent } from "../event.ts";
import { addressesTaken } from "../kernel/addresses.ts";
import { vrrpStep } from "../step/parts.ts";
import type { World } from "../world.ts";

type TakenOver = Extract<WorldEvent, { readonly kind: "taken-over" }>;

/**
 * What the reducer wants beside what is done is done as ever. What it does not want, because it knows by now what the core could not
 * know (a fault, an advert, the end), is undone: farewell, and the addresses go.
 */
export function onTakenOver(before: World, event: TakenOver, now: Micros): Update {
  const { watches, orders, operations } = event;
  const world = operations.length === 0
    ? before
    : { ...before, addresses: addressesTaken(before.addresses, operations) };
  const [moved, effects] = chain(
    [world, []],
    ...watches.map((watch) => (next: World) => vrrpStep(next, { kind: "expired", ...watch }, now)),
  );
  const behind = listed(moved.unsettled.behindAddresses);
  const next = behind.length === 0
    ? moved
    : withBehind(moved, behind.flatMap((effect) => left(effect, event)));
  const undone = orders.filter((each) => !isMaster(next, each));
  return [
    undone.length === 0
      ? next
      : withChangedAddresses(next, operations.map(({ address }) => placeOf(address))),
    [
      ...undone.map((each): WorldEffect => ({ kind: "cease", order: each, farewell: true })),
      ...effects.flatMap((effect) => left(effect, event)),
    ],
  ];
}

function withBehind(world: World, effects: readonly WorldEffect[]): World {
  const behindAddresses = effects.reduce<List<WorldEffect>>(appended, undefined);
  return { ...world, unsettled: { ...world.unsettled, behindAddresses } };
}

/** What is left to be done of an effect. */
function left(effect: WorldEffect, { orders, places }: TakenOver): readonly WorldEffect[] {
  switch (effect.kind) {
    // It stands, and its lease goes by what is said now.
    case "transmit":
      return [orders.includes(effect.order) ? { ...effect, immediately: false } : effect];
    case "announce": {
      const rest = effect.places.filter((each) => !isAmong(each, places));
      if (rest.length === effect.places.length) return [effect];
      return rest.length === 0 ? [] : [{ ...effect, places: rest }];
    }
    default:
      return [effect];
  }
}

function isAmong(place: Announcement, places: readonly Announcement[]): boolean {
  return places.some((each) => sameValue(each, place));
}

function isMaster({ vrrp }: World, order: number): boolean {
  const at = vrrp.byOrder.get(order);
  return at !== undefined && vrrp.instances[at]?.state.kind === "master";
}
