/** What can be written at a position, in which order, and with what behind it. */

export type { Completion } from "./candidates.ts";
export * from "./completion.ts";
