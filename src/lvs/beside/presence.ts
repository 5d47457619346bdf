/**
 * Which virtual addresses this host has, as far as `ha_suspend` asks: servers of a service whose address is elsewhere are not
 * checked from here. What was found of them last stays.
 */

import type { Ip } from "../../net/ip.ts";
import { addressedServices } from "./marking.ts";
import type { LvsConfig, VirtualServerConfig } from "../config.ts";

/** An address on one interface of this host. */
export interface HostAddress {
  readonly ifindex: number;
  readonly address: Ip;
}

/** Interfaces that carry an address, by address. */
export type Presence = ReadonlyMap<Ip, readonly number[]>;

/** Nothing is here. */
export const NOBODY_PRESENT: Presence = new Map();

/** What is here. */
export function presenceOf(present: readonly HostAddress[]): Presence {
  return present.reduce((all, one) => withPresence(all, one, true), NOBODY_PRESENT);
}

/** With an address that came to an interface, or went. The same when that is known. */
export function withPresence(
  before: Presence,
  { address, ifindex }: HostAddress,
  present: boolean,
): Presence {
  const places = before.get(address) ?? [];
  if (places.includes(ifindex) === present) return before;
  const left = present ? [...places, ifindex] : places.filter((one) => one !== ifindex);
  const after = new Map(before);
  if (left.length > 0) after.set(address, left);
  else after.delete(address);
  return after;
}

/** Addresses without which the servers of a virtual server are not checked, as one text; empty: they are checked always. */
export function waitsFor(config: VirtualServerConfig): string {
  if (config.haSuspend !== true) return "";
  const ids = addressedServices(config);
  const addresses = new Set(ids.flatMap((id) => id.kind === "address" ? [id.address] : []));
  return [...addresses].sort().join(" ");
}

/** Whether none of these addresses is here. */
export function isWaiting(waitsFor: string, here: Presence): boolean {
  return waitsFor !== "" && !waitsFor.split(" ").some((address) => here.has(address));
}

/** Whether the checkers of a virtual server wait for its address. */
export function isSuspended(config: VirtualServerConfig, here: Presence): boolean {
  return config.haSuspend === true && isWaiting(waitsFor(config), here);
}

/** Addresses that somebody wants to know of. */
export function suspendingAddresses(config: LvsConfig): ReadonlySet<Ip> {
  const known = remembered.get(config);
  if (known !== undefined) return known;
  const waiting = config.virtualServers.filter((one) => one.haSuspend === true);
  const services = waiting.flatMap(addressedServices);
  const addresses = new Set(
    services.flatMap((id) => id.kind === "address" ? [id.address] : []),
  );
  remembered.set(config, addresses);
  return addresses;
}

/** By configuration, which is never changed. */
const remembered = new WeakMap<LvsConfig, ReadonlySet<Ip>>();
