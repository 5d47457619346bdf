/**
 * A virtual LAN, kernel and clock that drive the daemon's own reducer: whole clusters in virtual
 * time, for `holdfast simulate` and for tests of what only several nodes can show.
 */

export * from "./cluster.ts";
export { type Core, type CoreOrder, type CoreReport, createCore } from "./core.ts";
export * from "./host.ts";
export * from "./lan.ts";
export * from "./random.ts";
export * from "./tape.ts";
export * from "./timeline.ts";
