/** What the network answers: who has the virtual addresses, and which real servers can be reached. */

import type { Config } from "../../src/document/config.ts";
import type { ServerFact, WireFact } from "../../src/doctor/mod.ts";
import type { Ip } from "../../src/net/mod.ts";
import { linesOf, outputOf } from "./files.ts";

/** Most real servers that are tried, and how many at once. */
const MOST = 1_024;
const AT_ONCE = 64;

/** How long a connection may take, and a neighbour to answer, ms. */
const CONNECT_MS = 2_000;
const NEIGHBOUR_MS = 1_500;
const POLL_MS = 50;

/** Nobody serves it, and if somebody does: nothing is said to him (RFC 863). */
const DISCARD = 9;

/** Tries real servers of TCP; each place once. */
export async function serversOf({ lvs }: Config): Promise<readonly ServerFact[]> {
  const places = new Map<string, { readonly address: Ip; readonly port: number }>();
  for (const { services, realServers } of lvs.virtualServers) {
    const [service] = services;
    if (service?.kind !== "address" || service.protocol !== "tcp") continue;
    for (const { address, port: own } of realServers) {
      const port = own === 0 ? service.port : own;
      if (port > 0 && places.size < MOST) places.set(`${address} ${port}`, { address, port });
    }
  }
  const waiting = [...places.values()];
  const found: ServerFact[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      found.push({ ...next, outcome: await tried(next.address, next.port) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

async function tried(hostname: Ip, port: number): Promise<ServerFact["outcome"]> {
  try {
    const connection = await within(CONNECT_MS, Deno.connect({ hostname, port }));
    if (connection === undefined) return "silent";
    connection.close();
    return "open";
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return "refused";
    if (error instanceof Deno.errors.ConnectionReset) return "open";
    if (error instanceof Deno.errors.TimedOut) return "silent";
    return "no-route";
  }
}

/** A connection, or nothing when it takes too long: then it is closed when it comes. */
async function within(ms: number, promise: Promise<Deno.Conn>): Promise<Deno.Conn | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  try {
    const first = await Promise.race([promise, late.promise]);
    if (first === undefined) promise.then((connection) => connection.close(), () => {});
    return first;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks who has the virtual addresses that this host has not. The kernel asks, by ARP or neighbour
 * discovery, since somebody wants to connect; who answers stands in its table of neighbours.
 */
export async function wireOf(
  { vrrp }: Config,
  held: ReadonlySet<string>,
): Promise<readonly WireFact[]> {
  const wanted = new Set(
    vrrp.instances.flatMap(({ virtualAddresses }) =>
      virtualAddresses.map(({ address }) => address)
    ),
  );
  const asked = [...wanted].filter((address) => !held.has(address)).slice(0, MOST);
  const before = await neighbours();
  for (const address of asked) void tried(address, DISCARD);
  const deadline = performance.now() + NEIGHBOUR_MS;
  let found = before;
  const open = () => asked.some((address) => !found.has(address));
  do {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    found = await neighbours();
  } while (open() && performance.now() < deadline);
  return asked.flatMap((address) => found.get(address) ?? []);
}

/** Neighbours whose hardware address is known. */
async function neighbours(): Promise<ReadonlyMap<string, WireFact>> {
  const found = new Map<string, WireFact>();
  // address, type, flags (2: complete), hardware address, mask, interface
  for (const line of linesOf("/proc/net/arp").slice(1)) {
    const [address = "", , flags, mac = "", , ifname = ""] = line.split(/\s+/);
    if ((Number(flags) & 2) !== 0) found.set(address, { address, interface: ifname, mac });
  }
  for (const line of (await outputOf("ip", ["-6", "neighbour", "show"]) ?? "").split("\n")) {
    const [, address, ifname, mac] = /^(\S+) dev (\S+) lladdr (\S+)/.exec(line) ?? [];
    if (address === undefined || ifname === undefined || mac === undefined) continue;
    found.set(address, { address, interface: ifname, mac });
  }
  return found;
}
