/**
 * The part of virtual routers: one reducer over all instances (`part.ts`) and its state (`part_state.ts`). Rooms: what is heard, what is sent, what
 * is wanted of the kernel, what allows an instance to take part.
 */

export { type Interest, interestOf } from "./directory.ts";
export { isMasterNamed, nextVrrpDeadline, startVrrp, stepVrrp } from "./part.ts";
export type { GroupState, VrrpPart } from "./part_state.ts";
export { heldRouters, savedRouters } from "./resume.ts";
