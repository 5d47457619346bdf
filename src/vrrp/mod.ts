/**
 * VRRP: elections, sync groups, what is announced and which addresses follow. Pure: packets, links,
 * script results and time come in as events; orders for the core and notifications go out as
 * effects.
 */

export * from "./config.ts";
export * from "./effect.ts";
export * from "./event.ts";
export * from "./saved.ts";
export * from "./wire.ts";
export {
  configuredAddresses,
  desiredAddresses,
  mayAnnounce,
  untouchableAddresses,
} from "./part/wanted/desired.ts";
export {
  configuredThings,
  desiredThing,
  type NamedThing,
  namedThings,
  placedThing,
  speaksOfThings,
} from "./part/wanted/things.ts";
export { namedTables } from "./firewall.ts";
export { isMasterNamed, nextVrrpDeadline, startVrrp, stepVrrp } from "./part/part.ts";
export { type Interest, interestOf } from "./part/directory.ts";
export { backupsAt, backupsOf, companyOf } from "./part/foreseen.ts";
export { completeGroups } from "./part/wanted/static_groups.ts";
export { isResting } from "./part/health/rest.ts";
export { heldRouters, savedRouters } from "./part/resume.ts";
export { followedBy } from "./part/health/following.ts";
export { kernelFacts, linkAt, linkNamed } from "./kernel_facts.ts";
export type { GroupState, VrrpPart } from "./part/part_state.ts";
export { effectivePriority, type Instance, type VrrpState } from "./fsm/state.ts";
export {
  type Counter,
  KEEPALIVED_COUNTERS,
  OWN_COUNTERS,
  type Statistics,
} from "./fsm/statistics.ts";
export { passKey } from "./packet/auth.ts";
export { allAddresses, deviceOf } from "./virtual_address.ts";
