/** Where events say that the kernel's tables may have to change. */

import type { Address } from "../kernel/address.ts";
import type { ServerChange } from "../lvs/part/effect.ts";
import type { AddressPlace } from "../vrrp/effect.ts";
import type { Where } from "./kernel/addresses.ts";
import { withAddresses, withServices } from "./unsettled.ts";
import type { World } from "./world.ts";

export function withChangedAddresses(world: World, changed: Where): World {
  return { ...world, unsettled: withAddresses(world.unsettled, changed) };
}

export function withChangedServices(world: World, changed: "all" | readonly ServerChange[]): World {
  return { ...world, unsettled: withServices(world.unsettled, changed) };
}

export function placeOf(address: Address): AddressPlace {
  return { ifindex: address.ifindex, address };
}
