/**
 * Addresses that one interface carries, such that an event costs the same among ten and among ten thousand: by what identifies them,
 * and in the kernel's order those of each kind, virtual ones apart from others.
 */

import { type Address, addressOf } from "../kernel/address.ts";
import { familyOf, type Ip } from "../net/mod.ts";
import {
  byNumber,
  byText,
  emptySorted,
  firstOf,
  sizeOf,
  type Sorted,
  sortedValues,
  valueOf,
  withEntry,
  withoutKey,
} from "../persistent/mod.ts";

/** Kinds of addresses an interface has, each with an own one. */
export type Kind = "inet" | "inet6" | "link-local";

/** All kinds. */
export const KINDS: readonly Kind[] = ["inet", "inet6", "link-local"];

/** The kind of an address. */
export function kindOf({ address }: Pick<Address, "address">): Kind {
  return familyOf(address) === "inet" ? "inet" : /^fe[89ab]/.test(address) ? "link-local" : "inet6";
}

/** The addresses of one interface. */
export interface Carried {
  /** By {@linkcode addressOf}. */
  readonly all: Sorted<string, Ranked>;
  /** Those that no instance lists, of each kind by their rank. */
  readonly plain: ByKind;
  /** Those that an instance lists, on whatever interface. */
  readonly virtual: ByKind;
}

/** An address and where it stands in the kernel's order. */
export interface Ranked {
  readonly address: Address;
  readonly rank: number;
}

type ByKind = Readonly<Record<Kind, Sorted<number, Address>>>;

const NO_KIND: ByKind = {
  "inet": emptySorted(byNumber),
  "inet6": emptySorted(byNumber),
  "link-local": emptySorted(byNumber),
};

/** An interface without addresses. */
export const CARRIES_NOTHING: Carried = {
  all: emptySorted(byText),
  plain: NO_KIND,
  virtual: NO_KIND,
};

/** The address with the identity of another, if it is there. */
export function carriedAs({ all }: Carried, address: Address): Address | undefined {
  return valueOf(all, addressOf(address))?.address;
}

/** All addresses with this IP, of whatever prefix length. */
export function carriedWith({ all }: Carried, ip: Ip): readonly Address[] {
  const found: Address[] = [];
  const prefix = `${ip}/`;
  for (
    let entry = firstOf(all, prefix);
    entry?.[0].startsWith(prefix);
    entry = firstOf(all, `${entry[0]}\0`)
  ) found.push(entry[1].address);
  return found;
}

/** All addresses, in the kernel's order. */
export function carriedInOrder({ all }: Carried): readonly Address[] {
  return sortedValues(all).toSorted((a, b) => a.rank - b.rank).map(({ address }) => address);
}

/** The first of a kind, in the kernel's order, that is accepted and stands before a rank. */
export function firstCarried(
  among: Carried["plain"],
  kind: Kind,
  accept: (address: Address) => boolean,
  before = Infinity,
): Ranked | undefined {
  const ranked = among[kind];
  let entry = firstOf(ranked);
  while (entry !== undefined && entry[0] < before) {
    const [rank, address] = entry;
    if (accept(address)) return { address, rank };
    entry = firstOf(ranked, rank + 1);
  }
  return undefined;
}

/** With an address: in place of the one of the same identity, else last with the rank that is given. */
export function withCarried(
  before: Carried,
  address: Address,
  { rank: last, virtual }: { readonly rank: number; readonly virtual: ReadonlySet<Ip> },
): Carried {
  const key = addressOf(address);
  const rank = valueOf(before.all, key)?.rank ?? last;
  const all = withEntry(before.all, key, { address, rank });
  return inOrder({ ...before, all }, address, {
    virtual,
    change: (ranked) => withEntry(ranked, rank, address),
  });
}

/** Without the address of this identity; `undefined` when that was the last. */
export function withoutCarried(
  before: Carried,
  address: Address,
  virtual: ReadonlySet<Ip>,
): Carried | undefined {
  const key = addressOf(address);
  const known = valueOf(before.all, key);
  if (known === undefined) return before;
  if (sizeOf(before.all) === 1) return undefined;
  return inOrder({ ...before, all: withoutKey(before.all, key) }, address, {
    virtual,
    change: (ranked) => withoutKey(ranked, known.rank),
  });
}

function inOrder(
  carried: Carried,
  address: Address,
  { virtual, change }: {
    readonly virtual: ReadonlySet<Ip>;
    readonly change: (ranked: Sorted<number, Address>) => Sorted<number, Address>;
  },
): Carried {
  const kind = kindOf(address);
  return virtual.has(address.address)
    ? { ...carried, virtual: { ...carried.virtual, [kind]: change(carried.virtual[kind]) } }
    : { ...carried, plain: { ...carried.plain, [kind]: change(carried.plain[kind]) } };
}
