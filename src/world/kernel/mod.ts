/** The kernel as part of the world: what is known of its tables, and the difference from what the parts want. */

export {
  duePrecedence,
  nextPrecedenceDeadline,
  precedenceOf,
  withBehind,
} from "./address_precedence.ts";
export {
  addressesApplied,
  addressesArrived,
  addressesOrdered,
  addressesWithin,
  addressNotified,
  type AddressTable,
  adopted,
  isManaged,
  knownAddresses,
  lostAddresses,
  managedAddresses,
  reconcileAddresses,
  retried,
  type Where,
  withManaged,
} from "./addresses.ts";
export { lvsThings, SYNC_KEYS } from "./lvs_things.ts";
export {
  contested,
  driftOf,
  nextServicesDeadline,
  reconcileServices,
  servicesApplied,
  servicesChanged,
  servicesDue,
  servicesDumped,
  type ServicesState,
  unknownServices,
  type Wanted,
  withOwned,
} from "./services.ts";
export {
  type Lost,
  plannedThings,
  stillHeld,
  withAppliedThings,
  withChangedThings,
  withDueThings,
  withLostAddress,
  withoutThingsOn,
  withTakenThings,
  withThingsLeft,
} from "./things.ts";
