/**
 * The stages of one run, in their order: what it is given, what must be so before it begins, what it works with, the world that begins, what
 * is in force, what it is asked for, what it hears of the core, and its end. `run.ts` joins them.
 */

export { guardianOf, whyNotBegin, writePartPidFiles } from "./before.ts";
export { begin, type Life, openLife } from "./life.ts";
export { endRun } from "./end.ts";
export { type Equipment, openEquipment, runStartupScript } from "./equipment.ts";
export {
  type DaemonOptions,
  DEFAULT_UMASK,
  EXIT,
  maskFiles,
  type Run,
  type RunEnd,
  warnBy,
} from "./given.ts";
export { type InForce, openInForce } from "./in_force.ts";
export { openRequests } from "./requests.ts";
