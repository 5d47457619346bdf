/**
 * What packets to and from virtual addresses may not do, as tables of nftables: `no_accept` (RFC 9568 §6.1, Accept_Mode false) drops what
 * is for the addresses and what comes from them, and links with a virtual MAC address do not speak for themselves.
 *
 * keepalived: adds a rule with each address and deletes it with that. Here the rules stand as long as the configuration does: an
 * address that is not there gets no packet, and one that comes or goes is never without its rule, also in the hands of the guardian.
 */

import type {
  NftExpression,
  NftField,
  NftRule,
  NftSet,
  NftTable,
  NftTableId,
} from "../kernel/nft.ts";
import { type Family, familyOf } from "../net/mod.ts";
import { kindOf } from "./carried.ts";
import type { Firewall, VrrpConfig } from "./config.ts";
import { type KernelFacts, linkNamed } from "./kernel_facts.ts";
import { allAddresses, deviceOf, kernelAddress } from "./virtual_address.ts";
import { linksOf } from "./vmac.ts";

/** What of the kernel it depends on. */
type Facts = Pick<KernelFacts, "byName" | "own">;

/** What the rules of one family are about: keys of sets, and what each link is above. */
interface Members {
  /** Closed addresses. */
  readonly vips: Keys;
  /** Link-local ones with their interfaces. */
  readonly vips_link_local: Keys;
  /** Links with virtual MAC addresses, and the indexes of the interfaces below. */
  readonly links: readonly { readonly key: readonly [string]; readonly value: string }[];
}

type Keys = readonly (readonly string[])[];

/** `IPPROTO_IGMP` and `IPPROTO_ICMPV6`. */
const [IGMP, ICMPV6] = ["2", "58"] as const;

/** Types of ICMPv6: neighbour solicitation and advertisement (RFC 4861 §4). */
const NEIGHBOURS = ["135", "136"];

/** Membership reports of both versions (RFC 2710 §3.1, RFC 3810 §5.2). */
const REPORTS = ["131", "143"];

/** Router solicitation (RFC 4861 §4.1). */
const SOLICITATION = "133";

const DROP: NftExpression = { kind: "verdict", verdict: "drop" };
const ACCEPT: NftExpression = { kind: "verdict", verdict: "accept" };

/** The tables, at most one of each family. */
export function firewallTables(config: VrrpConfig, kernel: Facts): readonly NftTable[] {
  const { firewall } = config;
  return (["inet", "inet6"] as const).flatMap((family): readonly NftTable[] => {
    const members = membersOf(config, { family, kernel });
    const { table: name, priority } = firewall;
    const about = { family, members, firewall };
    const chains = [
      { name: "in", at: "input", rules: closing(about, "in") },
      { name: "out", at: "output", rules: [...silencing(about), ...closing(about, "out")] },
    ] as const;
    const used = chains.filter(({ rules }) => rules.length > 0);
    if (used.length === 0) return [];
    return [{
      family: family === "inet" ? "ip" : "ip6",
      name,
      sets: setsOf(about),
      chains: used.map(({ at, ...chain }) => ({
        ...chain,
        hook: { kind: "filter", at, priority },
      })),
    }];
  });
}

/** The tables a configuration may put into the kernel, whatever the links. */
export function namedTables({ instances, firewall }: VrrpConfig): readonly NftTableId[] {
  const some = instances.some((each) => !each.accept || linksOf(each).length > 0);
  return some ? (["ip", "ip6"] as const).map((family) => ({ family, name: firewall.table })) : [];
}

/** What the tables depend on beside the kernel: equal for two configurations that want the same ones. */
export function firewallWish({ instances, firewall }: VrrpConfig): unknown {
  const closed = instances.filter(({ accept }) => !accept)
    .map((config) => [config.interface, config.vmac?.name, allAddresses(config)]);
  const links = instances.flatMap(linksOf);
  return closed.length + links.length === 0 ? [] : [closed, links, firewall];
}

interface About {
  readonly family: Family;
  readonly members: Members;
  readonly firewall: Firewall;
}

function membersOf(
  { instances, firewall }: VrrpConfig,
  { family, kernel }: { readonly family: Family; readonly kernel: Facts },
): Members {
  const links = instances.flatMap(linksOf).flatMap(({ name, base, ...link }) => {
    const concerned = family === "inet6" ? link.ipv6 : link.family === "inet";
    const below = linkNamed(kernel, base);
    return concerned && link.mac !== undefined && below?.up === true
      ? [{ key: [name] as const, value: below.ifindex.toString() }]
      : [];
  });
  const vips = new Set<string>();
  const local = new Map<string, readonly string[]>();
  for (const config of instances.filter(({ accept }) => !accept)) {
    for (const virtual of allAddresses(config)) {
      const { address } = virtual;
      if (familyOf(address) !== family) continue;
      const ifname = deviceOf(virtual, config);
      const link = linkNamed(kernel, ifname);
      // The host's own are its own, whoever lists them.
      if (link !== undefined && kernelAddress(virtual, config, kernel) === undefined) continue;
      const where = firewall.byIndex ? link?.ifindex.toString() : ifname;
      if (kindOf(virtual) !== "link-local") vips.add(address);
      else if (where !== undefined) local.set(`${address} ${where}`, [address, where]);
    }
  }
  return {
    vips: [...vips].map((each) => [each]),
    vips_link_local: [...local.values()],
    links,
  };
}

function setsOf({ family, members, firewall }: About): readonly NftSet[] {
  const address = family === "inet" ? "ipv4-addr" : "ipv6-addr";
  const where = firewall.byIndex ? "iface-index" : "ifname";
  const elements = (keys: Keys) => keys.map((key) => ({ key }));
  const { vips, vips_link_local, links } = members;
  const sets: readonly NftSet[] = [
    { name: "vips", key: [address], intervals: false, elements: elements(vips) },
    {
      name: "vips_link_local",
      key: [address, where],
      intervals: false,
      elements: elements(vips_link_local),
    },
    { name: "below", key: ["ifname"], value: "iface-index", intervals: false, elements: links },
    // The kernel looks up a map for its values only.
    {
      name: "links",
      key: ["ifname"],
      intervals: false,
      elements: family === "inet" ? [] : elements(links.map(({ key }) => key)),
    },
  ];
  return sets.filter((each) => each.elements.length > 0);
}

/** Rules of one direction for closed addresses. */
function closing({ family, members, firewall }: About, way: "in" | "out"): readonly NftRule[] {
  const link = ([["iifname", "iif"], ["oifname", "oif"]] as const)[way === "in" ? 0 : 1];
  const address = family === "inet"
    ? way === "in" ? "ip-daddr" : "ip-saddr"
    : way === "in"
    ? "ip6-daddr"
    : "ip6-saddr";
  const some = members.vips.length + members.vips_link_local.length > 0;
  const among = (set: "vips" | "vips_link_local", fields: readonly NftField[]) =>
    members[set].length === 0
      ? []
      : [counted([{ kind: "in", fields, set, negated: false }], [DROP], firewall)];
  return [
    // Who has an address is asked and told all the same, or nobody could find the way through it.
    ...(some && family === "inet6" ? NEIGHBOURS : [])
      .map((type) => counted(icmpv6(type), [ACCEPT], firewall)),
    ...among("vips_link_local", [address, firewall.byIndex ? link[1] : link[0]]),
    ...among("vips", [address]),
  ];
}

/**
 * Membership reports of a backup would lead switches to it with the virtual MAC address: as in keepalived they leave by the interface
 * below. What asks for routers does not leave at all.
 */
function silencing({ family, members, firewall }: About): readonly NftRule[] {
  if (members.links.length === 0) return [];
  const below: NftExpression = {
    kind: "dup",
    device: { from: "map", fields: ["oifname"], map: "below", of: "iface-index" },
  };
  if (family === "inet") {
    const igmp = { kind: "match", field: "l4proto", is: "eq", value: IGMP } as const;
    return [counted([igmp], [below, DROP], firewall)];
  }
  const known: NftExpression = { kind: "in", fields: ["oifname"], set: "links", negated: false };
  return [
    ...REPORTS.map((type) => counted(icmpv6(type), [below, DROP], firewall)),
    counted([...icmpv6(SOLICITATION), known], [DROP], firewall),
  ];
}

function counted(
  when: readonly NftExpression[],
  then: readonly NftExpression[],
  { counters }: Firewall,
): NftRule {
  return { does: [...when, ...(counters ? [{ kind: "counter" } as const] : []), ...then] };
}

function icmpv6(type: string): readonly NftExpression[] {
  return [
    { kind: "match", field: "l4proto", is: "eq", value: ICMPV6 },
    { kind: "match", field: "icmpv6-type", is: "eq", value: type },
  ];
}
