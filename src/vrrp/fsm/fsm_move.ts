/** The moves between states. Each says everything it wants done, in the order of operations. */

import type { GarpSchedule } from "../../global/config.ts";
import type { Micros } from "../../net/mod.ts";
import type { Action, Step } from "./action.ts";
import type { Cause, InstanceNews } from "../../notify/mod.ts";
import { downInterval } from "./election.ts";
import {
  type BackupState,
  effectivePriority,
  type Heard,
  type Instance,
  type MasterState,
} from "./state.ts";
import { count } from "./statistics.ts";
import { skewTime } from "./timers.ts";

/** keepalived: an owner that may not be master alone, having a group, is willing after 1 µs. */
const AT_ONCE: Micros = 1;

/** Out of `init` or `fault`: usually to backup, an owner's instance to master. */
export function begin(
  self: Instance,
  cause: Extract<Cause, { readonly owner?: true }>,
  now: Micros,
): Step {
  const { config, state } = self;
  const owner = config.priority === 255 && config.wantState === "master";
  if (owner && self.group === undefined && config.hooks?.preMaster === undefined) {
    return becomeMaster(self, { ...cause, owner: true }, now);
  }
  const [next, actions] = enterBackup(self, { cause, timeout: firstTimeout(self, owner) }, now);
  const own = self.health.source;
  if (state.kind !== "fault" || config.unicastPeers.length === 0 || own === undefined) {
    return [next, actions];
  }
  // keepalived: a unicast node back from fault announces the address it sends from.
  return [next, [...actions, { kind: "announce", repeat: 1, only: [own] }]];
}

/** Backup to master (RFC 9568 §6.4.2), or from `init` for an owner. */
export function becomeMaster(before: Instance, cause: Cause, now: Micros): Step {
  const { garp } = before.config;
  const self = { ...before, yielded: false, fresh: false };
  const repeat = garp.masterRepeat;
  const next: Instance = {
    ...entered(self, now),
    state: {
      kind: "master",
      burst: secondBurst(garp, now),
      ...(follows(cause) && { handoverUntil: now + downInterval(self, self.config.advertInt) }),
      conflicts: 0,
      ...periods(garp, now),
    },
    statistics: count(self.statistics, "become_master"),
  };
  return [next, [
    { kind: "transmit", immediately: true },
    moved(before, next, { to: "master", cause }),
    { kind: "reconcile" },
    { kind: "announce", repeat },
    ear(next),
  ]];
}

/** The one before was heard to the end; also elsewhere in the group. Its silence is another thing: it may be master for ever. */
function follows(cause: Cause): boolean {
  if (cause.kind === "sync-group" || cause.kind === "member") return follows(cause.why);
  return cause.kind === "weaker-master" || cause.kind === "resignation";
}

/** The burst that follows a first one, for those that did not hear it. */
export function secondBurst(
  { masterDelay, masterRepeat: repeat }: GarpSchedule,
  now: Micros,
): MasterState["burst"] {
  return masterDelay > 0 ? { at: now + masterDelay, repeat } : undefined;
}

/** When what a master announces from time to time is due first. */
export function periods(
  { masterRefresh, extra }: Pick<GarpSchedule, "masterRefresh" | "extra">,
  now: Micros,
): Pick<MasterState, "refreshAt" | "extraAt"> {
  return {
    refreshAt: masterRefresh > 0 ? now + masterRefresh : undefined,
    ...(extra !== undefined && { extraAt: now + extra.interval }),
  };
}

/** How an instance comes to be backup. */
export interface WayToBackup {
  readonly cause: Cause;
  /** The advert that beat it. */
  readonly heard?: Heard;
  /** First timeout; absent: Active_Down_Interval. */
  readonly timeout?: Micros | undefined;
}

/** To backup. A master leaves without a farewell: somebody stronger is there already. */
export function enterBackup(self: Instance, way: WayToBackup, now: Micros): Step {
  const { config } = self;
  const wasMaster = self.state.kind === "master";
  // Who has waited for a command to give way has said so to nobody who could hand over.
  const waited = self.state.kind === "master" && self.state.leaving !== undefined;
  const handover = isBeaten(way.cause) && !waited;
  const interval = config.version === 3 && way.heard ? way.heard.interval : config.advertInt;
  const state: BackupState = {
    kind: "backup",
    seq: self.seq + 1,
    activeAdverInterval: interval,
    heard: way.heard,
    preemptAt: undefined,
    willing: false,
    hint: undefined,
  };
  const next: Instance = { ...entered(self, now), state, seq: state.seq };
  return [next, [
    ...(wasMaster ? [{ kind: "cease", farewell: false, handover } as const] : []),
    moved(self, next, { to: "backup", cause: way.cause }),
    ...(wasMaster ? [{ kind: "reconcile" } as const] : []),
    watchAction(next, state, way.timeout ?? downInterval(next, interval)),
  ]];
}

/** Somebody else is master now, and announces itself; also elsewhere in the group. */
function isBeaten(cause: Cause): boolean {
  if (cause.kind === "sync-group") return isBeaten(cause.why);
  return cause.kind === "stronger-master";
}

/** To fault, with the causes of its health. A master says farewell. */
export function enterFault(self: Instance, now: Micros): Step {
  const { causes } = self.health;
  const next: Instance = { ...entered(self, now), state: { kind: "fault", causes } };
  return [farewellCounted(next, self), [
    ...endTransmission(self, false),
    moved(self, next, { to: "fault", cause: { kind: "faults", faults: causes } }),
    ...withdrawal(self),
    ...endWatch(self),
  ]];
}

/** For good: the program ends or a reload removed the instance. */
export function leave(self: Instance, to: "stop" | "deleted", now: Micros): Step {
  const next: Instance = { ...entered(self, now), state: { kind: "init" } };
  return [farewellCounted(next, self), [
    ...endTransmission(self, true),
    moved(self, next, { to, cause: { kind: to === "stop" ? "shutdown" : "reload" } }),
    ...withdrawal(self),
    ...endWatch(self),
  ]];
}

/** The watch of a backup with its deadline as it is; nothing for any other state. */
export function rewatch(self: Instance): readonly Action[] {
  const { state } = self;
  if (state.kind !== "backup" || state.willing) return [];
  // The number stays too: an expiry under way means what it says.
  return [watchAction(self, state, undefined)];
}

/** The watch of a master: who else speaks, and how strong. */
export function ear({ seq }: Instance): Action {
  return { kind: "watch", seq, expect: undefined, timeout: undefined, rearm: undefined };
}

/** The watch of a backup with a new deadline. */
export function rearm(self: Instance, state: BackupState, timeout: Micros): Step {
  // What was waited for does not matter any more.
  const { hook: _, ...rest } = state;
  const armed: BackupState = { ...rest, seq: self.seq + 1, willing: false };
  const next: Instance = { ...self, state: armed, seq: armed.seq };
  return [next, [watchAction(next, armed, timeout)]];
}

/** The one news of a change of state. */
function moved(
  { state }: Instance,
  next: Instance,
  { to, cause }: Pick<InstanceNews, "to" | "cause">,
): Action {
  const { name, notify: scripts } = next.config;
  const priority = effectivePriority(next);
  return {
    kind: "news",
    news: { kind: "instance", name, from: state.kind, to, priority, cause, scripts },
  };
}

/** The watch of a backup; without a timeout its deadline stays what it is. */
export function watchAction(
  self: Instance,
  state: BackupState,
  timeout: Micros | undefined,
): Action {
  const rearm = downInterval(self, state.activeAdverInterval);
  return { kind: "watch", seq: state.seq, expect: state.heard, timeout, rearm };
}

/** What every change of state resets; mastership ended is counted. */
function entered(self: Instance, now: Micros): Instance {
  const statistics = self.state.kind === "master"
    ? count(self.statistics, "release_master")
    : self.statistics;
  return { ...self, since: now, said: new Set(), statistics };
}

function farewellCounted(next: Instance, before: Instance): Instance {
  if (before.state.kind !== "master") return next;
  return { ...next, statistics: count(next.statistics, "pri_zero_sent") };
}

function endTransmission(self: Instance, handover: boolean): readonly Action[] {
  const { state } = self;
  if (state.kind !== "master") return [];
  // Who gives way has said nothing of it, and who has taken over needs no farewell.
  return [{ kind: "cease", farewell: state.leaving === undefined, handover }];
}

function withdrawal(self: Instance): readonly Action[] {
  return self.state.kind === "master" ? [{ kind: "reconcile" }] : [];
}

function endWatch(self: Instance): readonly Action[] {
  const listens = self.state.kind === "backup" || self.state.kind === "master";
  return listens ? [{ kind: "unwatch" }] : [];
}

function firstTimeout(self: Instance, owner: boolean): Micros | undefined {
  const { version, advertInt } = self.config;
  if (owner) return AT_ONCE;
  if (!self.headStart || self.state.kind !== "init") return undefined;
  return advertInt + skewTime({ version, priority: 255, interval: advertInt });
}
