/** The table of IPVS: values, a model of what operations make of it, and the difference between two. */

export * from "./ipvs.ts";
export * from "./ipvs_diff.ts";
export * from "./ipvs_model.ts";
export * from "./ipvs_same.ts";
export { type IpvsTimeouts, TIMEOUTS } from "./ipvs_timeouts.ts";
export { SYNC_DAEMON, type SyncDaemon, type SyncRole } from "./sync_daemon.ts";
