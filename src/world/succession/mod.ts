/** What one run of the daemon leaves to the next, as data and as the text of a file. */

export * from "./crashes.ts";
export * from "./keep.ts";
export * from "./saved.ts";
export * from "./saved_text.ts";
