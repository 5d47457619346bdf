/**
 * The LVS part: virtual servers with their quorum, sorry servers and real servers, kept in step with what
 * the checkers find. `part/step.ts` is the part as a function; `part/desired.ts` translates to the kernel's words.
 */

export * from "./beside/mod.ts";
export * from "./config.ts";
export { withoutDeparting } from "./part/departing.ts";
export * from "./part/effect.ts";
export * from "./part/event.ts";
export * from "./part/part.ts";
export * from "./part/resume.ts";
export * from "./part/step.ts";
export type { ConnectionCount } from "./slowly/mod.ts";
export * from "./servers/mod.ts";
