/** Link layers of virtual routers above an interface: MACVLAN with a virtual MAC address. */

import { sameValue } from "../net/equal.ts";
import type { Resource } from "./resource.ts";
import type { Sysctl } from "./sysctl.ts";

/** A link above another one. It goes with that one. */
export interface OwnLink {
  /** At most 15 bytes. */
  readonly name: string;
  /** Index of the interface below. */
  readonly base: number;
  /** Hardware address: 6 octets in hexadecimal with colons, lower case. */
  readonly mac: string;
  /** `IFLA_GROUP`; absent: that of the interface below. */
  readonly group?: number;
  /** What is set before it is up; it goes with the link. */
  readonly settings: readonly Sysctl[];
}

/** Links come before all that goes over them. */
export const OWN_LINK: Resource<OwnLink> = {
  key: ({ name }) => `${name} `,
  spot: ({ name }) => name,
  same: sameValue,
  change: () => "delete-first",
  phase: -1,
};
