/**
 * What goes across parts and is judged when the whole file is read: names and who bears them, things of the machine, wants of one part
 * met by another.
 */

export { readGarpGroups } from "./garp_groups.ts";
export { checkHostNames } from "./host_names.ts";
export { withLocalAddresses } from "./local_addresses.ts";
export { withNameHints } from "./name_hints.ts";
export { checkNotRun } from "./not_run_checkers.ts";
export { checkReferences } from "./references.ts";
export { automaticPriorities } from "./rule_priorities.ts";
export { syncDaemonOf } from "./sync_daemon.ts";
export { checkTracked } from "./tracked.ts";
export { checkNames } from "./undefined_names.ts";
