/**
 * What the kernel's IPVS table should hold. Here, and only here, the words of the configuration become
 * those of the kernel: virtual server → service, real server → destination.
 */

import {
  type Destination,
  destinationKey,
  type Service,
  SERVICE_FLAG,
  type ServiceId,
  type ServiceTable,
} from "../../kernel/ipvs/ipvs.ts";
import { elementAt, elementsOf } from "../../persistent/mod.ts";
import type { RealServerConfig, VirtualServerConfig } from "../config.ts";
import type { DestinationWish } from "../../kernel/ipvs/ipvs_diff.ts";
import { climbed } from "../slowly/climb.ts";
import { destinationPort, type RealServer, type VirtualServer } from "../servers/virtual_server.ts";

/** The tables of one virtual server: one per service of the kernel it stands for. */
export function tablesOf(virtualServer: VirtualServer): readonly ServiceTable[] {
  const known = remembered.get(virtualServer);
  if (known !== undefined) return known;
  const { config } = virtualServer;
  const tables = config.services.map((id) => ({
    service: serviceOf(config, id),
    destinations: destinationsOf(virtualServer, id),
  }));
  remembered.set(virtualServer, tables);
  return tables;
}

/** Tables by virtual server. A virtual server is never changed, so neither are they. */
const remembered = new WeakMap<VirtualServer, readonly ServiceTable[]>();

/** The service, whatever the state. */
export function serviceOf(config: VirtualServerConfig, id: ServiceId): Service {
  const { persistenceTimeout, persistenceEngine } = config;
  const isPersistent = persistenceTimeout !== undefined && persistenceTimeout > 0;
  return {
    id,
    scheduler: config.scheduler,
    flags: config.flags | (isPersistent ? SERVICE_FLAG.persistent : 0),
    timeout: isPersistent ? persistenceTimeout : 0,
    netmask: config.persistenceGranularity,
    ...(persistenceEngine === undefined ? {} : { persistenceEngine }),
  };
}

/**
 * Where a service sends: with quorum, or without a sorry server, to every server that is alive; else to
 * the sorry server. A server out of service stays with weight 0 where `inhibit_on_failure` or
 * `sorry_server_inhibit` say so, and so does one that leaves with connections.
 */
function destinationsOf(virtualServer: VirtualServer, id: ServiceId): readonly Destination[] {
  const { config: { sorryServer, sorryServerInhibit } } = virtualServer;
  const byKey = new Map<string, Destination>();
  const add = (server: RealServerConfig, weight: number) => {
    const destination = destinationOf(server, id, weight);
    const key = destinationKey(destination);
    if (!byKey.has(key)) byKey.set(key, destination);
  };
  if (sorryServer !== undefined && onSorry(virtualServer)) add(sorryServer, sorryServer.weight);
  for (const server of elementsOf(virtualServer.servers)) {
    const weight = weightIn(virtualServer, server);
    if (weight !== undefined) add(server.config, weight);
  }
  if (sorryServer !== undefined && (sorryServerInhibit || sorryServer.inhibitOnFailure)) {
    add(sorryServer, 0);
  }
  for (const server of virtualServer.leaving?.servers ?? []) add(server.config, 0);
  return [...byKey.values()];
}

/** Whether the sorry server serves alone. */
export function onSorry({ config, quorate }: VirtualServer): boolean {
  return config.sorryServer !== undefined && !quorate;
}

/** Weight of a server in the table; absent: it is not there. */
export function weightIn(virtualServer: VirtualServer, server: RealServer): number | undefined {
  if (server.alive && !onSorry(virtualServer)) return climbed(server.weight, server.climb);
  return server.config.inhibitOnFailure ? 0 : undefined;
}

/**
 * What one real server should be in each service of its virtual server; `undefined` where that cannot be said without the
 * others, because some have the same identity in the kernel.
 */
export function wishesFor(
  virtualServer: VirtualServer,
  realServer: number,
): readonly DestinationWish[] | undefined {
  const { config, servers, leaving } = virtualServer;
  const server = elementAt(servers, realServer);
  if (server === undefined || leaving !== undefined || hasTwins(config)) return undefined;
  const weight = weightIn(virtualServer, server);
  return config.services.map((service) => ({
    service,
    destination: destinationOf(server.config, service, weight ?? 0),
    wanted: weight !== undefined,
  }));
}

/** Whether two servers, or one and the sorry server, may be one destination of a service. */
function hasTwins(config: VirtualServerConfig): boolean {
  const known = twins.get(config);
  if (known !== undefined) return known;
  const found = findTwins(config);
  twins.set(config, found);
  return found;
}

/** By configuration, which is never changed. */
const twins = new WeakMap<VirtualServerConfig, boolean>();

/** Only NAT has a port of its own: all others at one address have that of the service. */
function findTwins({ realServers, sorryServer }: VirtualServerConfig): boolean {
  const ports = new Map<string, Set<number>>();
  for (const server of sorryServer === undefined ? realServers : [...realServers, sorryServer]) {
    const port = destinationPort(server, 0);
    const taken = ports.get(server.address);
    if (taken === undefined) ports.set(server.address, new Set([port]));
    else if (port === 0 || taken.has(0) || taken.has(port)) return true;
    else taken.add(port);
  }
  return false;
}

function destinationOf(server: RealServerConfig, id: ServiceId, weight: number): Destination {
  return {
    address: server.address,
    port: destinationPort(server, id.kind === "address" ? id.port : 0),
    forwarding: server.forwarding,
    weight,
    upperThreshold: server.upperThreshold,
    lowerThreshold: server.lowerThreshold,
  };
}
