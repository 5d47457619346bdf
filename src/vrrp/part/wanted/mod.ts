/** What instances want of the kernel: addresses, routes, rules, links, tables. */

export {
  configuredAddresses,
  desiredAddresses,
  desiredAt,
  mayAnnounce,
  staticsAt,
  untouchableAddresses,
} from "./desired.ts";
export { completeGroups } from "./static_groups.ts";
export {
  configuredThings,
  desiredThing,
  lostOf,
  type NamedThing,
  namedThings,
  placedThing,
  speaksOfThings,
  thingKeysOf,
} from "./things.ts";
