/** How virtual and real servers are named in logs, FIFO lines and mails (cli.tsv, service notation). */

import { unreachable } from "../../net/unreachable.ts";
import type { RealServerConfig, VirtualServerConfig } from "../config.ts";
import { destinationPort } from "./virtual_server.ts";

/** Name of a virtual server; `sequence` counts those of the same group before it. */
export function virtualServerLabel({ name }: VirtualServerConfig, sequence: number): string {
  switch (name.kind) {
    case "address":
      return `[${name.address}]:${name.protocol}:${name.port}`;
    case "fwmark":
      return `FWM ${name.mark}`;
    case "group":
      return `[${name.group}]:${sequence}`;
    default:
      return unreachable(name);
  }
}

/** Name of a real server of a virtual server. */
export function realServerLabel(server: RealServerConfig, of: VirtualServerConfig): string {
  return `[${server.address}]:${protocolOf(of)}:${labelPort(server, of)}`;
}

/** Protocol of a virtual server; a mark has none. */
function protocolOf({ services }: VirtualServerConfig): string {
  for (const id of services) if (id.kind === "address") return id.protocol;
  return "none";
}

function labelPort(server: RealServerConfig, { name }: VirtualServerConfig): number {
  switch (name.kind) {
    case "address":
      return destinationPort(server, name.port);
    case "fwmark":
      return destinationPort(server, 0);
    case "group":
      return server.port;
    default:
      return unreachable(name);
  }
}
