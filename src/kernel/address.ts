/** Addresses of interfaces: what the kernel should hold. The diff is in `address_diff.ts`. */

import type { Address, AddressOp } from "../core/protocol.ts";

/** `RTPROT_KEEPALIVED` (`linux/rtnetlink.h`): said of an address by a virtual router that adds it. */
export const VIRTUAL_ROUTER = 18;

/** `IFA_F_*` (`linux/if_addr.h`): what can be asked of an address. By the words of ip-address(8). */
export const ADDRESS_FLAG = {
  /** IPv6: no detection of duplicates. */
  nodad: 0x02,
  /** IPv6: the home address of a mobile node (RFC 6275). */
  home: 0x10,
  /** IPv6: temporary addresses are made of it (RFC 8981). */
  mngtmpaddr: 0x100,
  /** No route to its network. */
  noprefixroute: 0x200,
  /** Multicast: its group is joined. */
  autojoin: 0x400,
} as const;

export type { Address };

/**
 * A change of the address table. Adding what exists and deleting what is absent succeed. A deletion of what is marked as a virtual
 * router's, but was added by somebody else by now, is refused with {@linkcode ESTALE}: who ordered it had not heard of that.
 */
export type AddressOperation = AddressOp;

/** `errno` of a deletion that came too late: the address is somebody else's. */
export const ESTALE = 116;

/** What identifies an address, as a map key. */
export function addressKey(address: Address): string {
  return `${address.ifindex} ${addressOf(address)}`;
}

/** What identifies an address on its interface: `10.0.0.1/24`, and the other end where there is one. */
export function addressOf({ address, prefixLength, peer }: Address): string {
  const own = `${address}/${prefixLength}`;
  return peer === undefined || peer === address ? own : `${own} peer ${peer}`;
}

/** Whether a virtual router added it: this daemon, one before it, or keepalived. */
export function isMarked(address: Address): boolean {
  return address.protocol === VIRTUAL_ROUTER;
}
