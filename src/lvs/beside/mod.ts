/** What virtual servers need of the kernel beside services of IPVS: address translation, settings, sync daemons. */

export { LVS_TABLE, rewritingSettings, rewritingTable } from "./rewriting.ts";
export { syncDaemons } from "./sync_daemon.ts";
