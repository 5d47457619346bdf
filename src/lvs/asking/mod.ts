/**
 * What is asked of real servers, and for whom. One inquiry asks one endpoint one thing at one interval, for every checker that wants
 * to know just that; a checker judges one or many servers of one or many virtual servers. So a thousand services that share a real
 * server ask it once, and each still judges by its own counts.
 *
 * ```
 *   inquiry (order of the core) 1 ── n checker (settings and counts) 1 ── n real server of a virtual server
 * ```
 */

export * from "./inquiry.ts";
export * from "./places.ts";
export * from "./want.ts";
