/** Connection timeouts of IPVS as a thing of the kernel: the core remembers what they were, and restores that. */

import { sameValue } from "../../net/equal.ts";
import type { Resource } from "../resource.ts";

/** s; 0: as it is. */
export interface IpvsTimeouts {
  readonly tcp: number;
  /** TCP after FIN. */
  readonly tcpFin: number;
  readonly udp: number;
}

/** There is one of them. */
export const TIMEOUTS: Resource<IpvsTimeouts> = {
  key: () => "all ",
  spot: () => "all",
  same: sameValue,
  change: () => "replace",
  phase: 4,
};
