/** From the rows of `vrrp_instance` and its kin to typed configuration, with keepalived's fallbacks. */

export {
  GARP_GROUP,
  interfaceDelays,
  linkbeatInterfaces,
  TRACK_GROUP,
  VRRP_INSTANCE,
  VRRP_SYNC_GROUP,
} from "./keywords.ts";
export { staticAddresses } from "./keywords_address.ts";
export { readVrrp } from "./read.ts";
export type { BoundInstance } from "./read_instance.ts";
