/** What virtual servers have to do with beside services of IPVS: address translation, settings, sync daemons, addresses of the host. */

export { addressedServices, markingTable, withMarks } from "./marking.ts";
export { type HostAddress, suspendingAddresses } from "./presence.ts";
export type { PortUse } from "./ports.ts";
export { LVS_TABLE, rewritingSettings, rewritingTable } from "./rewriting.ts";
export { syncDaemons } from "./sync_daemon.ts";
