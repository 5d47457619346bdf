/** How services and servers are named in a plan: as `ipvsadm -Ln` writes places, `[2001:db8::1]:80`. */

import type { ServiceId } from "../kernel/mod.ts";
import type { RealServerConfig, VirtualServerConfig } from "../lvs/config.ts";
import { unreachable } from "../net/unreachable.ts";

/** `10.0.0.1:80`; without a port the address alone. */
export function placeName(address: string, port: number): string {
  if (port === 0) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A service of the kernel: `tcp 10.0.0.1:80`, `fwmark 7`, `fwmark 7 (IPv6)`. */
export function serviceName(id: ServiceId): string {
  switch (id.kind) {
    case "address":
      return `${id.protocol} ${placeName(id.address, id.port)}`;
    case "fwmark":
      return `fwmark ${id.mark}${id.family === "inet6" ? " (IPv6)" : ""}`;
    default:
      return unreachable(id);
  }
}

/** Virtual servers by name; those of one group, or one mark in both families, are numbered. */
export function namedServers(
  servers: readonly VirtualServerConfig[],
): ReadonlyMap<string, VirtualServerConfig> {
  const named = new Map<string, VirtualServerConfig>();
  for (const server of servers) {
    const name = virtualServerName(server);
    let [key, count] = [name, 1];
    while (named.has(key)) key = `${name} (${++count})`;
    named.set(key, server);
  }
  return named;
}

function virtualServerName({ name }: VirtualServerConfig): string {
  switch (name.kind) {
    case "address":
      return `${name.protocol} ${placeName(name.address, name.port)}`;
    case "fwmark":
      return `fwmark ${name.mark}`;
    case "group":
      return `group ${name.group}`;
    default:
      return unreachable(name);
  }
}

/** Real servers by name. The first of equal ones counts, as in the kernel. */
export function namedRealServers(
  { realServers }: VirtualServerConfig,
): ReadonlyMap<string, RealServerConfig> {
  const named = new Map<string, RealServerConfig>();
  for (const server of realServers) {
    const name = placeName(server.address, server.port);
    if (!named.has(name)) named.set(name, server);
  }
  return named;
}
