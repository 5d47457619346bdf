/** What is known of the kernel's links and addresses. */

import { type Address, addressKey } from "../kernel/address.ts";
import type { Link } from "../kernel/link.ts";

/** Links by both their names, addresses by interface in the kernel's order. */
export interface KernelFacts {
  readonly byIndex: ReadonlyMap<number, Link>;
  readonly byName: ReadonlyMap<string, Link>;
  readonly addresses: ReadonlyMap<number, readonly Address[]>;
  /** {@linkcode ownKey} of virtual addresses that are their interface's own: of an owner. */
  readonly own: ReadonlySet<string>;
}

/** What identifies an address on an interface, also when that is made anew. */
export function ownKey(ifname: string, { address, prefixLength }: Address): string {
  return `${ifname} ${address}/${prefixLength}`;
}

/** Facts from two dumps. */
export function kernelFacts(links: readonly Link[], addresses: readonly Address[]): KernelFacts {
  const grouped = new Map<number, readonly Address[]>();
  for (const address of addresses) {
    grouped.set(address.ifindex, [...grouped.get(address.ifindex) ?? [], address]);
  }
  return { ...linkMaps(links), addresses: grouped, own: new Set() };
}

/** Facts after a link appeared, changed or vanished; the same object when nothing is new. */
export function withLink(facts: KernelFacts, link: Link, removed: boolean): KernelFacts {
  const before = facts.byIndex.get(link.ifindex);
  if (removed ? before === undefined : before !== undefined && sameLink(before, link)) return facts;
  const others = [...facts.byIndex.values()].filter((each) => each.ifindex !== link.ifindex);
  if (!removed) return { ...facts, ...linkMaps([...others, link]) };
  const addresses = new Map(facts.addresses);
  addresses.delete(link.ifindex);
  return { ...facts, ...linkMaps(others), addresses };
}

/** Facts after an address appeared, changed or vanished; the same object when nothing is new. */
export function withAddress(facts: KernelFacts, address: Address, removed: boolean): KernelFacts {
  const key = addressKey(address);
  const list = facts.addresses.get(address.ifindex) ?? [];
  const at = list.findIndex((each) => addressKey(each) === key);
  if (removed ? at < 0 : at >= 0 && sameAddress(list[at], address)) return facts;
  const next = removed
    ? list.filter((_, index) => index !== at)
    : at < 0
    ? [...list, address]
    : list.with(at, address);
  return { ...facts, addresses: new Map(facts.addresses).set(address.ifindex, next) };
}

function linkMaps(links: readonly Link[]): Pick<KernelFacts, "byIndex" | "byName"> {
  return {
    byIndex: new Map(links.map((link) => [link.ifindex, link])),
    byName: new Map(links.map((link) => [link.ifname, link])),
  };
}

function sameLink(a: Link, b: Link): boolean {
  return a.ifname === b.ifname && a.up === b.up && a.running === b.running && a.mac === b.mac &&
    a.arp === b.arp && a.multicast === b.multicast && a.loopback === b.loopback && a.mtu === b.mtu;
}

function sameAddress(a: Address | undefined, b: Address): boolean {
  return a !== undefined && a.label === b.label && a.scope === b.scope &&
    a.broadcast === b.broadcast && a.peer === b.peer;
}
