/** The kernel's IPVS table as a model: what the operations make of it. For the simulator and tests. */

import type { Destination, IpvsOperation, ServiceId, ServiceTable } from "./ipvs.ts";
import { destinationKey, serviceKey } from "./ipvs.ts";
import { unreachable } from "../net/unreachable.ts";

/**
 * `tables` after `operations`, in order, as the core carries them out: setting the absent adds it, adding
 * what exists sets it, deleting the absent succeeds. A destination of a service that is not there is
 * dropped (kernel: `ESRCH`).
 */
export function applyIpvsOperations(
  tables: readonly ServiceTable[],
  operations: readonly IpvsOperation[],
): readonly ServiceTable[] {
  const services = new Map<string, ServiceTable>();
  for (const table of tables) services.set(serviceKey(table.service.id), table);
  const changed = new Map<string, Map<string, Destination>>();
  const destinationsOf = (id: ServiceId): Map<string, Destination> => {
    const key = serviceKey(id);
    const known = changed.get(key);
    if (known !== undefined) return known;
    const made = new Map<string, Destination>();
    for (const destination of services.get(key)?.destinations ?? []) {
      made.set(destinationKey(destination), destination);
    }
    changed.set(key, made);
    return made;
  };
  for (const operation of operations) {
    switch (operation.op) {
      case "new-service":
      case "set-service": {
        const { service } = operation;
        const key = serviceKey(service.id);
        services.set(key, { service, destinations: services.get(key)?.destinations ?? [] });
        break;
      }
      case "delete-service":
        services.delete(serviceKey(operation.id));
        changed.delete(serviceKey(operation.id));
        break;
      case "new-destination":
      case "set-destination":
        if (!services.has(serviceKey(operation.id))) break;
        destinationsOf(operation.id).set(
          destinationKey(operation.destination),
          operation.destination,
        );
        break;
      case "delete-destination":
        if (!services.has(serviceKey(operation.id))) break;
        destinationsOf(operation.id).delete(destinationKey(operation.destination));
        break;
      default:
        return unreachable(operation);
    }
  }
  for (const [key, destinations] of changed) {
    const table = services.get(key);
    if (table !== undefined) {
      services.set(key, { ...table, destinations: [...destinations.values()] });
    }
  }
  return [...services.values()];
}
