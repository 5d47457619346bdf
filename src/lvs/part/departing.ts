/**
 * What is in the table and not in the file, and may take its time (`drain_timeout`). Virtual servers that a reload takes away stay behind the
 * configured ones, with servers that leave and no others, until the last of those has gone. Servers that the first look at the table finds of
 * a run before leave as if this run had taken them away: so a restart or a crash ends no connection that was given its time.
 */

import { type Destination, destinationKey, serviceKey } from "../../kernel/ipvs/ipvs.ts";
import type { IpvsTable } from "../../kernel/ipvs/ipvs_model.ts";
import type { Micros } from "../../net/micros.ts";
import {
  chunkedFrom,
  elementsOf,
  sortedValues,
  valueOf,
  withElement,
} from "../../persistent/mod.ts";
import type { LvsConfig, RealServerConfig, VirtualServerConfig } from "../config.ts";
import { destinationPort, type VirtualServer } from "../servers/virtual_server.ts";
import { realServerLabel } from "../servers/words.ts";
import { leavingOf, type LeavingServer } from "../slowly/leaving.ts";
import { onSorry } from "./desired.ts";
import { type Draft, noteChange, partAfter, say } from "./draft.ts";
import { quorumNews, serverNews } from "./news.ts";
import type { LvsPart } from "./part.ts";
import { dueToLeave, leavingServer, leavingSorryServer } from "./slowly.ts";

const DOWN = { up: false, cause: { kind: "removal" } } as const;

/** What stays of virtual servers that are not in a new configuration. Those that are taken away now are told of. */
export function departed(
  draft: Draft,
  gone: readonly VirtualServer[],
  next: LvsConfig,
): readonly VirtualServer[] {
  if (gone.length === 0) return [];
  const taken = new Set(
    next.virtualServers.flatMap(({ services }) => services.map(serviceKey)),
  );
  return gone.flatMap((old) => {
    const leaves = old.config.departing ? old : leave(draft, old);
    const services = old.config.services.filter((id) => !taken.has(serviceKey(id)));
    if (leaves === undefined || services.length === 0) return [];
    const same = services.length === old.config.services.length;
    return [same ? leaves : { ...leaves, config: { ...leaves.config, services } }];
  });
}

/** What stays of a virtual server that loses some of its services, such as an entry of its group. */
export function servicesLost(
  draft: Draft,
  old: VirtualServer,
  next: VirtualServerConfig,
): readonly VirtualServer[] {
  if (old.config.drainTimeout === undefined || old.config.services === next.services) return [];
  const kept = new Set(next.services.map(serviceKey));
  const services = old.config.services.filter((id) => !kept.has(serviceKey(id)));
  if (services.length === 0) return [];
  const part = staying(draft, { ...old, config: { ...old.config, services } });
  return part === undefined ? [] : [part];
}

/** Says that it is removed; as it stays, if it does. */
function leave(draft: Draft, old: VirtualServer): VirtualServer | undefined {
  const { label, servers, quorate } = old;
  say(draft, { kind: "virtual-server-removed", name: label });
  for (const server of elementsOf(servers)) {
    if (server.alive) say(draft, serverNews(server, old, DOWN));
  }
  if (quorate) say(draft, quorumNews(old, DOWN));
  return staying(draft, old);
}

/** A virtual server whose servers all leave; absent when none may take its time. */
function staying(draft: Draft, old: VirtualServer): VirtualServer | undefined {
  const { config, label, servers } = old;
  const { drainTimeout, sorryServer } = config;
  const sorry = sorryServer !== undefined && onSorry(old)
    ? leavingSorryServer(draft, sorryServer, old)
    : undefined;
  const leaving = leavingOf([
    ...old.leaving?.servers ?? [],
    ...elementsOf(servers).flatMap((server) =>
      leavingServer(draft, server, old, drainTimeout) ?? []
    ),
    ...(sorry === undefined ? [] : [sorry]),
  ], draft.now);
  return leaving && {
    config: departing(config),
    label,
    servers: chunkedFrom([]),
    liveWeight: 0,
    quorate: false,
    leaving,
  };
}

function departing(
  { sorryServer: _sorry, haSuspend: _suspend, ...config }: VirtualServerConfig,
): VirtualServerConfig {
  return { ...config, realServers: [], departing: true };
}

/** A configuration with those that depart behind those it has. */
export function withDeparting(config: LvsConfig, some: readonly VirtualServer[]): LvsConfig {
  if (some.length === 0) return config;
  return {
    ...config,
    virtualServers: [...config.virtualServers, ...some.map((one) => one.config)],
  };
}

/** What a file says of a configuration: nothing of those that depart. */
export function withoutDeparting(config: LvsConfig): LvsConfig {
  if (!config.virtualServers.at(-1)?.departing) return config;
  const virtualServers = config.virtualServers.filter(({ departing }) => !departing);
  return { ...config, virtualServers };
}

/** `part` after a step in which servers may have gone: without those virtual servers that have none any more. */
export function partAfterLeaving(part: LvsPart, draft: Draft): LvsPart {
  if (!part.config.virtualServers.at(-1)?.departing) return partAfter(part, draft);
  const stays = ({ config, leaving }: VirtualServer) =>
    config.departing === undefined || leaving !== undefined;
  const before = elementsOf(draft.virtualServers);
  if (before.every(stays)) return partAfter(part, draft);
  const after = before.filter(stays);
  draft.virtualServers = chunkedFrom(after);
  draft.changed = "all";
  for (const [at, virtualServer] of after.entries()) {
    if (virtualServer.config.departing) dueToLeave(draft, at, virtualServer);
  }
  const virtualServers = after.map(({ config }) => config);
  return { ...partAfter(part, draft), config: { ...part.config, virtualServers } };
}

/** Servers of virtual servers with `drain_timeout` that are in the table and in no configuration leave from now on. */
export function adoptLeaving(draft: Draft, table: IpvsTable): void {
  for (const [at, virtualServer] of elementsOf(draft.virtualServers).entries()) {
    const { drainTimeout } = virtualServer.config;
    if (drainTimeout === undefined || drainTimeout === 0) continue;
    const found = strangersIn(virtualServer, table);
    if (found.length === 0) continue;
    const some = found.map((config) => leaves(draft, virtualServer, { config, drainTimeout }));
    const leaving = leavingOf([...virtualServer.leaving?.servers ?? [], ...some], draft.now);
    const after: VirtualServer = { ...virtualServer, ...(leaving && { leaving }) };
    draft.virtualServers = withElement(draft.virtualServers, at, after);
    dueToLeave(draft, at, after);
    noteChange(draft, { virtualServer: at });
  }
}

function leaves(
  draft: Draft,
  { config: of, label }: VirtualServer,
  { config, drainTimeout }: { readonly config: RealServerConfig; readonly drainTimeout: Micros },
): LeavingServer {
  const server = realServerLabel(config, of);
  say(draft, {
    kind: "real-server-leaves",
    step: "begins",
    within: drainTimeout,
    server,
    of: label,
  });
  return { config, label: server, until: draft.now + drainTimeout };
}

/** Servers in the services of a virtual server that it does not speak of. */
function strangersIn(
  { config, leaving }: VirtualServer,
  table: IpvsTable,
): readonly RealServerConfig[] {
  const found = new Map<string, RealServerConfig>();
  for (const id of config.services) {
    const entry = valueOf(table, serviceKey(id));
    if (entry === undefined) continue;
    const servicePort = id.kind === "address" ? id.port : 0;
    const known = new Set(
      [...spokenOf(config), ...leaving?.servers.map((one) => one.config) ?? []].map((server) =>
        destinationKey({ address: server.address, port: destinationPort(server, servicePort) })
      ),
    );
    for (const destination of sortedValues(entry.destinations)) {
      if (known.has(destinationKey(destination))) continue;
      const server = serverOf(destination, servicePort);
      found.set(destinationKey(server), server);
    }
  }
  return [...found.values()];
}

function spokenOf(
  { realServers, sorryServer }: VirtualServerConfig,
): readonly RealServerConfig[] {
  return sorryServer === undefined ? realServers : [...realServers, sorryServer];
}

/** A destination as if it were configured; without a port of its own where it has that of its service. */
function serverOf(
  { address, port, forwarding, upperThreshold, lowerThreshold }: Destination,
  servicePort: number,
): RealServerConfig {
  return {
    address,
    port: port === servicePort ? 0 : port,
    weight: 0,
    forwarding,
    inhibitOnFailure: false,
    upperThreshold,
    lowerThreshold,
    checkers: [],
  };
}
