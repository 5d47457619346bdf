/** From the rows of `virtual_server` to what the LVS part is configured with, with keepalived's fallbacks. */

import { readCheckers } from "../check/read.ts";
import { type Args, type Bound, lastUse, lastValue, tell, type Use } from "../config/mod.ts";
import type { GlobalDefs } from "../global/config.ts";
import { scriptCommand } from "../global/read.ts";
import { type Forwarding, SERVICE_FLAG, type ServiceId, serviceKey } from "../kernel/ipvs.ts";
import { type Family, familyOf } from "../net/ip.ts";
import { SECOND } from "../net/micros.ts";
import type {
  LvsConfig,
  RealServerConfig,
  VirtualServerConfig,
  VirtualServerName,
} from "./config.ts";
import type { GroupEntry } from "./group_entry.ts";
import type { Endpoint, REAL_SERVER, VIRTUAL_SERVER, VirtualServerHeader } from "./keywords.ts";

/** Rows of a virtual server, bound. */
export type BoundServer = Bound<typeof VIRTUAL_SERVER>;

/** LVS blocks of a file. */
export interface LvsBlocks {
  readonly groups: readonly Use<{
    readonly header: string;
    readonly entries: readonly Use<GroupEntry>[];
  }>[];
  readonly servers: readonly Use<
    { readonly header: VirtualServerHeader; readonly body: BoundServer }
  >[];
  readonly localAddressGroups: readonly Use<{ readonly header: string }>[];
}

/** A virtual server while it is read. */
interface Subject {
  readonly header: VirtualServerHeader;
  readonly bound: BoundServer;
  readonly self: { readonly args: Args };
  readonly label: string;
  readonly family: Family;
  readonly blocks: LvsBlocks;
  readonly global: GlobalDefs;
}

/** Everything the LVS part needs; what cannot be set up is reported and left out. */
export function readLvs(blocks: LvsBlocks, global: GlobalDefs): LvsConfig {
  const taken = new Map<string, string>();
  const virtualServers = blocks.servers.flatMap(({ value, args }) => {
    const { header, body: bound } = value;
    const label = labelOf(header);
    const family = familyOfServer(header, bound, blocks);
    const server = readServer({ header, bound, self: { args }, label, family, blocks, global });
    if (server === undefined) return [];
    const services = server.services.filter((id) => {
      const key = serviceKey(id);
      const other = taken.get(key);
      taken.set(key, other ?? label);
      if (other === undefined) return true;
      tell(
        { args },
        "duplicate-name",
        `Cannot set up ${key} for virtual_server ${label}: ${other} has it`,
        {
          severity: "error",
          status: undefined,
        },
      );
      return false;
    });
    return services.length === 0 ? [] : [{ ...server, services }];
  });
  return { virtualServers, flush: global.lvsFlush };
}

function readServer(subject: Subject): VirtualServerConfig | undefined {
  const { bound, self, label, family, header } = subject;
  const protocol = protocolOf(subject);
  const services = servicesOf(subject, protocol);
  const forwarding = forwardingOf(subject);
  if (services === undefined || forwarding === undefined) return undefined;
  const realServers = realServersOf(subject, forwarding);
  if (realServers.length === 0) {
    tell(self, "incomplete", `Cannot set up virtual_server ${label}: it has no real_server`, {
      severity: "error",
    });
    return undefined;
  }
  const persistenceTimeout = persistenceOf(subject, services);
  const engine = lastValue(bound.persistence_engine);
  const up = lastValue(bound.quorum_up);
  const down = lastValue(bound.quorum_down);
  const sorry = lastUse(bound.sorry_server);
  return {
    name: nameOf(header, protocol),
    services,
    family,
    scheduler: schedulerOf(subject),
    flags: flagsOf(subject, protocol),
    ...(persistenceTimeout !== undefined && { persistenceTimeout }),
    persistenceGranularity: lastValue(bound.persistence_granularity)?.length ??
      (family === "inet" ? 32 : 128),
    ...(engine !== undefined && { persistenceEngine: engine }),
    ...quorumOf(subject, realServers),
    alpha: lastValue(bound.alpha) ?? false,
    omega: lastValue(bound.omega) ?? false,
    ...(up && { quorumUp: scriptCommand(up) }),
    ...(down && { quorumDown: scriptCommand(down) }),
    ...(sorry && familyOf(sorry.value.address) === family && {
      sorryServer: sorryServerOf(subject, sorry.value, forwarding),
    }),
    sorryServerInhibit: lastValue(bound.sorry_server_inhibit) ?? false,
    realServers,
  };
}

function labelOf(header: VirtualServerHeader): string {
  switch (header.kind) {
    case "address":
      return `${header.address} ${header.port ?? 0}`;
    case "fwmark":
      return `fwmark ${header.mark}`;
    case "group":
      return `group ${header.group}`;
  }
}

function nameOf(header: VirtualServerHeader, protocol: Protocol): VirtualServerName {
  if (header.kind !== "address") return header;
  return { kind: "address", protocol, address: header.address, port: header.port ?? 0 };
}

/** Family of the address, of the group's first address, else of the servers. */
function familyOfServer(
  header: VirtualServerHeader,
  bound: BoundServer,
  blocks: LvsBlocks,
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

function entriesOf(group: string, blocks: LvsBlocks): readonly Use<GroupEntry>[] {
  return blocks.groups.find(({ value }) => value.header === group)?.value.entries ?? [];
}

type Protocol = "tcp" | "udp" | "sctp";

function protocolOf({ bound, header, self, label, blocks }: Subject): Protocol {
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
    tell(self, "default-used", `Cannot find a protocol in virtual_server ${label}: UDP is used`);
  }
  return use?.value ?? "udp";
}

function servicesOf(subject: Subject, protocol: Protocol): readonly ServiceId[] | undefined {
  const { header, family, label, self, blocks } = subject;
  if (header.kind === "address") {
    return [{ kind: "address", protocol, address: header.address, port: header.port ?? 0 }];
  }
  if (header.kind === "fwmark") return [{ kind: "fwmark", family, mark: header.mark }];
  const group = blocks.groups.find(({ value }) => value.header === header.group);
  if (group === undefined) {
    tell(
      self,
      "unknown-name",
      `Cannot set up virtual_server ${label}: there is no such virtual_server_group`,
      {
        severity: "error",
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

/** Forwarding of the service; `undefined` for full NAT, which cannot be set up yet. */
function forwardingOf({ bound, self, label, blocks }: Subject): Forwarding | undefined {
  const use = lastUse(bound.lb_kind);
  if (use === undefined) {
    if (bound.lb_kind !== undefined) return { method: "nat" };
    tell(self, "default-used", `Cannot find lb_kind in virtual_server ${label}: NAT is used`);
    return { method: "nat" };
  }
  if (use.value.method !== "fnat") return use.value;
  tell(
    use,
    "not-acted-on",
    `Cannot set up virtual_server ${label} yet: FNAT is known but not acted on, the service is left out`,
    {
      status: undefined,
    },
  );
  const group = lastUse(bound.laddr_group_name);
  if (
    group !== undefined &&
    !blocks.localAddressGroups.some(({ value }) => value.header === group.value)
  ) {
    tell(group, "unknown-name", `Cannot find local_address_group ${group.value}`, {
      severity: "error",
    });
  }
  return undefined;
}

function schedulerOf({ bound, self, label }: Subject): string {
  const use = lastUse(bound.lb_algo);
  if (use !== undefined || bound.lb_algo !== undefined) return use?.value ?? "wlc";
  tell(self, "default-used", `Cannot find lb_algo in virtual_server ${label}: wlc is used`);
  return "wlc";
}

/** Flags of the service. keepalived: those of a scheduler count only with that scheduler. */
function flagsOf({ bound, header, label }: Subject, protocol: Protocol): number {
  const algorithm = lastValue(bound.lb_algo);
  let flags = 0;
  const add = (use: Use<true> | undefined, flag: number, why: string | undefined) => {
    if (use === undefined) return;
    if (why === undefined) flags |= flag;
    else {tell(use, "conflict", `Cannot use ${use.args.name} in virtual_server ${label}: ${why}`, {
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
function persistenceOf(
  { bound, self, label, family }: Subject,
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
  );
  return 360;
}

function quorumOf(
  { bound, label }: Subject,
  servers: readonly RealServerConfig[],
): Pick<VirtualServerConfig, "quorum" | "hysteresis"> {
  const total = servers.reduce((sum, { weight }) => sum + weight, 0);
  const use = lastUse(bound.quorum);
  let quorum = use?.value ?? 1;
  if (use !== undefined && quorum > total) {
    tell(
      use,
      "out-of-range",
      `Cannot reach quorum ${quorum} in virtual_server ${label}: the weights sum up to ${total}, which is used`,
    );
    quorum = Math.max(1, total);
  }
  const hysteresis = lastUse(bound.hysteresis);
  if (hysteresis === undefined || hysteresis.value < quorum) {
    return { quorum, hysteresis: hysteresis?.value ?? 0 };
  }
  tell(
    hysteresis,
    "out-of-range",
    `Cannot use hysteresis ${hysteresis.value} in virtual_server ${label}: it must be below the quorum, 0 is used`,
  );
  return { quorum, hysteresis: 0 };
}

function sorryServerOf(
  { bound, header }: Subject,
  { address, port }: Endpoint,
  forwarding: Forwarding,
): RealServerConfig {
  return {
    address,
    port: portOf(header, port, forwarding),
    weight: 1,
    forwarding: lastValue(bound.sorry_server_lvs_method) ?? forwarding,
    inhibitOnFailure: false,
    upperThreshold: 0,
    lowerThreshold: 0,
    checkers: [],
  };
}

/**
 * Port of a server in the kernel's table: that of the service unless NAT changes it. A mark has no port to inherit,
 * so there only NAT has one at all.
 */
function portOf(
  header: VirtualServerHeader,
  port: number | undefined,
  forwarding: Forwarding,
): number {
  if (header.kind === "fwmark") return forwarding.method === "nat" ? port ?? 0 : 0;
  if (header.kind === "group") return port ?? 0;
  const own = header.port ?? 0;
  return forwarding.method === "nat" ? port ?? own : own;
}

function realServersOf(subject: Subject, forwarding: Forwarding): readonly RealServerConfig[] {
  const { bound, family, label } = subject;
  const seen = new Set<string>();
  return (bound.real_server ?? []).flatMap((use) => {
    const { address } = use.value.header;
    if (familyOf(address) !== family && forwarding.method !== "tunnel") {
      tell(
        use,
        "conflict",
        `Cannot use real_server ${address} in virtual_server ${label}: it is no ${family} address`,
        {
          severity: "error",
        },
      );
      return [];
    }
    const server = readRealServer(subject, use, forwarding);
    const key = `${server.address} ${server.port}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [server];
    }
    tell(
      use,
      "duplicate-name",
      `Cannot use real_server ${key} twice in virtual_server ${label}: the first one counts`,
      {
        severity: "error",
      },
    );
    return [];
  });
}

function readRealServer(
  { bound: above, header, label, global }: Subject,
  use: Use<{ readonly header: Endpoint; readonly body: Bound<typeof REAL_SERVER> }>,
  inherited: Forwarding,
): RealServerConfig {
  const { header: { address, port: written }, body: bound } = use.value;
  const forwarding = lastValue(bound.lvs_method) ?? inherited;
  const port = portOf(header, written, forwarding);
  const servicePort = header.kind === "address" ? header.port ?? 0 : 0;
  if (written !== undefined && port !== written) {
    tell(
      use,
      "conflict",
      `Cannot use port ${written} of real_server ${address} in virtual_server ${label}: ${
        header.kind === "fwmark"
          ? "a mark has no port but with NAT"
          : `only NAT changes ports, ${port} is used`
      }`,
    );
  }
  const up = lastValue(bound.notify_up);
  const down = lastValue(bound.notify_down);
  return {
    address,
    port,
    weight: lastValue(bound.weight) ?? lastValue(above.weight) ?? 1,
    forwarding,
    inhibitOnFailure: lastValue(bound.inhibit_on_failure) ?? lastValue(above.inhibit_on_failure) ??
      false,
    upperThreshold: lastValue(bound.uthreshold) ?? 0,
    lowerThreshold: lastValue(bound.lthreshold) ?? 0,
    ...(up && { notifyUp: scriptCommand(up) }),
    ...(down && { notifyDown: scriptCommand(down) }),
    checkers: readCheckers(bound, {
      address,
      port: written ?? servicePort,
      retry: lastValue(bound.retry) ?? lastValue(above.retry),
      delayBeforeRetry: lastValue(bound.delay_before_retry) ?? lastValue(above.delay_before_retry),
      warmup: lastValue(bound.warmup) ?? lastValue(above.warmup),
      connectTimeout: lastValue(bound.connect_timeout) ?? lastValue(above.connect_timeout),
      delayLoop: lastValue(bound.delay_loop) ?? lastValue(above.delay_loop) ?? 60 * SECOND,
      alpha: lastValue(bound.alpha) ?? lastValue(above.alpha) ?? false,
      logAllFailures: global.checkerLogAllFailures,
      virtualhost: lastValue(bound.virtualhost) ?? lastValue(above.virtualhost),
    }),
  };
}
