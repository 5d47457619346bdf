/** The core as the world sees it: effects carried out, reports as events, what is followed, the guardian. */

export { coreEvent } from "./core_events.ts";
export { carryOut, type Outside } from "./effects.ts";
export { follow, followAnew, interestIn, look } from "./following.ts";
export { guardianEnded, startGuardian } from "./guardian.ts";
