/**
 * Trackers: interfaces and scripts that are followed, one map of what is known of them, and what following them does to a priority.
 * Another kind of tracker is another source for the map.
 */

export * from "./config.ts";
export * from "./effect.ts";
export * from "./event.ts";
export * from "./influence.ts";
export * from "./part.ts";
export type { ScriptStatus, TrackedScript } from "./script.ts";
export * from "./tracker.ts";
