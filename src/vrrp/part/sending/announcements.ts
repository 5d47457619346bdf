/** What an instance announces where, and at which pace. */

import type { Link } from "../../../kernel/link.ts";
import { familyOf, type Ip } from "../../../net/mod.ts";
import type { VrrpConfig } from "../../config.ts";
import type { Announcement, Pace } from "../../effect.ts";
import type { Action } from "../../fsm/action.ts";
import type { Instance } from "../../fsm/state.ts";
import { type KernelFacts, linkAt, linkNamed } from "../../kernel_facts.ts";
import { allAddresses, deviceOf } from "../../virtual_address.ts";

/** By interface, in configuration order; none where nobody asks who has an address. */
export function announcements(
  self: Instance,
  { kernel, config }: { readonly kernel: KernelFacts; readonly config: VrrpConfig },
  { repeat, only, on }: Extract<Action, { readonly kind: "announce" }>,
): readonly Announcement[] {
  const byInterface = new Map<number, { readonly link: Link; readonly addresses: Ip[] }>();
  const wanted = only === undefined ? undefined : new Set(only);
  const add = (link: Link | undefined, ip: Ip) => {
    if (link === undefined || !link.arp || link.loopback || wanted?.has(ip) === false) return;
    if (on === "extra" ? !isExtra(self, link) : on !== undefined && on !== link.ifindex) return;
    const place = byInterface.get(link.ifindex) ?? { link, addresses: [] };
    place.addresses.push(ip);
    byInterface.set(link.ifindex, place);
  };
  const virtual = allAddresses(self.config);
  for (const each of virtual) add(linkNamed(kernel, deviceOf(each, self.config)), each.address);
  // An address that is not virtual can only be that which adverts come from.
  const listed = new Set(only === undefined ? [] : virtual.map(({ address }) => address));
  for (const ip of only ?? []) {
    if (!listed.has(ip)) add(linkAt(kernel, self.health.ifindex ?? 0), ip);
  }
  if (repeat === 0) return [];
  return [...byInterface.values()].map(({ link, addresses }) => ({
    ifindex: link.ifindex,
    addresses,
    repeat,
    ...pacesOn(lowest(link, self, kernel), addresses, config),
  }));
}

/** `garp_extra_if`: where adverts do not go through, so that switches would forget the address. */
function isExtra({ config: { garp, vmac }, health }: Instance, { ifindex, ifname }: Link): boolean {
  return ifindex !== health.ifindex && (garp.extra?.all === true || ifname === vmac?.name);
}

/** The interface what is sent through `link` leaves by. */
function lowest(
  link: Link,
  { config: { vmac, interface: base } }: Instance,
  kernel: KernelFacts,
): Link {
  return link.ifname === vmac?.name ? linkNamed(kernel, base) ?? link : link;
}

/** Paces of an interface: those of its group, else the global ones for it alone. */
function pacesOn(
  { ifname, ifindex }: Link,
  addresses: readonly Ip[],
  { pace, garpGroups }: VrrpConfig,
): Pick<Announcement, "arpPace" | "naPace"> {
  const number = garpGroups.findIndex(({ interfaces }) => interfaces.includes(ifname));
  const { arp, na } = garpGroups[number] ?? pace;
  const lane: Pace["lane"] = number < 0
    ? { kind: "interface", ifindex }
    : { kind: "group", number };
  const has = (family: "inet" | "inet6") => addresses.some((ip) => familyOf(ip) === family);
  return {
    ...(arp !== undefined && has("inet") && { arpPace: { interval: arp, lane } }),
    ...(na !== undefined && has("inet6") && { naPace: { interval: na, lane } }),
  };
}
