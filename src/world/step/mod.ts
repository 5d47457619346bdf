/** The moves of the world, by what they are about: parts, addresses, services, beginning and end. */

export {
  onAddress,
  onAddressesApplied,
  retryAddresses,
  toldOfAddress,
  withPrecedence,
} from "./addresses.ts";
export { handoversEnded, onShutdown } from "./leaving.ts";
export { lookAtGroups, losing, lvsStep, trackStep, vrrpStep } from "./parts.ts";
export { onReload, onStart } from "./phases.ts";
export { onServicesApplied, onServicesDue, onTable, onTableChanged } from "./services.ts";
