/** What daemons of one host tell each other. */

import type { Ip } from "../../net/mod.ts";

/** A virtual router as one daemon tells others. */
export interface LocalRouter {
  /** Name of the instance. */
  readonly name: string;
  readonly interface?: string;
  readonly family: "inet" | "inet6";
  /** VRID, 1 to 255. */
  readonly virtualRouterId: number;
  /** Multicast group; absent by unicast. */
  readonly group?: Ip;
  /** Configured source. */
  readonly source?: Ip;
  /** Empty: multicast. */
  readonly peers: readonly Ip[];
}
