/**
 * How many connections each real server has, from `/proc/net/ip_vs` (kernel: `ip_vs_info_seq_show`): a
 * text that costs the kernel no message per service, and that needs no privilege to change anything.
 */

import { type Family, type Ip, ipFromBytes, parseIp } from "../net/ip.ts";
import { type IpvsProtocol, type ServiceId, serviceKey } from "../kernel/mod.ts";

/** Connections of one real server. */
export interface ServerConnections {
  /** Established ones of TCP and SCTP. */
  readonly active: number;
  /** All others, also every one of UDP. */
  readonly inactive: number;
}

/** By `serviceKey`, then by `destinationKey`. */
export type ConnectionTable = ReadonlyMap<string, ReadonlyMap<string, ServerConnections>>;

const PROTOCOLS: Readonly<Record<string, IpvsProtocol>> = { TCP: "tcp", UDP: "udp", SCTP: "sctp" };

/** Reads the text. Lines it does not know are passed over. */
export function parseConnections(text: string): ConnectionTable {
  const table = new Map<string, Map<string, ServerConnections>>();
  /** The line of the service, until its first server says which family a mark is of. */
  let head: { readonly protocol: string; readonly place: string } | undefined;
  let servers: Map<string, ServerConnections> | undefined;
  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    const [first = "", place = ""] = words;
    if (first !== "->") {
      head = { protocol: first, place };
      servers = undefined;
      continue;
    }
    const [active, inactive] = [Number(words[4]), Number(words[5])];
    const server = placeOf(place);
    if (head === undefined || server === undefined || !Number.isSafeInteger(active + inactive)) {
      continue;
    }
    if (servers === undefined) {
      const id = serviceOf(head, server.family);
      if (id === undefined) continue;
      const key = serviceKey(id);
      servers = table.get(key) ?? new Map();
      table.set(key, servers);
    }
    servers.set(`[${server.address}]:${server.port}`, { active, inactive });
  }
  return table;
}

function serviceOf(
  { protocol, place }: { readonly protocol: string; readonly place: string },
  family: Family,
): ServiceId | undefined {
  if (protocol === "FWM") {
    const mark = parseInt(place, 16);
    return Number.isNaN(mark) ? undefined : { kind: "fwmark", family, mark };
  }
  const known = PROTOCOLS[protocol];
  const found = placeOf(place);
  return known === undefined || found === undefined
    ? undefined
    : { kind: "address", protocol: known, address: found.address, port: found.port };
}

/** `0A000001:0050`, `[2001:0db8:0000:0000:0000:0000:0000:0001]:0050`. */
function placeOf(
  text: string,
): { readonly family: Family; readonly address: Ip; readonly port: number } | undefined {
  const [, v4, v6, hex = ""] = /^(?:([0-9A-F]{8})|\[([0-9a-f:]+)\]):([0-9A-F]{4})$/.exec(text) ??
    [];
  const port = parseInt(hex, 16);
  if (v4 !== undefined) {
    const bytes = Uint8Array.from(v4.match(/../g) ?? [], (each) => parseInt(each, 16));
    return { family: "inet", address: ipFromBytes(bytes), port };
  }
  const address = v6 === undefined ? undefined : parseIp(v6);
  return address === undefined ? undefined : { family: "inet6", address, port };
}
