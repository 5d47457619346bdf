/** Virtual addresses as the kernel should hold them. */

import type { Address } from "../kernel/address.ts";
import { type KernelFacts, linkNamed, ownKey } from "./kernel_facts.ts";
import { familyOf, type Ip, ipBytes, ipFromBytes } from "../net/mod.ts";
import type { VirtualAddress, VrrpInstanceConfig } from "./config.ts";

/** `RT_SCOPE_UNIVERSE` and `RT_SCOPE_HOST`. */
const SCOPE_GLOBAL = 0;
const SCOPE_HOST = 254;

/** Addresses advertised and, behind them, those that only move along. */
export function allAddresses(config: VrrpInstanceConfig): readonly VirtualAddress[] {
  return [...config.virtualAddresses, ...config.excludedAddresses];
}

/** Name of the interface that carries an address; an instance without interface has none that names none. */
export function deviceOf(
  virtual: VirtualAddress,
  config: Pick<VrrpInstanceConfig, "interface" | "vmac">,
): string | undefined {
  // keepalived: naming the interface of the instance is as naming none; an ipvlan carries adverts only.
  const named = virtual.dev === config.interface ? undefined : virtual.dev;
  const own = config.vmac?.ipvlan === undefined ? config.vmac?.name : undefined;
  return virtual.vmac?.name ?? named ?? own ?? config.interface;
}

/** Key of an address on the interface that carries it, whatever its prefix length. */
export function carrierKey(ifname: string, address: Ip): string {
  return `${ifname} ${address}`;
}

/**
 * Addresses that come and go with an instance: without those whose interface does not exist, and
 * without those that are the interface's own.
 */
export function kernelAddresses(
  config: VrrpInstanceConfig,
  facts: Pick<KernelFacts, "byName" | "own">,
): readonly Address[] {
  return allAddresses(config).flatMap((virtual) => kernelAddress(virtual, config, facts) ?? []);
}

/** One address, of an instance or static, unless its interface does not exist or it is the interface's own. */
export function kernelAddress(
  virtual: VirtualAddress,
  config: Pick<VrrpInstanceConfig, "interface">,
  facts: Pick<KernelFacts, "byName" | "own">,
): Address | undefined {
  const link = linkNamed(facts, deviceOf(virtual, config));
  if (link === undefined) return undefined;
  const address = toKernel(virtual, link.ifindex);
  return facts.own.has(ownKey(link.ifname, address)) ? undefined : address;
}

function toKernel(virtual: VirtualAddress, ifindex: number): Address {
  const { address, prefixLength, label, peer, flags, preferredLifetime } = virtual;
  const broadcast = broadcastOf(virtual);
  return {
    ifindex,
    address,
    prefixLength,
    scope: virtual.scope ?? (address.startsWith("127.") ? SCOPE_HOST : SCOPE_GLOBAL),
    ...(label === undefined ? {} : { label }),
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(peer === undefined ? {} : { peer }),
    ...(flags === undefined ? {} : { flags }),
    ...(preferredLifetime === undefined ? {} : { preferredLifetime }),
  };
}

/** `+` sets the host bits, `-` clears them (`ip-address(8)`). */
export function broadcastOf({ address, prefixLength, broadcast }: VirtualAddress): Ip | undefined {
  if (broadcast !== "+" && broadcast !== "-") return broadcast;
  if (familyOf(address) !== "inet") return undefined;
  const bytes = ipBytes(address).map((byte, index) => {
    const hostBits = 0xff >> Math.max(0, Math.min(8, prefixLength - 8 * index));
    return broadcast === "+" ? byte | hostBits : byte & ~hostBits;
  });
  return ipFromBytes(bytes);
}
