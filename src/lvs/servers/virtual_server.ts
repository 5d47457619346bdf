/** A virtual server and its real servers as they are now. */

import { type Checker, isUp } from "../../check/checker/checker.ts";
import type { Chunked } from "../../persistent/mod.ts";
import { elementsOf } from "../../persistent/mod.ts";
import type { Climb } from "../slowly/climb.ts";
import type { Leaving } from "../slowly/leaving.ts";
import type { RealServerConfig, VirtualServerConfig } from "../config.ts";

/** A real server. */
export interface RealServer {
  readonly config: RealServerConfig;
  /** As logs, FIFO lines and mails name it: `[192.168.1.130]:tcp:80`. */
  readonly label: string;
  /** Numbers of its checkers. */
  readonly checkers: readonly number[];
  /** Every checker finds it good. */
  readonly alive: boolean;
  /** The configured weight, changed by what `misc_dynamic` checkers say; ≥ 0. */
  readonly weight: number;
  /** It has come back a short while ago, and has a part of its weight in the table. */
  readonly climb?: Climb;
}

/**
 * A virtual server. The object changes exactly when its tables in the kernel may change, so what is
 * derived from it can be remembered by it.
 */
export interface VirtualServer {
  readonly config: VirtualServerConfig;
  /** As logs, FIFO lines and mails name it: `[172.16.1.99]:tcp:80`, `FWM 7`, `[group]:0`. */
  readonly label: string;
  readonly servers: Chunked<RealServer>;
  /** Sum of the weights of the servers that are alive. */
  readonly liveWeight: number;
  /** Whether it has quorum. */
  readonly quorate: boolean;
  /** Servers that a reload took away and whose connections are not over. */
  readonly leaving?: Leaving;
}

/** Whether a real server with these checkers is alive. */
export function isAlive(checkers: readonly Checker[]): boolean {
  return checkers.every(isUp);
}

/**
 * The weight of a server: each checker that gives one adds its difference to the configured weight, and a file what it holds.
 * keepalived: at most 2147483647, and never less than 0.
 */
export function weightOf(config: RealServerConfig, checkers: readonly Checker[]): number {
  let weight = config.weight;
  for (const checker of checkers) {
    if (checker.weight !== undefined) weight += checker.weight - config.weight;
    weight += checker.added ?? 0;
  }
  return Math.min(Math.max(weight, 0), MOST);
}

/** Most that the kernel takes (`__u32`, of which keepalived uses 31 bits). */
const MOST = 2_147_483_647;

/** Sum of the weights of the servers that are alive. */
export function liveWeightOf(servers: Chunked<RealServer>): number {
  let sum = 0;
  for (const { alive, weight } of elementsOf(servers)) if (alive) sum += weight;
  return sum;
}

/**
 * Port of a destination. Only NAT can change it; a server without one has that of the service. 0 for a
 * service by mark.
 */
export function destinationPort(server: RealServerConfig, servicePort: number): number {
  return server.forwarding.method === "nat" && server.port !== 0 ? server.port : servicePort;
}
