/** What is told of addresses, and what came of orders about them. */

import { type Address, addressKey } from "../../kernel/address.ts";
import { suspendingAddresses } from "../../lvs/mod.ts";
import { errnoText } from "../../net/errno.ts";
import type { Micros } from "../../net/micros.ts";
import { valueOf } from "../../persistent/mod.ts";
import type { AddressEvent } from "../../vrrp/mod.ts";
import { chain, type Update } from "../chain.ts";
import { placeOf, withChangedAddresses } from "../changed.ts";
import type { WorldEvent } from "../event.ts";
import { gone } from "../handover.ts";
import { precedenceOf, withBehind } from "../kernel/address_precedence.ts";
import {
  addressesApplied,
  addressesArrived,
  addressesOrdered,
  addressNotified,
  isManaged,
  lostAddresses,
  retried,
} from "../kernel/addresses.ts";
import { withLostAddress } from "../kernel/things.ts";
import type { World } from "../world.ts";
import { handoversEnded } from "./leaving.ts";
import { losing, lvsStep, vrrpStep } from "./parts.ts";

export function onAddress(before: World, event: AddressEvent, now: Micros): Update {
  if (!event.removed) return onAddressNews(before, event, now);
  const handovers = gone(before.handovers, event.address);
  if (handovers === before.handovers) return onAddressNews(before, event, now);
  return chain(
    onAddressNews({ ...before, handovers }, event, now),
    (next) => handoversEnded(next, before, now),
  );
}

function onAddressNews(world: World, event: AddressEvent, now: Micros): Update {
  const addresses = addressNotified(world.addresses, event, now);
  // What was ordered is news only to the VRRP part.
  if (addresses === world.addresses) return vrrpStep(withLostAddress(world, event), event, now);
  const noticed = withLostAddress(
    { ...world, addresses: withBehind(addresses, event, now) },
    event,
  );
  // Half of what is under way, such as the deletion before an addition, asks for nothing.
  const underWay = event.ordered === true && addresses.pending > 0;
  const asks = !underWay && isOurs(noticed, event.address);
  const tooOften = event.removed &&
    valueOf(addresses.waiting, addressKey(event.address)) === true;
  return vrrpStep(
    asks ? withChangedAddresses(noticed, [placeOf(event.address)]) : noticed,
    tooOften ? { ...event, tooOften } : event,
    now,
  );
}

/** What the kernel told meanwhile may be older than what it was ordered: only now it is known what came of that. */
export function onAddressesApplied(
  world: World,
  event: Extract<WorldEvent, { readonly kind: "addresses-applied" }>,
  now: Micros,
): Update {
  const applied = addressesApplied(world.addresses, event, now);
  const [addresses, arrived] = addressesArrived(applied);
  const lost = lostAddresses(world.addresses, event);
  const next = { ...world, addresses };
  if (lost.length > 0) {
    const all = new Map(world.vrrp.lost);
    for (const [address, errno] of lost) {
      all.set(`${ADDRESS}${addressKey(address)}`, errnoText(errno));
    }
    return losing([next, all], now);
  }
  return [arrived.length === 0 ? next : withChangedAddresses(next, arrived.map(placeOf)), []];
}

/** Whoever waits for an address hears of it. */
export function toldOfAddress(
  world: World,
  { address, removed }: AddressEvent,
  now: Micros,
): Update {
  if (!suspendingAddresses(world.lvs.config).has(address.address)) return [world, []];
  return lvsStep(world, { kind: "address", address, present: !removed }, now);
}

/** What could not be added is tried again; who lost it may take part again. */
export function retryAddresses(world: World, now: Micros): Update {
  const next = withChangedAddresses({ ...world, addresses: retried(world.addresses) }, "all");
  const { lost } = world.vrrp;
  const left = new Map([...lost].filter(([key]) => !key.startsWith(ADDRESS)));
  return losing([next, left.size === lost.size ? undefined : left], now);
}

/** A virtual address lets the host's own, which came later, go before it. */
export function withPrecedence(world: World, behind: Address, now: Micros): Update {
  const [precedence, operations] = precedenceOf(world.addresses, behind, now);
  const addresses = { ...world.addresses, precedence };
  if (operations.length === 0) return [{ ...world, addresses }, []];
  return [{ ...world, addresses: addressesOrdered(addresses, operations) }, [
    { kind: "address-apply", operations },
  ]];
}

/** Whether an address is, was or could be ours. */
function isOurs({ addresses, vrrp }: World, address: Address): boolean {
  return vrrp.directory.virtual.has(address.address) || isManaged(addresses, addressKey(address));
}

/** What the keys of lost addresses begin with. */
const ADDRESS = "address ";
