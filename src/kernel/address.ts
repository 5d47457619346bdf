/** Addresses of interfaces: what the kernel should hold. The diff is in `address_diff.ts`. */

import type { Ip } from "../net/ip.ts";

/** One address. Identity: interface, address, prefix length. */
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
  /**
   * IPv6: detection of duplicates has not ended, or has found one (`IFA_F_TENTATIVE` without
   * `IFA_F_OPTIMISTIC`, `IFA_F_DADFAILED`): nothing can be sent from it. Told, never ordered.
   */
  readonly tentative?: boolean;
}

/** A change of the address table. Adding what exists and deleting what is absent succeed. */
export type AddressOperation =
  | { readonly op: "add"; readonly address: Address }
  | { readonly op: "delete"; readonly address: Address };

/** What identifies an address, as a map key. */
export function addressKey(address: Address): string {
  return `${address.ifindex} ${address.address}/${address.prefixLength}`;
}
