/**
 * From the IPVS table the kernel holds to the one it should hold. What is right is not touched, so
 * connections survive reload and restart: an existing service is set, never deleted and made anew.
 */

import {
  type Destination,
  destinationKey,
  type Forwarding,
  type IpvsOperation,
  type Service,
  SERVICE_FLAG,
  serviceKey,
  type ServiceTable,
} from "./ipvs.ts";

/**
 * The operations that lead from `actual` to `desired`: deletions of services in the order of `actual`,
 * then the services in the order of `desired`, each before its destinations. Within a service new
 * destinations come before deleted ones, so a service that has somewhere to send never has nowhere.
 *
 * A service that is not desired is deleted only if it is `owned` (keys of {@linkcode serviceKey}). A
 * desired one that exists is taken over with all its destinations, whoever made it.
 *
 * A pair of tables found equal once is not compared again, so what did not change costs one look-up.
 */
export function diffServices(
  desired: readonly ServiceTable[],
  actual: readonly ServiceTable[],
  owned: ReadonlySet<string>,
): readonly IpvsOperation[] {
  const wanted = new Map<string, ServiceTable>();
  for (const table of desired) {
    const key = serviceKey(table.service.id);
    if (!wanted.has(key)) wanted.set(key, table);
  }
  const operations: IpvsOperation[] = [];
  const found = new Map<string, ServiceTable>();
  for (const table of actual) {
    const key = serviceKey(table.service.id);
    if (wanted.has(key)) found.set(key, table);
    else if (owned.has(key)) operations.push({ op: "delete-service", id: table.service.id });
  }
  for (const [key, table] of wanted) diffTable(table, found.get(key), operations);
  return operations;
}

/** Appends what leads from `found` to `want`. */
function diffTable(
  want: ServiceTable,
  found: ServiceTable | undefined,
  operations: IpvsOperation[],
): void {
  if (found !== undefined && equal.get(want) === found) return;
  const before = operations.length;
  const { service } = want;
  if (found === undefined) operations.push({ op: "new-service", service });
  else if (!sameService(service, found.service)) operations.push({ op: "set-service", service });
  const left = new Map<string, Destination>();
  for (const destination of found?.destinations ?? []) {
    left.set(destinationKey(destination), destination);
  }
  const done = new Set<string>();
  for (const destination of want.destinations) {
    const key = destinationKey(destination);
    if (done.has(key)) continue;
    done.add(key);
    const existing = left.get(key);
    left.delete(key);
    if (existing === undefined) {
      operations.push({ op: "new-destination", id: service.id, destination });
    } else if (!sameDestination(destination, existing)) {
      operations.push({ op: "set-destination", id: service.id, destination });
    }
  }
  for (const destination of left.values()) {
    operations.push({ op: "delete-destination", id: service.id, destination });
  }
  if (found !== undefined && operations.length === before) equal.set(want, found);
}

/** Pairs of desired and found tables without difference. Neither is ever changed, so they stay equal. */
const equal = new WeakMap<ServiceTable, ServiceTable>();

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
