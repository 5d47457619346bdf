/** Reloads: asked for by signals, files, times and commands, one after another. */

export { openConnections } from "./connections.ts";
export { handOver, reload, type Reloading, whyNot } from "./reload.ts";
export { openReloads, type Reloads } from "./reloads.ts";
export { openReloadTimer } from "./timer.ts";
