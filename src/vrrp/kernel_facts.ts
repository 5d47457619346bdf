/** What is known of the kernel's links and addresses. */

import { type Address, addressOf } from "../kernel/address.ts";
import type { Link } from "../kernel/link.ts";
import type { Ip } from "../net/mod.ts";
import {
  byNumber,
  byText,
  emptySorted,
  type Sorted,
  sortedEntries,
  sortedValues,
  valueOf,
  withEntry,
  withoutKey,
} from "../persistent/mod.ts";
import {
  type Carried,
  carriedAs,
  carriedInOrder,
  carriedWith,
  CARRIES_NOTHING,
  withCarried,
  withoutCarried,
} from "./carried.ts";

/** Links and addresses, and what they mean to the configuration. One event changes it at a cost that does not grow with them. */
export interface KernelFacts {
  readonly byIndex: Sorted<number, Link>;
  readonly byName: Sorted<string, Link>;
  /** By the index of the interface. */
  readonly carried: Sorted<number, Carried>;
  /** Rank of the next address: they are known in the kernel's order. */
  readonly nextRank: number;
  /** Every address that could be ours. */
  readonly virtual: ReadonlySet<Ip>;
  /** {@linkcode ownKey} of virtual addresses that are their interface's own, see `own_address.ts`. */
  readonly own: ReadonlySet<string>;
  /** Interfaces that hold a configured source and can send from it, by that address; an empty list while none does. */
  readonly held: ReadonlyMap<Ip, readonly number[]>;
}

/** What addresses are to a configuration. */
export interface Meaning {
  /** Those that instances are configured to send from. */
  readonly sources: ReadonlySet<Ip>;
  /** Those that instances list. */
  readonly virtual: ReadonlySet<Ip>;
}

const NONE: Meaning = { sources: new Set(), virtual: new Set() };

/** What identifies an address on an interface, also when that is made anew. */
export function ownKey(ifname: string, address: Address): string {
  return `${ifname} ${addressOf(address)}`;
}

/** The link of this index. */
export function linkAt(
  { byIndex }: Pick<KernelFacts, "byIndex">,
  ifindex: number,
): Link | undefined {
  return valueOf(byIndex, ifindex);
}

/** The link of this name; none for no name. */
export function linkNamed(
  { byName }: Pick<KernelFacts, "byName">,
  ifname: string | undefined,
): Link | undefined {
  return ifname === undefined ? undefined : valueOf(byName, ifname);
}

/** What an interface carries. */
export function carriedBy({ carried }: KernelFacts, ifindex: number): Carried {
  return valueOf(carried, ifindex) ?? CARRIES_NOTHING;
}

/** Facts from two dumps. */
export function kernelFacts(
  links: readonly Link[],
  addresses: readonly Address[],
  meaning: Meaning = NONE,
): KernelFacts {
  const facts: KernelFacts = {
    byIndex: emptySorted(byNumber),
    byName: emptySorted(byText),
    carried: emptySorted(byNumber),
    nextRank: 0,
    virtual: meaning.virtual,
    own: new Set(),
    held: new Map([...meaning.sources].map((source) => [source, []])),
  };
  const linked = links.reduce((so, link) => withLink(so, link, false), facts);
  return addresses.reduce((so, address) => withAddress(so, address, false), linked);
}

/** The same facts for another configuration, without the links that do not concern it. */
export function withMeaning(
  facts: KernelFacts,
  meaning: Meaning,
  interfaces: Iterable<string>,
): KernelFacts {
  const names = new Set(interfaces);
  const links = sortedValues(facts.byIndex).filter(({ ifindex, ifname }) =>
    names.has(ifname) ||
    sortedValues(carriedBy(facts, ifindex).all)
      .some(({ address }) => meaning.sources.has(address.address))
  );
  const addresses = links.flatMap(({ ifindex }) => carriedInOrder(carriedBy(facts, ifindex)));
  return { ...kernelFacts(links, addresses, meaning), own: facts.own };
}

/** Facts after a link appeared, changed or vanished; the same object when nothing is new. */
export function withLink(facts: KernelFacts, link: Link, removed: boolean): KernelFacts {
  const { ifindex, ifname } = link;
  const before = linkAt(facts, ifindex);
  if (removed ? before === undefined : before !== undefined && sameLink(before, link)) return facts;
  // A name that was given to another link in the meantime is that one's.
  const mine = before !== undefined && linkNamed(facts, before.ifname)?.ifindex === ifindex;
  const others = mine ? withoutKey(facts.byName, before.ifname) : facts.byName;
  if (!removed) {
    const byIndex = withEntry(facts.byIndex, ifindex, link);
    return { ...facts, byIndex, byName: withEntry(others, ifname, link) };
  }
  let { held } = facts;
  for (const [, { address }] of sortedEntries(carriedBy(facts, ifindex).all)) {
    held = heldBy(held, { ...address, now: [] });
  }
  return {
    ...facts,
    byIndex: withoutKey(facts.byIndex, ifindex),
    byName: others,
    carried: withoutKey(facts.carried, ifindex),
    held,
  };
}

/** Facts after an address appeared, changed or vanished; the same object when nothing is new. */
export function withAddress(facts: KernelFacts, address: Address, removed: boolean): KernelFacts {
  const { virtual, nextRank } = facts;
  const before = carriedBy(facts, address.ifindex);
  const known = carriedAs(before, address);
  if (removed ? known === undefined : known !== undefined && sameAddress(known, address)) {
    return facts;
  }
  const after = removed
    ? withoutCarried(before, address, virtual)
    : withCarried(before, address, { rank: nextRank, virtual });
  const now = after === undefined ? [] : carriedWith(after, address.address);
  return {
    ...facts,
    carried: after === undefined
      ? withoutKey(facts.carried, address.ifindex)
      : withEntry(facts.carried, address.ifindex, after),
    nextRank: nextRank + 1,
    held: heldBy(facts.held, { ...address, now }),
  };
}

/** Where sources are held, with the addresses of that IP an interface has `now`; the same map when it matters to none. */
function heldBy(
  held: KernelFacts["held"],
  { address, ifindex, now }: Pick<Address, "address" | "ifindex"> & {
    readonly now: readonly Address[];
  },
): KernelFacts["held"] {
  const before = held.get(address);
  if (before === undefined) return held;
  const here = now.some(({ tentative }) => tentative !== true);
  if (here === before.includes(ifindex)) return held;
  const after = here ? [...before, ifindex] : before.filter((each) => each !== ifindex);
  return new Map(held).set(address, after);
}

function sameLink(a: Link, b: Link): boolean {
  return a.ifname === b.ifname && a.up === b.up && a.running === b.running && a.mac === b.mac &&
    a.arp === b.arp && a.multicast === b.multicast && a.loopback === b.loopback &&
    a.mtu === b.mtu && a.master === b.master && a.vrfTable === b.vrfTable;
}

function sameAddress(a: Address, b: Address): boolean {
  return a.label === b.label && a.scope === b.scope && a.broadcast === b.broadcast &&
    a.peer === b.peer && a.tentative === b.tentative && a.protocol === b.protocol;
}
