/**
 * Addresses that are an interface's own although instances list them as virtual.
 *
 * The first IPv4 address of an interface, of those that no virtual router is known to have added, is its own: virtual ones come after
 * it. In IPv6, where the kernel keeps no such order, it is one beside which there are only virtual ones. An owner (priority 255, RFC
 * 9568 §1.6) sends from its own and never touches it. Any other instance is refused as long as it is there: a backup would take it
 * from the host.
 */

import { type Address, addressKey, isMarked } from "../kernel/address.ts";
import type { Ip } from "../net/mod.ts";
import { valueOf } from "../persistent/mod.ts";
import {
  type Carried,
  CARRIES_NOTHING,
  firstCarried,
  type Kind,
  kindOf,
  KINDS,
} from "./carried.ts";
import type { VrrpInstanceConfig } from "./config.ts";
import { carriedBy, type KernelFacts, linkAt, linkNamed, ownKey } from "./kernel_facts.ts";
import { allAddresses, carrierKey, deviceOf } from "./virtual_address.ts";

/** Which addresses are virtual where. */
export interface Carriers {
  /** Every virtual address, by the name of its interface. */
  readonly carriers: ReadonlyMap<string, ReadonlyMap<Ip, unknown>>;
  /** {@linkcode carrierKey} of those that an instance owns. */
  readonly owned: ReadonlySet<string>;
}

/** The facts with all own addresses found anew, after a start or a reload. */
export function withOwnAddresses(facts: KernelFacts, virtual: Carriers): KernelFacts {
  const isVirtual = (key: string) => {
    const [ifname = "", address = ""] = carrierOf(key).split(" ");
    return virtual.carriers.get(ifname)?.has(address) === true;
  };
  const kept = [...facts.own].filter(isVirtual);
  const own = kept.length === facts.own.size ? facts.own : new Set(kept);
  return [...virtual.carriers.keys()].reduce<KernelFacts>(
    (so, ifname) => withOwnOfLink(so, virtual, ifname),
    own === facts.own ? facts : { ...facts, own },
  );
}

/** The facts with the own addresses found anew of the link that has a name now, or of none. */
export function withOwnOfLink(facts: KernelFacts, virtual: Carriers, ifname: string): KernelFacts {
  return KINDS.reduce((so, kind) => withOwnOf(so, virtual, { ifname, kind }), facts);
}

/**
 * The facts after somebody else's address appeared on or vanished from a link. What is left there when one vanishes and is `held` by a
 * master, was made ours when it became one.
 */
export function withOwnOfAddress(
  facts: KernelFacts,
  virtual: Carriers,
  { address, removed, held }: {
    readonly address: Address;
    readonly removed: boolean;
    readonly held: (address: Ip) => boolean;
  },
): KernelFacts {
  const link = linkAt(facts, address.ifindex);
  if (link === undefined) return facts;
  return withOwnOf(facts, virtual, {
    ifname: link.ifname,
    kind: kindOf(address),
    ...(removed ? { held } : {}),
  });
}

/** Own addresses of interfaces that an instance lists as virtual without owning them: as long as there are any, it is refused. */
export function refusedAddresses(
  config: VrrpInstanceConfig,
  { own }: Pick<KernelFacts, "own">,
): readonly { readonly ifname: string; readonly address: string }[] {
  if (own.size === 0 || config.priority === 255) return [];
  const wanted = new Set(
    allAddresses(config).map((each) => carrierKey(deviceOf(each, config) ?? "", each.address)),
  );
  return [...own].filter((key) => wanted.has(carrierOf(key))).map((key) => {
    const ifname = ifnameOf(key);
    return { ifname, address: addressIn(key) };
  });
}

/** {@linkcode addressKey} of all own addresses: whatever is ours, these are not. */
export function ownAddressKeys(facts: KernelFacts): ReadonlySet<string> {
  return new Set([...facts.own].flatMap((key) => {
    const link = linkNamed(facts, ifnameOf(key));
    const found = link && valueOf(carriedBy(facts, link.ifindex).all, addressIn(key));
    return found === undefined ? [] : [addressKey(found.address)];
  }));
}

/** An own address stays one as long as it is there; an owner's also while it is not. */
function withOwnOf(
  facts: KernelFacts,
  virtual: Carriers,
  { ifname, kind, held = () => false }: {
    readonly ifname: string;
    readonly kind: Kind;
    readonly held?: (address: Ip) => boolean;
  },
): KernelFacts {
  const link = linkNamed(facts, ifname);
  const found = link === undefined ? CARRIES_NOTHING : carriedBy(facts, link.ifindex);
  const first = firstOwn(found, virtual, { ifname, kind });
  const known = first === undefined || held(first.address) ? undefined : ownKey(ifname, first);
  const lost = [...facts.own].filter((key) =>
    ifnameOf(key) === ifname && !virtual.owned.has(carrierOf(key)) &&
    valueOf(found.all, addressIn(key)) === undefined
  );
  if (lost.length === 0 && (known === undefined || facts.own.has(known))) return facts;
  const own = new Set(facts.own);
  for (const key of lost) own.delete(key);
  if (known !== undefined) own.add(known);
  return { ...facts, own };
}

/** IPv4: the first at all decides; IPv6: one that is not virtual, wherever it stands. */
function firstOwn(
  { plain, virtual }: Carried,
  { carriers }: Carriers,
  { ifname, kind }: { readonly ifname: string; readonly kind: Kind },
): Address | undefined {
  const unmarked = (each: Address) => !isMarked(each);
  const here = carriers.get(ifname);
  const carries = (each: Address) => here?.has(each.address) === true;
  const others = (each: Address) => unmarked(each) && !carries(each);
  if (kind !== "inet") {
    for (const among of [plain, virtual]) if (firstCarried(among, kind, others)) return undefined;
  }
  const one = firstCarried(plain, kind, unmarked);
  const first = firstCarried(virtual, kind, unmarked, one?.rank) ?? one;
  return first !== undefined && carries(first.address) ? first.address : undefined;
}

/** The {@linkcode carrierKey} within an {@linkcode ownKey}. */
function carrierOf(key: string): string {
  return key.slice(0, key.indexOf("/"));
}

/** The {@linkcode addressOf} within an {@linkcode ownKey}. */
function addressIn(key: string): string {
  return key.slice(key.indexOf(" ") + 1);
}

function ifnameOf(key: string): string {
  return key.slice(0, key.indexOf(" "));
}
