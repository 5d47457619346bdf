/**
 * The daemon as data: one world, its events, its effects, and the reducer between them. The shell feeds events in and carries
 * effects out; a simulator does the same in virtual time with this very code.
 */

export type { Update } from "./chain.ts";
export * from "./claims/claims.ts";
export * from "./claims/claims_text.ts";
export * from "./effect.ts";
export * from "./event.ts";
export * from "./fresh.ts";
export * from "./journal.ts";
export * from "./settle/mod.ts";
export { isAlwaysOfLvs } from "./kernel/lvs_things.ts";
export * from "./succession/crashes.ts";
export * from "./succession/keep.ts";
export * from "./succession/saved.ts";
export * from "./succession/saved_text.ts";
export * from "./update.ts";
export * from "./world.ts";
