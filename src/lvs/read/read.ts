/** From the rows of `virtual_server` to what the LVS part is configured with, with keepalived's fallbacks. */

import { fieldsOf, lastUse, lastValue, tell, valueIn } from "../../language/mod.ts";
import type { GlobalDefs } from "../../global/config.ts";
import { scriptCommand } from "../../global/read.ts";
import { serviceKey } from "../../kernel/ipvs/ipvs.ts";
import { familyOf } from "../../net/ip.ts";
import { checkCompanions, hasMark } from "./server_companions.ts";
import { realServersOf, sorryServerOf } from "./server_real.ts";
import { rewritingOf } from "./server_rewriting.ts";
import {
  familyOfServer,
  flagsOf,
  forwardingOf,
  persistenceOf,
  protocolOf,
  schedulerOf,
  servicesOf,
} from "./server_services.ts";
import { withMarks } from "../beside/mod.ts";
import type { IndexedBlocks, LvsBlocks, Protocol, Subject } from "./server_subject.ts";
import { VIRTUAL_SERVER } from "../rows/keywords.ts";
import type {
  LvsConfig,
  RealServerConfig,
  VirtualServerConfig,
  VirtualServerName,
} from "../config.ts";
import type { VirtualServerHeader } from "../rows/keywords.ts";

export type { BoundServer, LvsBlocks } from "./server_subject.ts";

/** Everything the LVS part needs; what cannot be set up is reported and left out. */
export function readLvs(written: LvsBlocks, global: GlobalDefs): LvsConfig {
  // Of two groups of one name the first counts.
  const groups = written.groups.toReversed().map((group) => [group.value.header, group] as const);
  const blocks = { ...written, groupByName: new Map(groups), tls: readTls(written.ssl) };
  const taken = new Map<string, string>();
  const virtualServers = blocks.servers.flatMap((block) => {
    const { header, body: bound } = block.value;
    const label = labelOf(header);
    const family = familyOfServer(header, bound, blocks);
    const server = readServer({ header, bound, self: block, label, family, blocks, global });
    if (server === undefined) return [];
    const services = server.services.filter((id) => {
      const key = serviceKey(id);
      const other = taken.get(key);
      taken.set(key, other ?? label);
      if (other === undefined) return true;
      tell(
        block,
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
  const { lvsTimeouts: timeouts, nftablesIpvs: marking } = global;
  return {
    virtualServers: marking === undefined
      ? virtualServers
      : withMarks(virtualServers, marking.startMark),
    ...(marking && { marking: { table: marking.table, priority: marking.priority } }),
    flush: global.lvsFlush,
    ...(global.lvsFlushOnStop && { flushOnStop: true }),
    ...(global.rsInitNotifies && { initNotifies: true }),
    ...(timeouts && {
      timeouts: {
        tcp: timeouts.tcp ?? 0,
        tcpFin: timeouts.tcpfin ?? 0,
        udp: timeouts.udp ?? 0,
      },
    }),
  };
}

function readServer(subject: Subject): VirtualServerConfig | undefined {
  const { bound, self, label, family, header } = subject;
  const protocol = protocolOf(subject);
  const services = servicesOf(subject, protocol);
  const forwarding = forwardingOf(subject);
  const realServers = realServersOf(subject, forwarding);
  const lonely = realServers.length === 0;
  if (lonely) {
    tell(self, "incomplete", `Cannot set up virtual_server ${label}: it has no real_server`, {
      severity: "error",
      about: { kind: "missing", keywords: ["real_server"] },
    });
  }
  checkCompanions(subject, forwarding);
  const rewriting = rewritingOf(subject, protocol, realServers);
  const persistenceTimeout = persistenceOf(subject, services ?? []);
  const engine = lastValue(bound.persistence_engine);
  const up = lastValue(bound.quorum_up);
  const down = lastValue(bound.quorum_down);
  const sorry = lastUse(bound.sorry_server);
  const drainTimeout = valueIn(VIRTUAL_SERVER, bound, "drain_timeout");
  const given = {
    family,
    scheduler: schedulerOf(subject),
    flags: flagsOf(subject, protocol),
    ...(persistenceTimeout !== undefined && { persistenceTimeout }),
    persistenceGranularity: lastValue(bound.persistence_granularity)?.length ??
      (family === "inet" ? 32 : 128),
    ...(engine !== undefined && { persistenceEngine: engine }),
    ...(lonely ? { quorum: 1, hysteresis: 0 } : quorumOf(subject, realServers)),
    ...fieldsOf(VIRTUAL_SERVER, bound),
    ...(drainTimeout > 0 && { drainTimeout }),
    ...(up && { quorumUp: scriptCommand(up) }),
    ...(down && { quorumDown: scriptCommand(down) }),
    ...((lastValue(bound.smtp_alert) ?? subject.global.told.alertChecker) &&
      { smtpAlert: true as const }),
    ...(sorry && familyOf(sorry.value.address) === family && {
      sorryServer: sorryServerOf(subject, sorry.value, forwarding),
    }),
    realServers,
    ...(bound.ha_suspend !== undefined && !hasMark(subject) && { haSuspend: true as const }),
    ...rewriting,
  };
  // Only now: what is wrong in a virtual server that is left out is told as well.
  const refused = services === undefined || rewriting === undefined || lonely;
  return refused ? undefined : { name: nameOf(header, protocol), services, ...given };
}

/** Every line of the last `SSL` block. */
function readTls(blocks: LvsBlocks["ssl"]): IndexedBlocks["tls"] {
  const body = blocks?.at(-1)?.value.body;
  const [ca, certificate] = [lastValue(body?.ca), lastValue(body?.certificate)];
  const [key, password] = [lastValue(body?.key), lastValue(body?.password)];
  return {
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(password !== undefined && { password }),
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

function quorumOf(
  { bound, label, self }: Subject,
  servers: readonly RealServerConfig[],
): Pick<VirtualServerConfig, "quorum" | "hysteresis"> {
  const total = servers.reduce((sum, { weight }) => sum + weight, 0);
  const use = lastUse(bound.quorum);
  let quorum = valueIn(VIRTUAL_SERVER, bound, "quorum");
  if (quorum > total) {
    tell(
      use ?? self,
      "out-of-range",
      `Cannot reach quorum ${quorum} in virtual_server ${label}: the weights sum up to ${total}, which is used`,
      { about: { kind: "missing", keywords: ["real_server", "weight"] } },
    );
    quorum = Math.max(1, total);
  }
  const hysteresis = lastUse(bound.hysteresis);
  if (hysteresis === undefined || hysteresis.value < quorum) {
    return { quorum, hysteresis: valueIn(VIRTUAL_SERVER, bound, "hysteresis") };
  }
  tell(
    hysteresis,
    "out-of-range",
    `Cannot use hysteresis ${hysteresis.value} in virtual_server ${label}: it must be below the quorum, ${
      quorum - 1
    } is used`,
  );
  return { quorum, hysteresis: quorum - 1 };
}
