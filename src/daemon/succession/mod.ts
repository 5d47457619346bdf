/** One run of the daemon after another without a failover: what is left to the next, and how it takes over. */

export { type End, type Leaving, openLeaving } from "./leaving.ts";
export { openSuccession } from "./succession.ts";
