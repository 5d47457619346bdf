/**
 * What packets to and from virtual addresses may not do, as one table of nftables: `no_accept` (RFC 9568 §6.1, Accept_Mode false) drops
 * what is for the addresses and what comes from them, and links with a virtual MAC address do not speak for themselves.
 *
 * keepalived: adds a rule with each address and deletes it with that. Here the rules stand as long as the configuration does: an
 * address that is not there gets no packet, and one that comes or goes is never without its rule, also in the hands of the guardian.
 */

import type { NftExpression, NftField, NftRule, NftTable, NftType } from "../kernel/nft.ts";
import { kindOf } from "./carried.ts";
import type { Firewall, VrrpConfig } from "./config.ts";
import { type KernelFacts, linkNamed } from "./kernel_facts.ts";
import { allAddresses, deviceOf, kernelAddress } from "./virtual_address.ts";

/** What of the kernel it depends on. */
type Facts = Pick<KernelFacts, "byName" | "own">;

/** Keys of its sets. */
interface Members {
  /** Addresses. */
  readonly vips4: Keys;
  readonly vips6: Keys;
  /** Link-local addresses with their interfaces. */
  readonly vips6_link_local: Keys;
  /** Links with virtual MAC addresses, by family. */
  readonly links4: Keys;
  readonly links6: Keys;
}

type Keys = readonly (readonly string[])[];

/** `IPPROTO_IGMP` and `IPPROTO_ICMPV6`. */
const [IGMP, ICMPV6] = ["2", "58"] as const;

/** Types of ICMPv6: neighbour solicitation and advertisement (RFC 4861 §4). */
const NEIGHBOURS = ["135", "136"];

/** Router solicitation, membership reports of both versions (RFC 4861 §4.1, RFC 2710 §3.1, RFC 3810 §5.2). */
const UNASKED = ["133", "131", "143"];

const DROP: NftExpression = { kind: "verdict", verdict: "drop" };
const ACCEPT: NftExpression = { kind: "verdict", verdict: "accept" };

/** The table; none where nothing is to be dropped. */
export function firewallTable(config: VrrpConfig, kernel: Facts): NftTable | undefined {
  const members = membersOf(config, kernel);
  const { firewall } = config;
  const { table: name, priority } = firewall;
  const chains = [
    { name: "in", at: "input", rules: closing(members, "in", firewall) },
    { name: "out", at: "output", rules: leaving(members, firewall) },
  ] as const;
  const used = chains.filter(({ rules }) => rules.length > 0);
  if (used.length === 0) return undefined;
  const types: Readonly<Record<keyof Members, readonly NftType[]>> = {
    vips4: ["ipv4-addr"],
    vips6: ["ipv6-addr"],
    vips6_link_local: ["ipv6-addr", firewall.byIndex ? "iface-index" : "ifname"],
    links4: ["ifname"],
    links6: ["ifname"],
  };
  const names = Object.keys(types) as (keyof Members)[];
  return {
    family: "inet",
    name,
    sets: names.filter((each) => members[each].length > 0).map((each) => ({
      name: each,
      key: types[each],
      intervals: false,
      elements: members[each].map((key) => ({ key })),
    })),
    chains: used.map(({ at, ...chain }) => ({ ...chain, hook: { kind: "filter", at, priority } })),
  };
}

/** What the table depends on beside the kernel: equal for two configurations that want the same one. */
export function firewallWish({ instances, firewall }: VrrpConfig): unknown {
  const closed = instances.filter(({ accept }) => !accept)
    .map((config) => [config.interface, config.vmac?.name, allAddresses(config)]);
  return closed.length === 0 ? [] : [closed, firewall];
}

function membersOf({ instances, firewall }: VrrpConfig, kernel: Facts): Members {
  const links = (family: "inet" | "inet6"): Keys =>
    instances.flatMap(({ vmac, interface: base, ...config }) => {
      const speaks = config.family === family && vmac !== undefined && !vmac.xmitBase;
      return speaks && linkNamed(kernel, base)?.up === true ? [[vmac.name]] : [];
    });
  const found = {
    inet: new Set<string>(),
    inet6: new Set<string>(),
    local: new Map<string, string[]>(),
  };
  for (const config of instances.filter(({ accept }) => !accept)) {
    for (const virtual of allAddresses(config)) {
      const ifname = deviceOf(virtual, config);
      const link = linkNamed(kernel, ifname);
      // The host's own are its own, whoever lists them.
      if (link !== undefined && kernelAddress(virtual, config, kernel) === undefined) continue;
      const { address } = virtual;
      const kind = kindOf(virtual);
      if (kind !== "link-local") found[kind].add(address);
      else {
        const where = firewall.byIndex ? link?.ifindex.toString() : ifname;
        if (where !== undefined) found.local.set(`${address} ${where}`, [address, where]);
      }
    }
  }
  return {
    vips4: [...found.inet].map((each) => [each]),
    vips6: [...found.inet6].map((each) => [each]),
    vips6_link_local: [...found.local.values()],
    links4: links("inet"),
    links6: links("inet6"),
  };
}

/** Rules of one direction for closed addresses. */
function closing(members: Members, way: "in" | "out", firewall: Firewall): readonly NftRule[] {
  const [v4, v6, link]: readonly [NftField, NftField, NftField] = way === "in"
    ? ["ip-daddr", "ip6-daddr", firewall.byIndex ? "iif" : "iifname"]
    : ["ip-saddr", "ip6-saddr", firewall.byIndex ? "oif" : "oifname"];
  const some = members.vips6.length + members.vips6_link_local.length > 0;
  return [
    // Who has an address is asked and told all the same, or nobody could find the way through it.
    ...(some ? NEIGHBOURS : []).map((type) => counted([...icmpv6(type)], ACCEPT, firewall)),
    ...dropping("vips4", [v4], { members, firewall }),
    ...dropping("vips6_link_local", [v6, link], { members, firewall }),
    ...dropping("vips6", [v6], { members, firewall }),
  ];
}

/**
 * Membership reports of a backup would lead switches to it with the virtual MAC address. keepalived sends them from the interface below;
 * 224.0.0.0/24, where adverts go, is flooded without them (RFC 4541 §2.1.2).
 */
function leaving(members: Members, firewall: Firewall): readonly NftRule[] {
  const igmp: NftExpression = { kind: "match", field: "l4proto", is: "eq", value: IGMP };
  const about = { members, firewall };
  return [
    ...dropping("links4", ["oifname"], { ...about, first: [igmp] }),
    ...UNASKED.flatMap((type) =>
      dropping("links6", ["oifname"], { ...about, first: icmpv6(type) })
    ),
    ...closing(members, "out", firewall),
  ];
}

function dropping(
  set: keyof Members,
  fields: readonly NftField[],
  { members, firewall, first = [] }: {
    readonly members: Members;
    readonly firewall: Firewall;
    readonly first?: readonly NftExpression[];
  },
): readonly NftRule[] {
  if (members[set].length === 0) return [];
  return [counted([...first, { kind: "in", fields, set, negated: false }], DROP, firewall)];
}

function counted(
  when: readonly NftExpression[],
  verdict: NftExpression,
  { counters }: Firewall,
): NftRule {
  return { does: [...when, ...(counters ? [{ kind: "counter" } as const] : []), verdict] };
}

function icmpv6(type: string): readonly NftExpression[] {
  return [
    { kind: "match", field: "l4proto", is: "eq", value: ICMPV6 },
    { kind: "match", field: "icmpv6-type", is: "eq", value: type },
  ];
}
