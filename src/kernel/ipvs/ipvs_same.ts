/** When something in the IPVS table is what it should be. */

import { type Destination, type Forwarding, type Service, SERVICE_FLAG } from "./ipvs.ts";

/**
 * Whether the kernel's `found` is what setting `want` makes of it; identities are equal. Timeout and
 * netmask only mean something with persistence: tools leave different values there without it.
 */
export function sameService(want: Service, found: Service): boolean {
  if (want.scheduler !== found.scheduler || want.flags !== found.flags) return false;
  if ((want.persistenceEngine ?? "") !== (found.persistenceEngine ?? "")) return false;
  if ((want.flags & SERVICE_FLAG.persistent) === 0) return true;
  return want.timeout === found.timeout && want.netmask === found.netmask;
}

/** Whether the kernel's `found` is what setting `want` makes of it; identities are equal. */
export function sameDestination(want: Destination, found: Destination): boolean {
  return want === found ||
    want.weight === found.weight &&
      want.upperThreshold === found.upperThreshold &&
      want.lowerThreshold === found.lowerThreshold &&
      sameForwarding(want.forwarding, found.forwarding);
}

/** Port and flags only mean something for the tunnels that carry them. */
function sameForwarding(want: Forwarding, found: Forwarding): boolean {
  if (want.method !== "tunnel" || found.method !== "tunnel") return want.method === found.method;
  if (want.tunnelType !== found.tunnelType) return false;
  if (want.tunnelType === TUNNEL_IPIP) return true;
  return want.flags === found.flags && (want.tunnelType !== TUNNEL_GUE || want.port === found.port);
}

/** `IP_VS_CONN_F_TUNNEL_TYPE_IPIP` (`linux/ip_vs.h`). */
const TUNNEL_IPIP = 0;
/** `IP_VS_CONN_F_TUNNEL_TYPE_GUE`. */
const TUNNEL_GUE = 1;
