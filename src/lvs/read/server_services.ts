/** The kernel's services a virtual server stands for, and how they schedule and forward. */

import { lastUse, lastValue, tell, type Use, valueIn } from "../../language/mod.ts";
import { type Forwarding, SERVICE_FLAG, type ServiceId } from "../../kernel/ipvs/ipvs.ts";
import { type Family, familyOf } from "../../net/ip.ts";
import {
  type BoundServer,
  entriesOf,
  type IndexedBlocks,
  type Protocol,
  type Subject,
} from "./server_subject.ts";
import type { GroupEntry } from "../rows/group_entry.ts";
import { VIRTUAL_SERVER, type VirtualServerHeader } from "../rows/keywords.ts";

/** Family of the address, of the group's first address, else of the servers. */
export function familyOfServer(
  header: VirtualServerHeader,
  bound: BoundServer,
  blocks: IndexedBlocks,
): Family {
  if (header.kind === "address") return familyOf(header.address);
  const first = header.kind === "group"
    ? entriesOf(header.group, blocks).flatMap(({ value }) =>
      value.kind === "addresses" ? value.addresses.slice(0, 1) : []
    )[0]
    : undefined;
  if (first !== undefined) return familyOf(first);
  const server = lastValue(bound.real_server)?.header.address;
  return lastValue(bound.ip_family) ?? (server === undefined ? "inet" : familyOf(server));
}

export function protocolOf({ bound, header, self, label, blocks }: Subject): Protocol {
  const use = lastUse(bound.protocol);
  const marksOnly = header.kind === "fwmark" ||
    (header.kind === "group" &&
      entriesOf(header.group, blocks).every(({ value }) => value.kind === "fwmark"));
  if (header.kind === "fwmark" && use !== undefined) {
    tell(
      use,
      "conflict",
      `Cannot use protocol in virtual_server ${label}: a mark has none, it is ignored`,
    );
  }
  if (bound.protocol === undefined && !marksOnly) {
    tell(self, "default-used", `Cannot find a protocol in virtual_server ${label}: UDP is used`, {
      about: { kind: "missing", keywords: ["protocol"] },
    });
  }
  return valueIn(VIRTUAL_SERVER, bound, "protocol");
}

export function servicesOf(subject: Subject, protocol: Protocol): readonly ServiceId[] | undefined {
  const { header, family, label, self, blocks } = subject;
  if (header.kind === "address") {
    return [{ kind: "address", protocol, address: header.address, port: header.port ?? 0 }];
  }
  if (header.kind === "fwmark") return [{ kind: "fwmark", family, mark: header.mark }];
  const group = blocks.groupByName.get(header.group);
  if (group === undefined) {
    tell(
      self,
      "unknown-name",
      `Cannot set up virtual_server ${label}: there is no such virtual_server_group`,
      {
        severity: "error",
        status: undefined, // keepalived: has nothing to set up, and does not say so
        word: header.group,
        about: { kind: "refers", blocks: ["virtual_server_group"], name: header.group },
      },
    );
    return undefined;
  }
  const services = group.value.entries.flatMap((entry) =>
    servicesOfEntry(entry, subject, protocol)
  );
  return services.length === 0 ? undefined : services;
}

function servicesOfEntry(
  entry: Use<GroupEntry>,
  { family, label }: Subject,
  protocol: Protocol,
): readonly ServiceId[] {
  const { value } = entry;
  const own = value.kind === "fwmark" ? value.family ?? family : familyOf(value.addresses[0] ?? "");
  if (own !== family) {
    tell(
      entry,
      "conflict",
      `Cannot set up this entry for virtual_server ${label}: it is ${own}, the others are ${family}`,
      {
        status: undefined,
        keyword: true,
      },
    );
    return [];
  }
  if (value.kind === "fwmark") return [{ kind: "fwmark", family, mark: value.mark }];
  return value.addresses.map((address) => ({
    kind: "address" as const,
    protocol,
    address,
    port: value.port ?? 0,
  }));
}

/** Forwarding of the service. Full NAT is that of NAT and {@linkcode fullNatOf}. */
export function forwardingOf({ bound, self, label }: Subject): Forwarding {
  const use = lastUse(bound.lb_kind);
  if (use !== undefined) return use.value.method === "fnat" ? { method: "nat" } : use.value;
  if (bound.lb_kind === undefined) {
    tell(self, "default-used", `Cannot find lb_kind in virtual_server ${label}: NAT is used`, {
      about: { kind: "missing", keywords: ["lb_kind"] },
    });
  }
  return { method: "nat" };
}

export function schedulerOf({ bound, self, label }: Subject): string {
  const use = lastUse(bound.lb_algo);
  if (use !== undefined || bound.lb_algo !== undefined) {
    return valueIn(VIRTUAL_SERVER, bound, "lb_algo");
  }
  tell(self, "default-used", `Cannot find lb_algo in virtual_server ${label}: wlc is used`, {
    about: { kind: "missing", keywords: ["lb_algo"] },
  });
  return "wlc";
}

/** Flags of the service. keepalived: those of a scheduler count only with that scheduler. */
export function flagsOf({ bound, header, label }: Subject, protocol: Protocol): number {
  const algorithm = lastValue(bound.lb_algo);
  let flags = 0;
  const add = (use: Use<true> | undefined, flag: number, why: string | undefined) => {
    if (use === undefined) return;
    if (why === undefined) flags |= flag;
    else {tell(use, "conflict", `Cannot use ${use.name} in virtual_server ${label}: ${why}`, {
        keyword: true,
      });}
  };
  const only = (scheduler: string) =>
    algorithm === scheduler ? undefined : `it goes with lb_algo ${scheduler} only`;
  const { onePacket, schedulerFlag1, schedulerFlag2, schedulerFlag3 } = SERVICE_FLAG;
  const udp = header.kind === "fwmark" || protocol === "udp" ? undefined : "it goes with UDP only";
  add(lastUse(bound.ops), onePacket, udp);
  add(lastUse(bound["flag-1"]), schedulerFlag1, undefined);
  add(lastUse(bound["flag-2"]), schedulerFlag2, undefined);
  add(lastUse(bound["flag-3"]), schedulerFlag3, undefined);
  add(lastUse(bound["sh-fallback"]), schedulerFlag1, only("sh"));
  add(lastUse(bound["sh-port"]), schedulerFlag2, only("sh"));
  add(lastUse(bound["mh-fallback"]), schedulerFlag1, only("mh"));
  add(lastUse(bound["mh-port"]), schedulerFlag2, only("mh"));
  return flags;
}

/** Persistence timeout, s; a service of every port cannot be without. */
export function persistenceOf(
  { bound, header, self, label, family }: Subject,
  services: readonly ServiceId[],
): number | undefined {
  const granularity = lastUse(bound.persistence_granularity);
  if (granularity !== undefined && granularity.value.family !== family) {
    tell(
      granularity,
      "conflict",
      `Cannot share this granularity with keepalived: virtual_server ${label} is ${family}`,
      {
        status: undefined,
        hint: family === "inet" ? "write a netmask" : "write a prefix length",
      },
    );
  }
  const timeout = lastValue(bound.persistence_timeout);
  if (timeout !== undefined) return timeout;
  if (!services.some((id) => id.kind === "address" && id.port === 0)) return undefined;
  tell(
    self,
    "default-used",
    `Cannot serve every port of virtual_server ${label} without persistence: 360 s is used`,
    {
      about: header.kind === "group"
        ? { kind: "refers", blocks: ["virtual_server_group"], name: header.group }
        : { kind: "missing", keywords: ["persistence_timeout"] },
    },
  );
  return 360;
}
