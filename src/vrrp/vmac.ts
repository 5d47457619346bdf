/**
 * Links of an instance's own above an interface: with the virtual MAC address (RFC 9568 §7.3), one that carries its addresses and, unless
 * `vmac_xmit_base` is written, its adverts, and one for each other interface and family that an address with `use_vmac` is on; or an
 * ipvlan, which has the MAC address of the interface and an address of its own. A link is there as long as the instance is.
 */

import { type Address, ADDRESS_FLAG } from "../kernel/address.ts";
import type { OwnLink } from "../kernel/own_link.ts";
import type { Sysctl } from "../kernel/sysctl.ts";
import type { Thing } from "../kernel/thing.ts";
import { type Family, familyOf, type Ip } from "../net/mod.ts";
import { firstCarried } from "./carried.ts";
import type { Vmac, VrrpConfig, VrrpInstanceConfig } from "./config.ts";
import { carriedBy, type KernelFacts, linkNamed } from "./kernel_facts.ts";
import { allAddresses, deviceOf } from "./virtual_address.ts";

/** A link of an instance. */
export interface InstanceLink extends Pick<Vmac, "name" | "mac" | "group" | "ipvlan"> {
  /** Name of the interface below. */
  readonly base: string;
  /** Of its MAC address. */
  readonly family: Family;
  /** Adverts go through it. */
  readonly speaks: boolean;
  /** Whether it carries anything of IPv6. */
  readonly ipv6: boolean;
}

/** Name of the interface adverts go through; none for an instance without interface. */
export function senderOf({ interface: base, vmac }: VrrpInstanceConfig): string | undefined {
  return vmac === undefined || vmac.xmitBase ? base : vmac.name;
}

/** Links of an instance, each once. */
export function linksOf(config: VrrpInstanceConfig): readonly InstanceLink[] {
  const known = remembered.get(config);
  if (known !== undefined) return known;
  const { vmac, interface: base, family } = config;
  const addresses = allAddresses(config);
  const carriesIpv6 = (name: string) =>
    addresses.some((each) => familyOf(each.address) === "inet6" && deviceOf(each, config) === name);
  const found = new Map<string, InstanceLink>();
  if (vmac !== undefined && base !== undefined) {
    const { xmitBase, ...link } = vmac;
    const ipv6 = family === "inet6" || carriesIpv6(vmac.name);
    found.set(vmac.name, { ...link, base, family, speaks: !xmitBase, ipv6 });
  }
  for (const { address, dev = base, vmac: own } of addresses) {
    if (own === undefined || dev === undefined || found.has(own.name)) continue;
    const carried = familyOf(address);
    const ipv6 = carried === "inet6";
    found.set(own.name, { ...own, base: dev, family: carried, speaks: false, ipv6 });
  }
  const links = [...found.values()];
  remembered.set(config, links);
  return links;
}

const remembered = new WeakMap<VrrpInstanceConfig, readonly InstanceLink[]>();

/** Links of instances and what they need, as far as the interfaces below are there and up. */
export function vmacThings(
  { instances }: VrrpConfig,
  kernel: Pick<KernelFacts, "byName">,
): readonly Thing[] {
  return instances.flatMap(linksOf).flatMap((link): readonly Thing[] => {
    const base = linkNamed(kernel, link.base);
    if (base?.up !== true) return [];
    const { name, mac, group, ipvlan } = link;
    const value: OwnLink = {
      name,
      base: base.ifindex,
      ...(mac !== undefined && { mac }),
      ...(ipvlan !== undefined && { ipvlan: ipvlan.mode }),
      ...(group !== undefined && { group }),
      settings: settingsOf(link),
    };
    const below = link.family === "inet" && ipvlan === undefined ? settingsBelow(base.ifname) : [];
    return [{ kind: "own-link", value }, ...below];
  });
}

/**
 * Addresses of the links themselves, whatever the states: of an ipvlan its own, and for IPv6, where nobody can speak without one, the
 * link-local address of the interface below, which nothing chooses for its source.
 */
export function linkAddresses(
  config: VrrpInstanceConfig,
  kernel: KernelFacts,
): readonly Address[] {
  return linksOf(config).flatMap((link): readonly Address[] => {
    const above = linkNamed(kernel, link.name);
    if (above?.up !== true) return [];
    const { ipvlan } = link;
    const { ifindex } = above;
    if (ipvlan?.address !== undefined) {
      const { address, prefixLength } = ipvlan.address;
      const flags = familyOf(address) === "inet6" ? { flags: ADDRESS_FLAG.nodad } : {};
      return [{ ifindex, address, prefixLength, scope: 0, ...flags }];
    }
    if (link.family !== "inet6" || ipvlan !== undefined) return [];
    const address = linkLocalOf(link.base, kernel);
    if (address === undefined) return [];
    return [{
      ifindex,
      address,
      prefixLength: 64,
      scope: SCOPE_LINK,
      flags: ADDRESS_FLAG.nodad,
      preferredLifetime: 0,
    }];
  });
}

/** Whether an instance that speaks through a link could not, as that has no address yet. */
export function lacksAddress(
  config: VrrpInstanceConfig,
  { name, kernel }: { readonly name: string; readonly kernel: KernelFacts },
): boolean {
  const own = linksOf(config).find((each) => each.name === name);
  if (own?.speaks !== true || (own.family === "inet" && own.ipvlan === undefined)) return false;
  const link = linkNamed(kernel, name);
  const kind = own.family === "inet" ? "inet" : "link-local";
  return link === undefined ||
    firstCarried(carriedBy(kernel, link.ifindex).plain, kind, isUsable) === undefined;
}

/** Links that get an address when one below gets its own. */
export function linksAbove({ instances }: VrrpConfig, base: string): readonly string[] {
  return instances.flatMap(linksOf).filter((link) => link.base === base && link.family === "inet6")
    .map(({ name }) => name);
}

/** `RT_SCOPE_LINK`. */
const SCOPE_LINK = 253;

function linkLocalOf(ifname: string, kernel: KernelFacts): Ip | undefined {
  const link = linkNamed(kernel, ifname);
  if (link === undefined) return undefined;
  const { plain } = carriedBy(kernel, link.ifindex);
  return firstCarried(plain, "link-local", isUsable)?.address.address;
}

function isUsable({ tentative }: Address): boolean {
  return tentative !== true;
}

/** What keepalived sets of such a link: it answers for its own addresses only, and hears adverts that come from the subnet below. */
function settingsOf({ name, family, ipv6, ipvlan }: InstanceLink): readonly Sysctl[] {
  if (ipvlan !== undefined) {
    return ipv6 ? [] : [{ name: `net/ipv6/conf/${name}/disable_ipv6`, value: "1" }];
  }
  return [
    ...(family === "inet"
      ? [
        { name: `net/ipv4/conf/${name}/arp_ignore`, value: "1" },
        { name: `net/ipv4/conf/${name}/accept_local`, value: "1" },
        { name: `net/ipv4/conf/${name}/rp_filter`, value: "0" },
        { name: `net/ipv4/conf/${name}/promote_secondaries`, value: "1" },
      ]
      : []),
    // No address of its own: it would tell of the virtual MAC address while another node has it.
    { name: `net/ipv6/conf/${name}/addr_gen_mode`, value: "1" },
    ...(ipv6 ? [] : [{ name: `net/ipv6/conf/${name}/disable_ipv6`, value: "1" }]),
  ];
}

/** The interface below does not answer for addresses of links above it. */
function settingsBelow(name: string): readonly Thing[] {
  return ["arp_ignore", "arp_filter"].map((each) => ({
    kind: "sysctl",
    value: { name: `net/ipv4/conf/${name}/${each}`, value: "1" },
  }));
}
