/** Which sync daemons of IPVS run: that of a master tells of its connections, that of a backup takes over what it hears. */

import type { SyncDaemon, SyncRole } from "../../kernel/ipvs/sync_daemon.ts";
import type { LvsConfig } from "../config.ts";

/** The daemons; `isMaster`: the instance they follow is. Without an instance both run. */
export function syncDaemons({ syncDaemon }: LvsConfig, isMaster: boolean): readonly SyncDaemon[] {
  if (syncDaemon === undefined) return [];
  const { instance, ...rest } = syncDaemon;
  const roles: readonly SyncRole[] = instance === undefined
    ? ["master", "backup"]
    : [isMaster ? "master" : "backup"];
  return roles.map((role) => ({ role, ...rest }));
}
