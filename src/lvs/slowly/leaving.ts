/**
 * `drain_timeout`: a server that a reload takes away stays in the table with weight 0 until its connections are over, or the time is.
 * Beyond keepalived, which ends them.
 */

import {
  type Destination,
  destinationKey,
  type ServiceId,
  serviceKey,
} from "../../kernel/ipvs/ipvs.ts";
import { type Micros, SECOND } from "../../net/micros.ts";
import type { RealServerConfig } from "../config.ts";

/** How often connections of servers that leave are counted. */
export const COUNT_INTERVAL: Micros = SECOND;

/** Servers that leave a virtual server, at least one. */
export interface Leaving {
  readonly servers: readonly LeavingServer[];
  /** When they are looked at next. */
  readonly lookAt: Micros;
}

/** One of them. */
export interface LeavingServer {
  readonly config: RealServerConfig;
  readonly label: string;
  /** When it goes, whatever is left. */
  readonly until: Micros;
  /** Connections when they were counted last; absent: never. */
  readonly connections?: number;
}

/** Connections of the destinations of a service: active, inactive and persistent. */
export interface ConnectionCount {
  readonly service: ServiceId;
  readonly destinations: readonly {
    readonly address: Destination["address"];
    readonly port: number;
    readonly connections: number;
  }[];
}

/** Those that leave, if there are any. */
export function leavingOf(
  servers: readonly LeavingServer[],
  now: Micros,
): Leaving | undefined {
  if (servers.length === 0) return undefined;
  const ends = servers.map(({ until }) => until);
  return { servers, lookAt: Math.min(now + COUNT_INTERVAL, ...ends) };
}

/**
 * Connections a server has in all services of its virtual server; `undefined` when they were not counted in one of them.
 * `portIn` is its port in a service.
 */
export function connectionsOf(
  { address }: RealServerConfig,
  services: readonly ServiceId[],
  counts: ReadonlyMap<string, ConnectionCount>,
  portIn: (service: ServiceId) => number,
): number | undefined {
  let sum = 0;
  for (const service of services) {
    const count = counts.get(serviceKey(service));
    if (count === undefined) return undefined;
    const key = destinationKey({ address, port: portIn(service) });
    const found = count.destinations.find((one) => destinationKey(one) === key);
    sum += found?.connections ?? 0;
  }
  return sum;
}
