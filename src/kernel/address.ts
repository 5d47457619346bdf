/** Addresses of interfaces: what the kernel should hold. The diff is in `address_diff.ts`. */

import type { Ip } from "../net/ip.ts";

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

/** One address. Identity: interface, address, prefix length, peer. */
export interface Address {
  /** Interface index. */
  readonly ifindex: number;
  /** The address (`IFA_LOCAL`). */
  readonly address: Ip;
  /** Prefix length, 0 to 32 or 128. */
  readonly prefixLength: number;
  /** Label (`IFA_LABEL`), IPv4 only, at most 15 bytes; the kernel's default is the interface name. */
  readonly label?: string;
  /** `RT_SCOPE_*`: 0 global, 200 site, 253 link, 254 host, 255 nowhere. */
  readonly scope: number;
  /** Broadcast address (`IFA_BROADCAST`). */
  readonly broadcast?: Ip;
  /** Other end of a point-to-point link (`IFA_ADDRESS`). */
  readonly peer?: Ip;
  /** Sum of {@linkcode ADDRESS_FLAG}; absent: 0. */
  readonly flags?: number;
  /** `ifa_prefered` of `IFA_CACHEINFO`, s: as long as new connections may use it; absent: forever. It is valid forever. */
  readonly preferredLifetime?: number;
  /**
   * IPv6: detection of duplicates has not ended, or has found one (`IFA_F_TENTATIVE` without
   * `IFA_F_OPTIMISTIC`, `IFA_F_DADFAILED`): nothing can be sent from it. Told, never ordered.
   */
  readonly tentative?: boolean;
  /** Who added it (`IFA_PROTO`), as far as the kernel remembers, which it does since Linux 5.18. */
  readonly protocol?: number;
  /** `IFA_F_SECONDARY`, IPv4 only: another address of the same subnet was there before. */
  readonly secondary?: boolean;
}

/**
 * A change of the address table. Adding what exists and deleting what is absent succeed. A deletion of what is marked as a virtual
 * router's, but was added by somebody else by now, is refused with {@linkcode ESTALE}: who ordered it had not heard of that.
 */
export type AddressOperation =
  | { readonly op: "add"; readonly address: Address }
  | { readonly op: "delete"; readonly address: Address };

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
