/**
 * From the addresses the kernel holds to those it should hold. Level-triggered: the caller passes both sides as they are, of all
 * addresses or of those that something concerned, so a lost notification or a failed operation is made good by the next run.
 */

import { familyOf } from "../net/ip.ts";
import type { Address, AddressOperation } from "./address.ts";

/**
 * The operations that lead from `actual` to `desired`: first all deletions, in the order of `actual`,
 * so that an address that moves between interfaces is never on two; then all additions, in the order of
 * `desired`.
 *
 * Both are given by `addressKey`, so each is there once. Deleted is only what is desired otherwise, or is managed and not desired. What
 * else the kernel holds belongs to others and is not touched.
 */
export function diffAddresses(
  desired: ReadonlyMap<string, Address>,
  actual: Iterable<readonly [key: string, Address]>,
  isManaged: (key: string) => boolean,
): readonly AddressOperation[] {
  const right = new Set<string>();
  const operations: AddressOperation[] = [];
  for (const [key, found] of actual) {
    const want = desired.get(key);
    if (want === undefined ? isManaged(key) : !sameAddress(want, found)) {
      operations.push({ op: "delete", address: found });
    } else if (want !== undefined) right.add(key);
  }
  for (const [key, address] of desired) {
    if (!right.has(key)) operations.push({ op: "add", address });
  }
  return operations;
}

/**
 * Whether the kernel's `found` is what adding `want` makes of it. IPv6 has neither labels nor broadcast
 * addresses and a scope that follows from the address, so what was asked for there does not count.
 */
export function sameAddress(want: Address, found: Address): boolean {
  if (peerOf(want) !== peerOf(found) || (want.flags ?? 0) !== (found.flags ?? 0)) return false;
  if (familyOf(want.address) === "inet6") return sameLifetime(want, found);
  return want.scope === found.scope && want.broadcast === found.broadcast &&
    (want.label === undefined ? isDefaultLabel(found.label) : want.label === found.label);
}

/** A time that passes is what was asked for whatever is left of it. */
function sameLifetime(
  { preferredLifetime: want }: Address,
  { preferredLifetime: found }: Address,
): boolean {
  if (want === undefined || found === undefined) return want === found;
  return want > 0 || found === 0;
}

/** The kernel reports the address itself as the peer where there is none. */
function peerOf(address: Address): string | undefined {
  return address.peer === address.address ? undefined : address.peer;
}

/**
 * Without a label in the request the kernel uses the name of the interface, which is not known here; a
 * label of somebody's own has the form `name:text` (`ip-address(8)`).
 */
function isDefaultLabel(label: string | undefined): boolean {
  return label === undefined || !label.includes(":");
}
