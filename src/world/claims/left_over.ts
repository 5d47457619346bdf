/** What a configuration claims, and what of the claims of a run before is still in the kernel. */

import { type Address, addressKey, isMarked, VIRTUAL_ROUTER } from "../../kernel/address.ts";
import type { Link } from "../../kernel/link.ts";
import { allAddresses, deviceOf, namedTables, namedThings } from "../../vrrp/mod.ts";
import { namedLvsThings } from "../kernel/beside_services.ts";
import type { VirtualAddress } from "../../vrrp/config.ts";
import { type AddressClaim, claimedThings, type Claims } from "./claims.ts";
import type { KernelDump, WorldConfig } from "../event.ts";

/** What a run with this configuration may put into the kernel, whatever the states. */
export function claimsOf({ vrrp, lvs }: WorldConfig): Claims {
  const virtual = vrrp.instances.flatMap((config) =>
    allAddresses(config).flatMap((each) => claimOf(each, deviceOf(each, config)))
  );
  const statics = vrrp.staticAddresses.flatMap((each) => claimOf(each, each.dev));
  const addresses = [...virtual, ...statics];
  const tables = namedTables(vrrp).map((value) => ({ kind: "nft", value } as const));
  const services = lvs.virtualServers.flatMap((each) => each.services);
  return {
    ...claimedThings("things", [...namedThings(vrrp), ...tables]),
    ...claimedThings("beside", namedLvsThings(lvs)),
    addresses,
    services,
  };
}

function claimOf(
  { address, prefixLength, peer }: VirtualAddress,
  device: string | undefined,
): readonly AddressClaim[] {
  if (device === undefined) return [];
  return [{
    interface: device,
    address,
    prefixLength,
    ...(peer === undefined ? {} : { peer }),
  }];
}

/**
 * The dumped addresses, with those marked as a virtual router's that were claimed. Where the kernel remembers who added an address,
 * one without a mark is somebody else's by now.
 */
export function withClaimed(
  { addresses, links, remembers }: KernelDump,
  claims: Claims,
): readonly Address[] {
  if (claims.addresses.length === 0) return addresses;
  if (remembers ?? addresses.some(({ protocol }) => protocol !== undefined)) return addresses;
  const claimed = claimedKeys(claims, links);
  return addresses.map((each) =>
    claimed.has(addressKey(each)) ? { ...each, protocol: VIRTUAL_ROUTER } : each
  );
}

/** Those among the dumped addresses that were claimed and still are a virtual router's. */
export function leftOver({ addresses, links }: KernelDump, claims: Claims): readonly Address[] {
  const claimed = claimedKeys(claims, links);
  return addresses.filter((each) => isMarked(each) && claimed.has(addressKey(each)));
}

function claimedKeys({ addresses }: Claims, links: readonly Link[]): ReadonlySet<string> {
  const indexes = new Map(links.map(({ ifname, ifindex }) => [ifname, ifindex]));
  return new Set(addresses.flatMap((claim) => {
    const ifindex = indexes.get(claim.interface);
    return ifindex === undefined ? [] : [addressKey({ ...claim, ifindex, scope: 0 })];
  }));
}
