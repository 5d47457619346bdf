/**
 * Trackers: whatever is followed (interfaces, scripts, files, processes), one map of what is known of it, and what following it does to a
 * priority. Another kind of tracker is another source for the map.
 */

export * from "./config.ts";
export * from "./effect.ts";
export * from "./event.ts";
export * from "./influence.ts";
export * from "./part.ts";
export * from "./resume.ts";
export * from "./step.ts";
export type { ScriptStatus, TrackedScript } from "./script.ts";
export * from "./tracker.ts";
