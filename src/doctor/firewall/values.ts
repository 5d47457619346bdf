/** What rules compare with: addresses, networks, ranges, names of protocols and interfaces. */

import { compareIp, type Ip, networkOf, parseIp } from "../../net/mod.ts";
import type { Trit } from "./ruleset.ts";

/** Names of IP protocols (`/etc/protocols`) that matter here. */
const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ["icmp", 1],
  ["igmp", 2],
  ["tcp", 6],
  ["udp", 17],
  ["esp", 50],
  ["ah", 51],
  ["icmpv6", 58],
  ["ipv6-icmp", 58],
  ["vrrp", 112],
  ["carp", 112],
  ["sctp", 132],
  ["udplite", 136],
]);

/** The number of a protocol; `undefined` for a name not known here. */
export function protocolNumber(name: string): number | undefined {
  const number = Number(name);
  return Number.isInteger(number) && name !== "" ? number : PROTOCOLS.get(name.toLowerCase());
}

/** Whether an address is in a network. Of other families it is not. */
export function isWithin(address: Ip | undefined, network: string, length?: number): Trit {
  if (address === undefined) return undefined;
  const base = parseIp(network);
  if (base === undefined) return undefined;
  if (base.includes(":") !== address.includes(":")) return false;
  const bits = length ?? (base.includes(":") ? 128 : 32);
  return networkOf(address, bits) === networkOf(base, bits);
}

/** Whether an address lies between two. */
export function isBetween(address: Ip | undefined, from: string, to: string): Trit {
  if (address === undefined) return undefined;
  const [low, high] = [parseIp(from), parseIp(to)];
  if (low === undefined || high === undefined) return undefined;
  if (low.includes(":") !== address.includes(":")) return false;
  return compareIp(low, address) <= 0 && compareIp(address, high) <= 0;
}

/** Whether a name is that of an interface; `eth*` and iptables' `eth+` are patterns. */
export function isInterface(name: string | undefined, pattern: string): Trit {
  if (name === undefined) return undefined;
  return /[*+]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
