/** The kernel's IPVS table as values (`linux/ip_vs.h`). The diff is in `ipvs_diff.ts`. */

import type {
  Destination,
  Forwarding,
  IpvsOp,
  Protocol,
  Service,
  ServiceId,
  ServiceTable,
} from "../../core/protocol.ts";

export type { Destination, Forwarding, Service, ServiceId, ServiceTable };

/** Layer-4 protocol of a service. */
export type IpvsProtocol = Protocol;

/** `IP_VS_SVC_F_*` (`linux/ip_vs.h`). The kernel's own HASHED bit (2) never appears here. */
export const SERVICE_FLAG = {
  persistent: 0x01,
  onePacket: 0x04,
  schedulerFlag1: 0x08,
  schedulerFlag2: 0x10,
  schedulerFlag3: 0x20,
} as const;

/** A change of the table. Setting the absent adds it, deleting the absent succeeds. */
export type IpvsOperation = IpvsOp;

/** What identifies a service, as a map key and in messages. */
export function serviceKey(id: ServiceId): string {
  return id.kind === "fwmark"
    ? `fwmark ${id.mark} ${id.family}`
    : `${id.protocol} [${id.address}]:${id.port}`;
}

/** What identifies a destination within its service. */
export function destinationKey(destination: Pick<Destination, "address" | "port">): string {
  return `[${destination.address}]:${destination.port}`;
}
