/** The daemons of IPVS that synchronise connections between directors (`ipvsadm(8)`, `--start-daemon`). */

import type { SyncDaemon, SyncRole } from "../../core/protocol.ts";
import { sameValue } from "../../net/equal.ts";
import type { Resource } from "../resource.ts";

export type { SyncDaemon, SyncRole };

/** The kernel keeps the parameters of a running daemon: the core ends it first. */
export const SYNC_DAEMON: Resource<SyncDaemon> = {
  key: ({ role }) => `${role} daemon`,
  spot: ({ role }) => role,
  same: sameValue,
  change: () => "replace",
  phase: 4,
};
