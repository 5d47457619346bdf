/** The sync daemon of IPVS: `lvs_sync_daemon`, or what instances of old said. */

import type { GlobalDefs } from "../../global/config.ts";
import { lastUse, lastValue, tell } from "../../language/mod.ts";
import type { SyncDaemonConfig } from "../../lvs/config.ts";
import type { VrrpConfig } from "../../vrrp/config.ts";
import type { BoundRoot } from "../table/root_table.ts";

/** What is configured; an instance that does not exist is reported, and nothing runs. */
export function syncDaemonOf(
  root: BoundRoot,
  { global, vrrp }: { readonly global: GlobalDefs; readonly vrrp: VrrpConfig },
): SyncDaemonConfig | undefined {
  const written = global.lvsSyncDaemon ?? ofInstance(root);
  if (written === undefined) return undefined;
  const { dev, instance, id, maxlen, port, ttl, group } = written;
  const followed = vrrp.instances.find(({ name }) => name === instance);
  if (instance !== undefined && followed === undefined) {
    const use = lastUse(lastValue(root.global_defs)?.body.lvs_sync_daemon);
    if (use !== undefined) {
      tell(
        use,
        "unknown-name",
        `Cannot follow vrrp_instance ${instance} with lvs_sync_daemon: there is none, no daemon runs`,
        {
          severity: "error",
          status: undefined,
          word: instance,
          about: { kind: "refers", blocks: ["vrrp_instance"], name: instance },
        },
      );
    }
    return undefined;
  }
  return {
    interface: dev,
    ...(instance !== undefined && { instance }),
    syncId: id ?? followed?.virtualRouterId ?? 0,
    ...(maxlen !== undefined && { maxLength: maxlen }),
    ...(port !== undefined && { port }),
    ...(ttl !== undefined && { ttl }),
    ...(group !== undefined && { group }),
  };
}

/** `lvs_sync_daemon_interface` of the first instance that has it. */
function ofInstance(root: BoundRoot): GlobalDefs["lvsSyncDaemon"] {
  for (const { value: { header, body } } of root.vrrp_instance ?? []) {
    const dev = lastValue(body.lvs_sync_daemon_interface);
    if (dev !== undefined) return { dev, instance: header };
  }
  return undefined;
}
