/** Link layers of virtual routers above an interface: MACVLAN with a virtual MAC address, or IPVLAN. */

import type { OwnLink } from "../core/protocol.ts";
import { sameValue } from "../net/equal.ts";
import type { Resource } from "./resource.ts";

export type { OwnLink };

/** Links come before all that goes over them. */
export const OWN_LINK: Resource<OwnLink> = {
  key: ({ name }) => `${name} `,
  spot: ({ name }) => name,
  same: sameValue,
  change: () => "delete-first",
  phase: -1,
};
