/**
 * Local addresses of full NAT that run out of ports: one of them carries so many connections to one port of one real server, and the
 * kernel drops what comes beyond that without a word.
 */

import type { Ip } from "../../net/ip.ts";
import { type Micros, SECOND } from "../../net/micros.ts";
import type { LvsConfig } from "../config.ts";

/** Ports the kernel chooses from for clients' ports from 1024 on (`nf_nat_core.c`). */
export const PORTS = 64_512;

/** From so many on an address is told to run out of ports, and until it has so many again. */
export const CROWDED = 51_600;
export const ROOMY = 45_000;

/** How often they are counted. */
export const PORTS_INTERVAL: Micros = 30 * SECOND;

/** What of a local address is in use. */
export interface PortUse {
  readonly address: Ip;
  /** Connections from it. */
  readonly connections: number;
  /** Where most of them lead. */
  readonly busiest?: {
    readonly server: Ip;
    readonly port: number;
    /** Number of the protocol: 6 TCP, 17 UDP. */
    readonly protocol: number;
    readonly connections: number;
  };
}

/** All local addresses of a configuration, each once. */
export function localAddressesOf(config: LvsConfig): readonly Ip[] {
  const known = remembered.get(config);
  if (known !== undefined) return known;
  const addresses = new Set(
    config.virtualServers.flatMap(({ fullNat }) =>
      (fullNat?.localAddresses ?? []).map(({ address }) => address)
    ),
  );
  const all = [...addresses];
  remembered.set(config, all);
  return all;
}

/** By configuration, which is never changed. */
const remembered = new WeakMap<LvsConfig, readonly Ip[]>();

/** Addresses that run out of ports, given those that did, and which of them are so now or no more. */
export function crowdedBy(
  before: ReadonlySet<Ip>,
  counted: readonly PortUse[],
): {
  readonly crowded: ReadonlySet<Ip>;
  readonly fuller: readonly PortUse[];
  readonly emptier: readonly Ip[];
} {
  const uses = new Map(counted.map((use) => [use.address, use] as const));
  const inUse = (address: Ip) => uses.get(address)?.busiest?.connections ?? 0;
  const fuller = counted.filter(({ address }) => !before.has(address) && inUse(address) >= CROWDED);
  const emptier = [...before].filter((address) => inUse(address) < ROOMY);
  if (fuller.length === 0 && emptier.length === 0) return { crowded: before, fuller, emptier };
  const left = [...before].filter((address) => !emptier.includes(address));
  return { crowded: new Set([...left, ...fuller.map(({ address }) => address)]), fuller, emptier };
}
