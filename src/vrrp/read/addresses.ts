/** Addresses of an instance: those it owns, sends from and sends to. */

import { allValues, lastUse, lastValue, tell, type Use } from "../../language/mod.ts";
import { type Family, familyOf, type Ip } from "../../net/ip.ts";
import type { BoundInstance, Subject } from "./subject.ts";
import type { UnicastPeer, VirtualAddress } from "../config.ts";

/** Family of the first address, else of the addresses adverts are sent from and to. */
export function familyOfInstance(bound: BoundInstance): Family {
  const first = entriesOf(bound.virtual_ipaddress)[0]?.address ??
    lastValue(bound.unicast_src_ip) ?? lastValue(bound.mcast_src_ip) ??
    entriesOf(bound.unicast_peer)[0]?.address;
  return first === undefined ? "inet" : familyOf(first);
}

export function entriesOf<E>(
  lists: readonly Use<{ readonly entries: readonly Use<E>[] }>[] | undefined,
): readonly E[] {
  return usesOf(lists).map((entry) => entry.value);
}

function usesOf<E>(
  lists: readonly Use<{ readonly entries: readonly Use<E>[] }>[] | undefined,
): readonly Use<E>[] {
  return allValues(lists).flatMap(({ entries }) => entries);
}

/** What the addresses of an instance have in common. */
export interface Carrier {
  readonly family: Family;
  /** The instance's own interface. */
  readonly interface: string | undefined;
  /** It runs without one, so that each address has to name its own. */
  readonly roams: boolean;
}

/** Addresses of the instance's family, and then those that only move along, each once. */
export function virtualAddresses(
  subject: Subject,
  carrier: Carrier,
): readonly [readonly VirtualAddress[], readonly VirtualAddress[]] {
  const { bound, name, context } = subject;
  const { family } = carrier;
  const seen = new Set<string>();
  const usable = (entry: Use<VirtualAddress>) =>
    isCarried(subject, entry, carrier) && isFirst(subject, entry, seen, carrier);
  const advertised = usesOf(bound.virtual_ipaddress).filter((entry) => {
    const { address, dev } = entry.value;
    if (dev !== undefined && context.interfaces?.has(dev) === false) {
      tell(entry, "interface-missing", `Cannot find interface ${dev} of ${address} in ${name}`, {
        severity: "error",
        status: "warning",
        word: dev,
        about: { kind: "interface", name: dev },
      });
    }
    if (familyOf(address) !== family) {
      tell(
        entry,
        "conflict",
        `Cannot use ${address} in vrrp_instance ${name}: its other addresses are ${family}`,
        {
          severity: "error",
          hint: "put it into virtual_ipaddress_excluded",
          keyword: true,
        },
      );
      return false;
    }
    return usable(entry);
  });
  const excluded = usesOf(bound.virtual_ipaddress_excluded).filter(usable);
  return [advertised.map(({ value }) => value), excluded.map(({ value }) => value)];
}

/** An address that names no interface needs one of the instance. */
function isCarried(
  { name, self }: Subject,
  { value: { address, dev } }: Use<VirtualAddress>,
  { roams }: Carrier,
): boolean {
  if (dev !== undefined || !roams) return true;
  tell(
    self,
    "incomplete",
    `Cannot use ${address} in vrrp_instance ${name}: neither names an interface`,
    {
      severity: "error",
      hint: "write dev behind the address, or interface in the instance",
      about: { kind: "missing", keywords: ["interface"] },
    },
  );
  return false;
}

/** keepalived 2.4 drops an address that is there already; 2.2 advertises it twice. */
function isFirst(
  { name }: Subject,
  entry: Use<VirtualAddress>,
  seen: Set<string>,
  { interface: own }: Carrier,
): boolean {
  const { address, prefixLength, dev = own } = entry.value;
  const key = `${address}/${prefixLength} ${dev}`;
  if (!seen.has(key)) return seen.add(key) !== undefined;
  tell(entry, "duplicate-name", `Cannot use ${address} twice in vrrp_instance ${name}`, {
    hint: "the second one is left out",
    keyword: true,
  });
  return false;
}

/** An address of another family than the instance's is left out. */
export function ownFamily(
  { name }: Subject,
  use: Use<Ip> | undefined,
  family: Family,
): Ip | undefined {
  if (use === undefined || familyOf(use.value) === family) return use?.value;
  tell(use, "conflict", `Cannot use ${use.value} in ${name}: the instance is ${family}`, {
    severity: "error",
  });
  return undefined;
}

/** Whether an instance cannot run without addresses: VRRPv3 and strict mode want one. */
export function noAddresses({ bound, self, name, strict }: Subject, version: 2 | 3): boolean {
  const needed = strict || version === 3;
  if (bound.no_virtual_ipaddress !== undefined && !needed) return false;
  if (allValues(bound.virtual_ipaddress).some(({ complete }) => !complete)) return needed;
  tell(self, "incomplete", `Cannot find a virtual_ipaddress in vrrp_instance ${name}`, {
    severity: needed ? "error" : "warning",
    about: { kind: "missing", keywords: ["virtual_ipaddress"] },
    ...(needed ? {} : { hint: "write no_virtual_ipaddress if none is meant" }),
  });
  return needed;
}

export function unicastPeers(
  { bound, name, strict, self }: Subject,
  family: Family,
): readonly UnicastPeer[] {
  const uses = allValues(bound.unicast_peer).flatMap(({ entries }) => entries);
  const seen = new Set<string>();
  const peers = uses.filter((use) => {
    const { address, minTtl = 0, maxTtl = 255 } = use.value;
    const why = familyOf(address) !== family
      ? `the instance is ${family}`
      : seen.has(address)
      ? "it is there already"
      : undefined;
    seen.add(address);
    if (why !== undefined) {
      tell(use, "conflict", `Cannot use peer ${address} in ${name}: ${why}`, {
        severity: "error",
        keyword: true,
      });
    } else if (minTtl > maxTtl) {
      tell(
        use,
        "conflict",
        `Cannot hear peer ${address} in ${name}: its min_ttl ${minTtl} is above its max_ttl ${maxTtl}`,
        { keyword: true },
      );
    }
    return why === undefined;
  });
  const unicast = lastUse<unknown>(bound.unicast_src_ip) ?? lastUse(bound.unicast_peer) ??
    lastUse(bound.check_unicast_src) ?? lastUse(bound.old_unicast_checksum) ??
    lastUse(bound.unicast_ttl);
  const complete = allValues(bound.unicast_peer).every((list) => list.complete);
  if (peers.length === 0 && unicast !== undefined && complete) {
    tell(unicast, "incomplete", `Cannot find a unicast peer in ${name}: adverts are multicast`, {
      keyword: true,
      about: { kind: "missing", keywords: ["unicast_peer"] },
    });
  }
  if (peers.length > 0 && strict) {
    tell(
      lastUse(bound.unicast_peer) ?? self,
      "strict",
      `Cannot reconcile unicast with strict mode in ${name}: RFC 9568 knows multicast only`,
      {
        status: undefined,
        keyword: true,
      },
    );
  }
  return peers.map(({ value }) => value);
}

export function hasTtlLimit({ minTtl, maxTtl }: UnicastPeer): boolean {
  return minTtl !== undefined || maxTtl !== undefined;
}
