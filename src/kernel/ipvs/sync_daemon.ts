/** The daemons of IPVS that synchronise connections between directors (`ipvsadm(8)`, `--start-daemon`). */

import { sameValue } from "../../net/equal.ts";
import type { Ip } from "../../net/ip.ts";
import type { Resource } from "../resource.ts";

/** One daemon; there is at most one of each role. */
export interface SyncDaemon {
  /** Whether it tells of connections or takes over what it hears. */
  readonly role: SyncRole;
  readonly interface: string;
  /** Of those who belong together, 0 to 255. */
  readonly syncId: number;
  /** Most bytes of a message; absent: as the interface allows. */
  readonly maxLength?: number;
  /** UDP port; absent: 8848. */
  readonly port?: number;
  /** TTL or hop limit; absent: 1. */
  readonly ttl?: number;
  /** Multicast group; absent: 224.0.0.81. */
  readonly group?: Ip;
}

/** What a sync daemon does. */
export type SyncRole = "master" | "backup";

/** The kernel keeps the parameters of a running daemon: the core ends it first. */
export const SYNC_DAEMON: Resource<SyncDaemon> = {
  key: ({ role }) => `${role} daemon`,
  spot: ({ role }) => role,
  same: sameValue,
  change: () => "replace",
  phase: 4,
};
