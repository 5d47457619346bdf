/**
 * Groups as one service each (`nftables_ipvs`): nftables marks the packets for any of a group's addresses, and IPVS has one service
 * by that mark.
 */

import type { ServiceId } from "../../kernel/ipvs/ipvs.ts";
import type { NftElement, NftField, NftRule, NftSet, NftTable } from "../../kernel/nft.ts";
import type { LvsConfig, VirtualServerConfig } from "../config.ts";

const PROTOCOL = { tcp: 6, udp: 17, sctp: 132 } as const;

/** Virtual servers of which those with a group have one service by mark, from `first` on; marks somebody has written are left out. */
export function withMarks(
  virtualServers: readonly VirtualServerConfig[],
  first: number,
): readonly VirtualServerConfig[] {
  const taken = new Set(
    virtualServers.flatMap(({ services }) =>
      services.flatMap((id) => id.kind === "fwmark" ? [id.mark] : [])
    ),
  );
  let next = first;
  return virtualServers.map((one) => {
    const services = one.services.filter((id) => id.kind === "address");
    if (one.name.kind !== "group" || services.length === 0) return one;
    while (taken.has(next)) next += 1;
    const mark = next++;
    const id = { kind: "fwmark", family: one.family, mark } as const;
    const left = one.services.filter((each) => each.kind === "fwmark");
    return { ...one, services: [id, ...left], marked: { mark, services } };
  });
}

/** The services of a virtual server as they were written, whatever IPVS knows them by. */
export function addressedServices({ services, marked }: VirtualServerConfig): readonly ServiceId[] {
  return marked === undefined ? services : [...services, ...marked.services];
}

/** The table that sets the marks, when there is something to mark. */
export function markingTable({ virtualServers, marking }: LvsConfig): NftTable | undefined {
  if (marking === undefined) return undefined;
  const marked = virtualServers.filter((one) => one.marked !== undefined);
  const parts = (["inet", "inet6"] as const).flatMap((family) =>
    marksOf(family, marked.filter((one) => one.family === family))
  );
  if (parts.length === 0) return undefined;
  return {
    family: "inet",
    name: marking.table,
    sets: parts.map(({ set }) => set),
    chains: [{
      name: "prerouting",
      hook: { kind: "filter", at: "prerouting", priority: marking.priority },
      rules: parts.map(({ rule }) => rule),
    }],
  };
}

function marksOf(
  family: "inet" | "inet6",
  virtualServers: readonly VirtualServerConfig[],
): readonly { readonly set: NftSet; readonly rule: NftRule }[] {
  const type = family === "inet" ? "ipv4-addr" : "ipv6-addr";
  const address: NftField = family === "inet" ? "ip-daddr" : "ip6-daddr";
  const elements = (wanted: (port: number) => boolean) =>
    virtualServers.flatMap(({ marked }) =>
      elementsOf(marked?.services ?? [], wanted)
        .map((one) => ({ ...one, value: String(marked?.mark) }))
    );
  const set = { value: "mark", intervals: false } as const;
  const some: readonly { readonly set: NftSet; readonly fields: readonly NftField[] }[] = [
    {
      set: {
        ...set,
        name: `marks_${family}`,
        key: [type, "inet-proto", "inet-service"],
        elements: elements((port) => port !== 0),
      },
      fields: [address, "l4proto", "th-dport"],
    },
    {
      set: {
        ...set,
        name: `marks_${family}_every_port`,
        key: [type, "inet-proto"],
        elements: elements((port) => port === 0),
      },
      fields: [address, "l4proto"],
    },
  ];
  return some.filter(({ set }) => set.elements.length > 0).map(({ set, fields }) => ({
    set,
    rule: {
      does: [{ kind: "set-mark", to: { from: "map", fields, map: set.name, of: "mark" } }],
    },
  }));
}

/** Services by address as elements of a set of address, protocol and, unless it is every one, port. */
export function elementsOf(
  services: readonly ServiceId[],
  wanted: (port: number) => boolean,
): readonly NftElement[] {
  return services.flatMap((id) => {
    if (id.kind !== "address" || !wanted(id.port)) return [];
    const port = id.port === 0 ? [] : [String(id.port)];
    return [{ key: [id.address, String(PROTOCOL[id.protocol]), ...port] }];
  });
}
