/** The state machine of one instance (RFC 9568 §6.4): `fsm.ts` moves it, `state.ts` is what it is. */

export { type Action, rankOf, remarkOn } from "./action.ts";
export { instanceDeadline, type InstanceEvent, sameHealth, step } from "./fsm.ts";
export type { Resumption } from "./fsm_resume.ts";
export {
  effectivePriority,
  type Health,
  type Heard,
  type Instance,
  newInstance,
  type VrrpState,
} from "./state.ts";
export {
  count,
  type Counter,
  COUNTER_OF,
  KEEPALIVED_COUNTERS,
  NO_STATISTICS,
  OWN_COUNTERS,
  type Statistics,
  statisticsFrom,
} from "./statistics.ts";
export { masterDownInterval, successionTime } from "./timers.ts";
