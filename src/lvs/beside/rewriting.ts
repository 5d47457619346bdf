/**
 * Full NAT and the SYN proxy as a table of nftables beside IPVS's NAT, on a stock kernel (docs/spec/fullnat.md). IPVS changes the
 * destination of a connection, this table its source: what the connection was meant for tells whose it is.
 *
 * Which local address a connection gets is a function of the client's address and port, the same on every node with the same
 * group, and its port stays when it is free: so a node that takes over makes of the next packet of a connection what the other
 * one made of it.
 */

import type {
  NftChain,
  NftExpression,
  NftField,
  NftRule,
  NftSet,
  NftTable,
} from "../../kernel/nft.ts";
import type { Sysctl } from "../../kernel/sysctl.ts";
import { addressedServices, elementsOf } from "./marking.ts";
import type { Family, Ip } from "../../net/ip.ts";
import type { LvsConfig, VirtualServerConfig } from "../config.ts";

/** The table's name; its family is `inet`. */
export const LVS_TABLE = "holdfast_lvs";

/** Of all nodes the same, so that they choose the same. */
const SEED = 0x68_66;

/** Priorities of `linux/netfilter_ipv4.h`: raw, filter, source NAT. IPVS takes packets between the last two. */
const PRIORITY = { raw: -300, filter: 0, sourceNat: 100 } as const;

/** TCP flags: FIN, SYN, RST, ACK, of which a client's first packet has SYN alone. */
const FLAGS = { mask: 0x17, syn: 0x02 } as const;

/** Bits of `ct state`: invalid and untracked. */
const STATE = { invalid: 1, untracked: 64 } as const;

/** What servers are told of themselves before they are asked: the usual values of Ethernet and Linux. */
const SYN_PROXY = { mss: { inet: 1460, inet6: 1440 }, wscale: 7 } as const;

/** Fields by family: of the packet, and of the first packet of its connection. */
const FIELDS = {
  inet: {
    type: "ipv4-addr",
    source: "ip-saddr",
    destination: "ip-daddr",
    original: "ct-original-ip-daddr",
  },
  inet6: {
    type: "ipv6-addr",
    source: "ip6-saddr",
    destination: "ip6-daddr",
    original: "ct-original-ip6-daddr",
  },
} as const;

const FAMILIES = ["inet", "inet6"] as const;

/** The table, when a service needs one. */
export function rewritingTable({ virtualServers }: LvsConfig): NftTable | undefined {
  const parts = [
    ...localGroups(virtualServers).map(fullNat),
    ...FAMILIES.flatMap((family) => {
      const proxied = virtualServers.filter((one) => one.synProxy && one.family === family);
      return proxied.length === 0 ? [] : [synProxy(family, proxied)];
    }),
  ];
  if (parts.length === 0) return undefined;
  const rules = (of: (part: Part) => readonly NftRule[] | undefined) =>
    parts.flatMap((part) => of(part) ?? []);
  const chains: readonly NftChain[] = [
    {
      name: "first",
      hook: { kind: "filter", at: "prerouting", priority: PRIORITY.raw },
      rules: rules(({ first }) => first),
    },
    {
      name: "input",
      hook: { kind: "filter", at: "input", priority: PRIORITY.filter },
      rules: rules(({ input }) => input),
    },
    {
      name: "source",
      hook: { kind: "nat", at: "postrouting", priority: PRIORITY.sourceNat },
      rules: rules(({ source }) => source),
    },
  ];
  return {
    family: "inet",
    name: LVS_TABLE,
    sets: parts.flatMap(({ sets }) => sets),
    chains: chains.filter((chain) => chain.rules.length > 0),
  };
}

/** What the table is made of: sets, and rules by chain. */
interface Part {
  readonly sets: readonly NftSet[];
  readonly first?: readonly NftRule[];
  readonly input?: readonly NftRule[];
  readonly source?: readonly NftRule[];
}

/** Virtual servers with the same local addresses. */
interface LocalGroup {
  readonly number: number;
  readonly family: Family;
  readonly localAddresses: readonly Ip[];
  readonly virtualServers: readonly VirtualServerConfig[];
}

function localGroups(all: readonly VirtualServerConfig[]): readonly LocalGroup[] {
  const byAddresses = new Map<string, VirtualServerConfig[]>();
  for (const one of all) {
    if (one.fullNat === undefined) continue;
    const key = `${one.family} ${addressesOf(one).join(" ")}`;
    const known = byAddresses.get(key);
    if (known === undefined) byAddresses.set(key, [one]);
    else known.push(one);
  }
  return [...byAddresses.values()].flatMap((virtualServers, index) => {
    const [first] = virtualServers;
    if (first === undefined) return [];
    const localAddresses = addressesOf(first);
    return [{ number: index + 1, family: first.family, localAddresses, virtualServers }];
  });
}

function addressesOf({ fullNat }: VirtualServerConfig): readonly Ip[] {
  return (fullNat?.localAddresses ?? []).map(({ address }) => address);
}

function fullNat({ number, family, localAddresses, virtualServers }: LocalGroup): Part {
  const { type, source, original } = FIELDS[family];
  const local = `local_${number}`;
  const translated: NftExpression = localAddresses.length === 0 ? { kind: "masquerade" } : {
    kind: "snat",
    to: {
      from: "hash",
      fields: [source, "th-sport"],
      modulus: localAddresses.length,
      seed: SEED,
      map: local,
      of: type,
    },
  };
  const map: NftSet = {
    name: local,
    key: ["integer"],
    value: type,
    intervals: false,
    elements: localAddresses.map((address, index) => ({ key: [String(index)], value: address })),
  };
  const { sets, rules } = ofServices(`full_${number}`, { family, virtualServers }, {
    address: original,
    port: "ct-original-proto-dst",
  }, [{ kind: "counter" }, translated]);
  return { sets: localAddresses.length === 0 ? sets : [map, ...sets], source: rules };
}

/** Clients are answered before IPVS sees them. What they send then is invalid to the tracker, and goes by the proxy. */
function synProxy(family: Family, virtualServers: readonly VirtualServerConfig[]): Part {
  const where = { family, virtualServers };
  const at = { address: FIELDS[family].destination, port: "th-dport" } as const;
  const name = `proxied_${family}`;
  const inState = (bits: number): NftExpression => ({
    kind: "match",
    field: "ct-state",
    is: "ne",
    mask: bits,
    value: "0",
  });
  const firstPacket: NftExpression = {
    kind: "match",
    field: "tcp-flags",
    is: "eq",
    mask: FLAGS.mask,
    value: String(FLAGS.syn),
  };
  const proxy: NftExpression = {
    kind: "synproxy",
    mss: SYN_PROXY.mss[family],
    wscale: SYN_PROXY.wscale,
    timestamp: true,
    sack: true,
  };
  const first = ofServices(name, where, at, [firstPacket, { kind: "notrack" }]);
  const answered = ofServices(name, where, at, [
    inState(STATE.invalid | STATE.untracked),
    { kind: "counter" },
    proxy,
  ]);
  const dropped = ofServices(name, where, at, [
    inState(STATE.invalid),
    { kind: "counter" },
    { kind: "verdict", verdict: "drop" },
  ]);
  return { sets: first.sets, first: first.rules, input: [...answered.rules, ...dropped.rules] };
}

/** Sets of the services by address, protocol and port, and of those that have every port, with a rule each that does `does`. */
function ofServices(
  name: string,
  { family, virtualServers }: Pick<LocalGroup, "family" | "virtualServers">,
  fields: { readonly address: NftField; readonly port: NftField },
  does: readonly NftExpression[],
): { readonly sets: readonly NftSet[]; readonly rules: readonly NftRule[] } {
  const services = virtualServers.flatMap(addressedServices);
  const { type } = FIELDS[family];
  const some: readonly { readonly set: NftSet; readonly fields: readonly NftField[] }[] = [
    {
      set: {
        name,
        key: [type, "inet-proto", "inet-service"],
        intervals: false,
        elements: elementsOf(services, (port) => port !== 0),
      },
      fields: [fields.address, "l4proto", fields.port],
    },
    {
      set: {
        name: `${name}_every_port`,
        key: [type, "inet-proto"],
        intervals: false,
        elements: elementsOf(services, (port) => port === 0),
      },
      fields: [fields.address, "l4proto"],
    },
  ];
  const used = some.filter(({ set }) => set.elements.length > 0);
  return {
    sets: used.map(({ set }) => set),
    rules: used.map(({ set, fields }) => ({
      does: [{ kind: "in", fields, set: set.name, negated: false }, ...does],
    })),
  };
}

/**
 * Settings the table needs. IPVS leaves connections to the tracker, which is what translates sources; answers of servers are
 * passed on. A proxied connection that the tracker does not know is none of ours.
 */
export function rewritingSettings({ virtualServers }: LvsConfig): readonly Sysctl[] {
  const full = virtualServers.filter((one) => one.fullNat !== undefined);
  const proxied = virtualServers.some((one) => one.synProxy);
  if (full.length === 0 && !proxied) return [];
  return [
    { name: "net/ipv4/vs/conntrack", value: "1" },
    ...(full.some(({ family }) => family === "inet")
      ? [{ name: "net/ipv4/ip_forward", value: "1" }]
      : []),
    ...(proxied ? [{ name: "net/netfilter/nf_conntrack_tcp_loose", value: "0" }] : []),
  ];
}
