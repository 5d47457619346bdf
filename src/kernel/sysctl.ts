/** Settings of the kernel (`sysctl(8)`) as things: the core remembers what they were, and restores that. */

import type { Sysctl } from "../core/protocol.ts";
import type { Resource } from "./resource.ts";

export type { Sysctl };

/** Settings come when tables of nftables have brought the connection tracker with them, whose settings are there only then. */
export const SYSCTL: Resource<Sysctl> = {
  key: ({ name }) => `${name} `,
  spot: ({ name }) => name,
  same: (want, held) => want.value === held.value,
  change: () => "replace",
  phase: 1,
};
