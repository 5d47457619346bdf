/** Connection timeouts of IPVS as a thing of the kernel: the core remembers what they were, and restores that. */

import type { IpvsTimeouts } from "../../core/protocol.ts";
import { sameValue } from "../../net/equal.ts";
import type { Resource } from "../resource.ts";

export type { IpvsTimeouts };

/** There is one of them. */
export const TIMEOUTS: Resource<IpvsTimeouts> = {
  key: () => "all ",
  spot: () => "all",
  same: sameValue,
  change: () => "replace",
  phase: 4,
};
