/** Addresses of an instance: those it owns, sends from and sends to. */

import { allValues, lastUse, lastValue, tell, type Use } from "../../language/mod.ts";
import { type Family, familyOf, type Ip } from "../../net/ip.ts";
import type { BoundInstance, Subject } from "./_instance_subject.ts";
import type { UnicastPeer, VirtualAddress } from "../config.ts";

/** Addresses one advert has room for (RFC 9568 §5.2.5). */
export const MAX_ADVERTISED = 255;

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

/** Settings that go with others only; holdfast acts on none of them yet. */
export function checkCompanions({ bound, name, self }: Subject, family: Family): void {
  const lonely = lastUse(bound.vmac_xmit_base);
  if (lonely !== undefined && bound.use_vmac === undefined && bound.use_ipvlan === undefined) {
    tell(lonely, "conflict", `Cannot use vmac_xmit_base in ${name}: it goes with use_vmac only`, {
      keyword: true,
    });
  }
  const vrf = lastUse(bound.vrf);
  if (vrf !== undefined && bound.interface !== undefined) {
    tell(vrf, "conflict", `Cannot use vrf in ${name}: it has an interface`, { keyword: true });
  }
  const ipvlan = lastUse(bound.use_ipvlan);
  if (ipvlan !== undefined && ipvlan.value.address === undefined && family === "inet") {
    tell(ipvlan, "incomplete", `Cannot use use_ipvlan in ${name}: it needs an address`, {
      keyword: true,
    });
  } else if (
    ipvlan?.value.address !== undefined && familyOf(ipvlan.value.address.address) !== family
  ) {
    tell(ipvlan, "conflict", `Cannot use use_ipvlan in ${name}: its address is not ${family}`, {
      keyword: true,
    });
  }
  const native = lastUse(bound.native_ipv6);
  if (native !== undefined && family === "inet") {
    tell(native, "conflict", `Cannot use native_ipv6 in ${name}: its addresses are IPv4`);
  }
  const count = allValues(bound.virtual_ipaddress).flatMap(({ entries }) => entries).length;
  if (count > MAX_ADVERTISED) {
    tell(
      self,
      "out-of-range",
      `Cannot advertise ${count} addresses in ${name}: the first ${MAX_ADVERTISED} are, the others are kept out of adverts`,
    );
  }
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
  const peers = uses.filter((use) => {
    if (familyOf(use.value.address) === family) return true;
    tell(
      use,
      "conflict",
      `Cannot use peer ${use.value.address} in ${name}: the instance is ${family}`,
      {
        severity: "error",
        keyword: true,
      },
    );
    return false;
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
