/** What is known of the kernel's links and addresses. */

import { type Address, addressKey, addressOf } from "../kernel/address.ts";
import type { Link } from "../kernel/link.ts";
import type { Ip } from "../net/mod.ts";

/** Links by both their names, addresses by interface in the kernel's order. */
export interface KernelFacts {
  readonly byIndex: ReadonlyMap<number, Link>;
  readonly byName: ReadonlyMap<string, Link>;
  readonly addresses: ReadonlyMap<number, readonly Address[]>;
  /** {@linkcode ownKey} of virtual addresses that are their interface's own, see `own_address.ts`. */
  readonly own: ReadonlySet<string>;
  /** Interfaces that hold a configured source and can send from it, by that address; an empty list while none does. */
  readonly held: ReadonlyMap<Ip, readonly number[]>;
}

/** What identifies an address on an interface, also when that is made anew. */
export function ownKey(ifname: string, address: Address): string {
  return `${ifname} ${addressOf(address)}`;
}

/** Facts from two dumps. `sources` are the addresses that instances are configured to send from. */
export function kernelFacts(
  links: readonly Link[],
  addresses: readonly Address[],
  sources: ReadonlySet<Ip> = new Set(),
): KernelFacts {
  const grouped = new Map<number, readonly Address[]>();
  for (const address of addresses) {
    grouped.set(address.ifindex, [...grouped.get(address.ifindex) ?? [], address]);
  }
  return withSources(
    { ...linkMaps(links), addresses: grouped, own: new Set(), held: new Map() },
    sources,
  );
}

/** The same facts for other configured sources. */
export function withSources(facts: KernelFacts, sources: ReadonlySet<Ip>): KernelFacts {
  const held = new Map<Ip, number[]>([...sources].map((source) => [source, []]));
  for (const [ifindex, addresses] of sources.size === 0 ? [] : facts.addresses) {
    for (const { address, tentative } of addresses) {
      const found = held.get(address);
      if (tentative !== true && found?.includes(ifindex) === false) found.push(ifindex);
    }
  }
  return { ...facts, held };
}

/** Facts after a link appeared, changed or vanished; the same object when nothing is new. */
export function withLink(facts: KernelFacts, link: Link, removed: boolean): KernelFacts {
  const before = facts.byIndex.get(link.ifindex);
  if (removed ? before === undefined : before !== undefined && sameLink(before, link)) return facts;
  const others = [...facts.byIndex.values()].filter((each) => each.ifindex !== link.ifindex);
  if (!removed) return { ...facts, ...linkMaps([...others, link]) };
  const addresses = new Map(facts.addresses);
  addresses.delete(link.ifindex);
  let { held } = facts;
  for (const { address } of facts.addresses.get(link.ifindex) ?? []) {
    held = heldBy(held, { address, ifindex: link.ifindex, now: [] });
  }
  return { ...facts, ...linkMaps(others), addresses, held };
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
  const addresses = new Map(facts.addresses).set(address.ifindex, next);
  return { ...facts, addresses, held: heldBy(facts.held, { ...address, now: next }) };
}

/** Where sources are held, with the addresses an interface has `now`; the same map when it matters to none. */
function heldBy(
  held: KernelFacts["held"],
  { address, ifindex, now }: Pick<Address, "address" | "ifindex"> & {
    readonly now: readonly Address[];
  },
): KernelFacts["held"] {
  const before = held.get(address);
  if (before === undefined) return held;
  const here = now.some((each) => each.address === address && each.tentative !== true);
  if (here === before.includes(ifindex)) return held;
  const after = here ? [...before, ifindex] : before.filter((each) => each !== ifindex);
  return new Map(held).set(address, after);
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
    a.broadcast === b.broadcast && a.peer === b.peer && a.tentative === b.tentative &&
    a.protocol === b.protocol;
}
