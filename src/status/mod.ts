/** The state of the daemon as others see it: one snapshot, and a face per file that draws from it. */

export * from "./check_data_text.ts";
export * from "./data_text.ts";
export * from "./json_text.ts";
export * from "./overview.ts";
export * from "./overview_text.ts";
export * from "./snapshot.ts";
export * from "./stats_text.ts";
