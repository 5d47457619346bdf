/** Virtual addresses as the kernel should hold them. */

import type { Address } from "../kernel/address.ts";
import type { Link } from "../kernel/link.ts";
import { familyOf, type Ip, ipBytes, ipFromBytes } from "../net/mod.ts";
import type { VirtualAddress, VrrpInstanceConfig } from "./config.ts";

/** `RT_SCOPE_UNIVERSE` and `RT_SCOPE_HOST`. */
const SCOPE_GLOBAL = 0;
const SCOPE_HOST = 254;

/** Addresses advertised and, behind them, those that only move along. */
export function allAddresses(config: VrrpInstanceConfig): readonly VirtualAddress[] {
  return [...config.virtualAddresses, ...config.excludedAddresses];
}

/** Name of the interface that carries an address. */
export function deviceOf(virtual: VirtualAddress, config: VrrpInstanceConfig): string {
  return virtual.dev ?? config.interface;
}

/** Addresses of an instance, without those whose interface does not exist. */
export function kernelAddresses(
  config: VrrpInstanceConfig,
  links: ReadonlyMap<string, Link>,
): readonly Address[] {
  return allAddresses(config).flatMap((virtual) => {
    const link = links.get(deviceOf(virtual, config));
    return link === undefined ? [] : [toKernel(virtual, link.ifindex)];
  });
}

function toKernel(virtual: VirtualAddress, ifindex: number): Address {
  const { address, prefixLength, label, peer } = virtual;
  const broadcast = broadcastOf(virtual);
  return {
    ifindex,
    address,
    prefixLength,
    scope: virtual.scope ?? (address.startsWith("127.") ? SCOPE_HOST : SCOPE_GLOBAL),
    ...(label === undefined ? {} : { label }),
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(peer === undefined ? {} : { peer }),
  };
}

/** `+` sets the host bits, `-` clears them (`ip-address(8)`). */
function broadcastOf({ address, prefixLength, broadcast }: VirtualAddress): Ip | undefined {
  if (broadcast !== "+" && broadcast !== "-") return broadcast;
  if (familyOf(address) !== "inet") return undefined;
  const bytes = ipBytes(address).map((byte, index) => {
    const hostBits = 0xff >> Math.max(0, Math.min(8, prefixLength - 8 * index));
    return broadcast === "+" ? byte | hostBits : byte & ~hostBits;
  });
  return ipFromBytes(bytes);
}
