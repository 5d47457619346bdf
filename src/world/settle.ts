/**
 * Settling: what the kernel's tables should be is compared with what they are, where events changed it, and the difference is
 * ordered. First the addresses and what comes behind them, then the services and what comes behind those.
 */

import { addressKey } from "../kernel/address.ts";
import { desiredOf, desiredServices } from "../lvs/mod.ts";
import { listed } from "../persistent/mod.ts";
import type { Ip } from "../net/ip.ts";
import { untouchableAddresses } from "../vrrp/mod.ts";
import { reconcileAddresses } from "./addresses.ts";
import { chain, type Update } from "./chain.ts";
import type { WorldEffect } from "./effect.ts";
import { reconcileServices, type Wanted } from "./services.ts";
import { SETTLED, type Unsettled } from "./unsettled.ts";
import { possibleAddresses, wantedAddresses, type World } from "./world.ts";

/** Orders what leads from the kernel as it is to the world as it is. Nothing for a world that is settled. */
export function settle(world: World): Update {
  const { addresses, services, behindAddresses, behindServices } = world.unsettled;
  if (world.unsettled === SETTLED) return finished([world, []]);
  return finished(chain(
    [{ ...world, unsettled: SETTLED }, []],
    (next) => addresses ? reconciledAddresses(next) : [next, []],
    (next) => [next, stillTrue(next, listed(behindAddresses))],
    (next) => services === undefined ? [next, []] : reconciledServices(next, services),
    (next) => [next, listed(behindServices)],
  ));
}

/** Without the announcements of addresses that came and went again before they were ordered. */
function stillTrue(world: World, effects: readonly WorldEffect[]): readonly WorldEffect[] {
  if (!effects.some(({ kind }) => kind === "announce")) return effects;
  const place = (ifindex: number, address: Ip) => `${ifindex} ${address}`;
  const held = new Set(wantedAddresses(world).map((each) => place(each.ifindex, each.address)));
  const { virtual } = world.vrrp.directory;
  return effects.flatMap((effect): readonly WorldEffect[] => {
    if (effect.kind !== "announce") return [effect];
    const addresses = effect.addresses.filter((address) =>
      !virtual.has(address) || held.has(place(effect.ifindex, address))
    );
    return addresses.length === 0 ? [] : [{ ...effect, addresses }];
  });
}

/** Lets the process end when it is stopping and the kernel has answered everything. */
function finished([world, effects]: Update): Update {
  const idle = world.addresses.pending === 0 && world.services.pending === 0;
  if (world.phase !== "stopping" || !idle) return [world, effects];
  return [{ ...world, phase: "stopped" }, [...effects, { kind: "exit" }]];
}

function reconciledAddresses(world: World): Update {
  const possible = world.options.releaseVips ? possibleAddresses(world).map(addressKey) : [];
  const table = possible.length === 0 ? world.addresses : {
    ...world.addresses,
    managed: new Set([...world.addresses.managed, ...possible]),
  };
  const untouchable = untouchableAddresses(world.vrrp);
  const [addresses, operations] = reconcileAddresses(table, wantedAddresses(world), untouchable);
  const next = addresses === world.addresses ? world : { ...world, addresses };
  return operations.length === 0 ? [next, []] : [next, [{ kind: "address-apply", operations }]];
}

function reconciledServices(world: World, changed: Unsettled["services"]): Update {
  const stopping = world.phase === "stopping";
  if (stopping && world.options.keepServices) return [world, []];
  const wanted: Wanted = changed === "all" || stopping
    ? { kind: "all", tables: stopping ? [] : desiredServices(world.lvs) }
    : { kind: "some", ...desiredOf(world.lvs, listed(changed)) };
  const [services, orders] = reconcileServices(world.services, wanted);
  return [services === world.services ? world : { ...world, services }, orders];
}
