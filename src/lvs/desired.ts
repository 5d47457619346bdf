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
} from "../kernel/ipvs.ts";
import { elementsOf } from "../persistent/mod.ts";
import type { RealServerConfig, VirtualServerConfig } from "./config.ts";
import type { VirtualServer } from "./virtual_server.ts";

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
 * `sorry_server_inhibit` say so.
 */
function destinationsOf(virtualServer: VirtualServer, id: ServiceId): readonly Destination[] {
  const { config: { sorryServer, sorryServerInhibit }, quorate } = virtualServer;
  const sorry = sorryServer !== undefined && !quorate;
  const byKey = new Map<string, Destination>();
  const add = (server: RealServerConfig, weight: number) => {
    const destination = destinationOf(server, id, weight);
    const key = destinationKey(destination);
    if (!byKey.has(key)) byKey.set(key, destination);
  };
  if (sorry) add(sorryServer, sorryServer.weight);
  for (const { config, alive, weight } of elementsOf(virtualServer.servers)) {
    if (alive && !sorry) add(config, weight);
    else if (config.inhibitOnFailure) add(config, 0);
  }
  if (sorryServer !== undefined && (sorryServerInhibit || sorryServer.inhibitOnFailure)) {
    add(sorryServer, 0);
  }
  return [...byKey.values()];
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

/**
 * Port of a destination. Only NAT can change it; a server without one has that of the service. 0 for a
 * service by mark.
 */
export function destinationPort(server: RealServerConfig, servicePort: number): number {
  return server.forwarding.method === "nat" && server.port !== 0 ? server.port : servicePort;
}
