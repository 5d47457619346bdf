/**
 * The LVS part: virtual servers with their quorum, sorry servers and real servers, kept in step with what
 * the checkers find. `step.ts` is the part as a function; `desired.ts` translates to the kernel's words.
 */

export * from "./beside/mod.ts";
export * from "./config.ts";
export * from "./effect.ts";
export * from "./event.ts";
export * from "./part.ts";
export * from "./quorum.ts";
export * from "./step.ts";
export * from "./virtual_server.ts";
export * from "./words.ts";
