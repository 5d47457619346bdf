/**
 * The VRRP state machine of one instance (RFC 9568 §6.4) with keepalived's extensions.
 *
 * Invariants: no I/O, no clock; a stale or foreign event changes nothing; actions come in the order
 * of operations of `action.ts`; an instance that did not change is returned itself.
 */

import { earlier, type Ip, type Micros, unreachable } from "../../net/mod.ts";
import { type Cause, sameFaults, type TrackerWeight } from "../../notify/mod.ts";
import { type Action, inOrder, type Step } from "./action.ts";
import { onAdvert, reassert } from "./fsm_advert.ts";
import { onResumed, type Resumption } from "./fsm_resume.ts";
import { comeToPower, giveWay, goOn, hookDeadline, isHeld, onHookOver } from "./fsm_hook.ts";
import {
  becomeMaster,
  begin,
  ear,
  enterBackup,
  enterFault,
  leave,
  periods,
  rearm,
  rewatch,
  secondBurst,
} from "./fsm_move.ts";
import type { VrrpInstanceConfig } from "../config.ts";
import type { Advert } from "../packet/packet.ts";
import {
  type BackupState,
  effectivePriority,
  type Health,
  type Heard,
  type Instance,
  type MasterState,
} from "./state.ts";
import { acceptable, downInterval } from "./election.ts";
import { allAddresses, deviceOf } from "../virtual_address.ts";
import { parted, rivalNews } from "./rival.ts";
import { sameValue } from "../../net/equal.ts";

/** What an instance is told. */
export type InstanceEvent =
  /** An advert passed every check. */
  | { readonly kind: "advert"; readonly advert: Advert; readonly heard: Heard }
  | { readonly kind: "expired"; readonly seq: number }
  | { readonly kind: "deadline" }
  /** Links, addresses or trackers changed. */
  | { readonly kind: "health"; readonly health: Health }
  /** A reload changed the instance's configuration; `health` is what it makes of the world. */
  | {
    readonly kind: "reconfigured";
    readonly config: VrrpInstanceConfig;
    readonly group: string | undefined;
    readonly health: Health;
  }
  /** Every member of the sync group is willing. */
  | { readonly kind: "promote" }
  /** Another member of the sync group left mastership. */
  | { readonly kind: "demote"; readonly cause: Cause }
  /** Another master of the sync group met a weaker one. */
  | { readonly kind: "reassert" }
  /** What it sent was not on the wire for a while, at least on the interface `on`, and is again. */
  | { readonly kind: "audible"; readonly on?: number }
  | { readonly kind: "lapsed" }
  | Resumption
  /** A command that it waits for has ended. */
  | { readonly kind: "hook-over"; readonly run: number }
  | { readonly kind: "shutdown" }
  /** A reload removed the instance. */
  | { readonly kind: "delete" };

/** Moves `self` by one event. Reads no clock, does no I/O, never throws; actions run in order. */
export function step(self: Instance, event: InstanceEvent, now: Micros): Step {
  const [next, actions] = move(self, event, now);
  return [next, inOrder([...actions, ...rivalNews(self, next, now)])];
}

function move(self: Instance, event: InstanceEvent, now: Micros): Step {
  switch (event.kind) {
    case "advert":
      return onAdvert(self, event, now);
    case "expired":
      return onExpired(self, event.seq, now);
    case "deadline":
      return onDeadline(self, now);
    case "health":
      return onHealth(self, event.health, now);
    case "reconfigured":
      return onReconfigured(self, event, now);
    case "promote":
      return onPromote(self, now);
    case "demote":
      return onDemote(self, event.cause, now);
    case "reassert":
      return self.state.kind === "master" && self.state.leaving === undefined
        ? reassert(self, self.state, now)
        : [self, []];
    case "audible":
      return onAudible(self, event.on, now);
    case "lapsed":
      return onLapsed(self, now);
    case "resumed":
      return onResumed(self, event, now);
    case "hook-over":
      return onHookOver(self, { run: event.run, causeOf: causeOfMastership }, now);
    case "shutdown":
      return leave(self, "stop", now);
    case "delete":
      return leave(self, "deleted", now);
    default:
      return unreachable(event);
  }
}

/** When `deadline` is due, if at all. */
export function instanceDeadline(self: Instance): Micros | undefined {
  const { state } = self;
  const hook = hookDeadline(self);
  if (hook !== undefined) return hook;
  if (state.kind === "master") {
    const { burst, refreshAt, extraAt, rival } = state;
    return [burst?.at, refreshAt, extraAt, rival?.until].reduce(earlier, undefined);
  }
  // A weaker master is expected only until preempt_delay ends; then its adverts must be reported.
  return state.kind === "backup" && state.heard !== undefined ? state.preemptAt : undefined;
}

/** No advert in time (RFC 9568 §6.4.2: Active_Down_Timer fires). */
function onExpired(self: Instance, seq: number, now: Micros): Step {
  const { state } = self;
  if (state.kind !== "backup" || state.seq !== seq || state.willing) return [self, []];
  return comeToPower(self, state, { cause: causeOfMastership(self, state), now });
}

/** Why a backup becomes master. */
function causeOfMastership(self: Instance, state: BackupState): Cause {
  if (state.hint !== undefined) return state.hint;
  const during = downInterval(self, state.activeAdverInterval);
  return { kind: "silence", peer: state.heard?.source, during };
}

function onDeadline(self: Instance, now: Micros): Step {
  const { state, config } = self;
  const due = instanceDeadline(self);
  if (due === undefined || due > now) return [self, []];
  if (hookDeadline(self) !== undefined) return goOn(self, causeOfMastership, now);
  if (state.kind === "backup") {
    // keepalived: preempt_delay is over; the deadline of the last accepted advert decides.
    const next: Instance = { ...self, state: { ...state, heard: undefined } };
    return [next, rewatch(next)];
  }
  if (state.kind !== "master") return [self, []];
  const actions: Action[] = [];
  let { burst, refreshAt } = state;
  if (burst !== undefined && burst.at <= now) {
    actions.push({ kind: "announce", repeat: burst.repeat });
    burst = undefined;
  }
  if (refreshAt !== undefined && refreshAt <= now) {
    actions.push({ kind: "announce", repeat: config.garp.masterRefreshRepeat });
    refreshAt = now + config.garp.masterRefresh;
  }
  let next: MasterState = { ...state, burst, refreshAt };
  if (state.extraAt !== undefined && state.extraAt <= now) {
    actions.push({ kind: "announce", repeat: 1, on: "extra" });
    const { extraAt } = periods(config.garp, now);
    if (extraAt !== undefined) next = { ...next, extraAt };
  }
  return [{ ...self, state: parted(next, now) }, actions];
}

const START = { kind: "start" } as const;

function onHealth(self: Instance, health: Health, now: Micros): Step {
  const { state } = self;
  const next: Instance = { ...self, health };
  if (state.kind === "fault") {
    if (health.causes.length > 0) {
      return [{ ...next, state: { ...state, causes: health.causes } }, []];
    }
    if (!health.ready) return [next, []];
    return begin(next, { kind: "recovery", faults: state.causes }, now);
  }
  if (health.causes.length > 0) return enterFault(next, now);
  if (state.kind === "init") return health.ready ? begin(next, START, now) : [next, []];
  if (sameFooting(self.health, health)) return [next, []];
  const said = priorityNews(self, next);
  if (state.kind === "master") {
    const transmit = transmitting(next, false);
    return [next, [...transmit, ...said, ear(next)]];
  }
  const heard = state.heard && acceptable(next, state, state.heard.priority, now)
    ? state.heard
    : undefined;
  const backup: Instance = { ...next, state: { ...state, heard } };
  return [backup, [...said, ...rewatch(backup)]];
}

/** The standing order anew, but of a master that gives way. */
function transmitting({ state }: Instance, immediately: boolean): readonly Action[] {
  const gives = state.kind === "master" && state.leaving !== undefined;
  return gives ? [] : [{ kind: "transmit", immediately }];
}

/** Whether the standing orders stay right. */
function sameFooting(a: Health, b: Health): boolean {
  return a.priority === b.priority && a.ifindex === b.ifindex && a.source === b.source;
}

/** Whether an instance would learn nothing new. */
export function sameHealth(a: Health, b: Health): boolean {
  return a.ready === b.ready && sameFooting(a, b) && sameFaults(a.causes, b.causes);
}

/** keepalived: a master advertises first and stays, with added addresses announced. */
function onReconfigured(
  before: Instance,
  change: Pick<Instance, "config" | "group" | "health">,
  now: Micros,
): Step {
  const { config, group, health } = change;
  const self: Instance = {
    ...before,
    config,
    group,
    yielded: before.yielded && config.priority === 255,
  };
  if (health.causes.length > 0 || self.state.kind === "init" || self.state.kind === "fault") {
    return onHealth(self, health, now);
  }
  if (self.state.kind === "backup") return reconfigureBackup({ ...self, health }, before, now);
  const repeat = config.garp.masterRepeat;
  const only = addedAddresses(before.config, config);
  const actions: Action[] = [...transmitting(self, true), { kind: "reconcile" }];
  if (only.length > 0) actions.push({ kind: "announce", repeat, only });
  if (self.state.kind !== "master" || sameValue(before.config.garp, config.garp)) {
    const master: Instance = { ...self, health };
    return [master, [...actions, ear(master)]];
  }
  const { refreshAt: _refreshAt, extraAt: _extraAt, ...kept } = self.state;
  const state = { ...kept, ...periods(config.garp, now) };
  const master: Instance = { ...self, health, state };
  return [master, [...actions, ear(master)]];
}

/**
 * What counts as an equal advert may have changed: the next one is judged anew, in the time that is left. That is no longer than what
 * the new configuration allows. In another version, or before anybody was heard, the interval is the own one.
 */
function reconfigureBackup(self: Instance, before: Instance, now: Micros): Step {
  if (self.state.kind !== "backup" || before.state.kind !== "backup") return [self, []];
  const { state } = self;
  if (state.willing && self.group === undefined && !isHeld(self)) {
    return becomeMaster(self, causeOfMastership(self, state), now);
  }
  const { version, advertInt } = self.config;
  const isLearned = version === 3 && before.config.version === 3 && !before.fresh;
  const activeAdverInterval = isLearned ? state.activeAdverInterval : advertInt;
  const backup: BackupState = { ...state, heard: undefined, activeAdverInterval };
  const next: Instance = { ...self, state: backup };
  const allowed = downInterval(next, activeAdverInterval);
  const isSooner = allowed < downInterval(before, state.activeAdverInterval);
  return isSooner && !state.willing ? rearm(next, backup, allowed) : [next, rewatch(next)];
}

/** Addresses that are new, or new on their interface; a change of prefix or label makes them anew. */
function addedAddresses(before: VrrpInstanceConfig, after: VrrpInstanceConfig): readonly Ip[] {
  const had = allAddresses(before).map((virtual) => ({
    ...virtual,
    dev: deviceOf(virtual, before),
  }));
  return allAddresses(after)
    .filter((virtual) => {
      const wanted = { ...virtual, dev: deviceOf(virtual, after) };
      return !had.some((one) => sameValue(one, wanted));
    })
    .map((virtual) => virtual.address);
}

function priorityNews(before: Instance, after: Instance): readonly Action[] {
  const [from, to] = [effectivePriority(before), effectivePriority(after)];
  if (from === to) return [];
  const cause = { kind: "trackers", changed: changedWeights(before.health, after.health) } as const;
  const { config: { name, notify: scripts }, state: { kind: state } } = after;
  return [{ kind: "news", news: { kind: "priority", name, from, to, cause, state, scripts } }];
}

/** What adds another amount than before, with the amount it adds now. */
function changedWeights(before: Health, after: Health): readonly TrackerWeight[] {
  const key = ({ tracker }: TrackerWeight) => `${tracker.kind} ${tracker.name}`;
  const now = new Map(after.weights.map((each) => [key(each), each.amount]));
  const then = new Map(before.weights.map((each) => [key(each), each.amount]));
  const gone = before.weights.filter((each) => !now.has(key(each)))
    .map(({ tracker }) => ({ tracker, amount: 0 }));
  return [...after.weights.filter((each) => then.get(key(each)) !== each.amount), ...gone];
}

/**
 * Not keepalived, whose clients wait for their ARP caches to expire: others may have answered for the addresses meanwhile, so
 * everybody is told anew, as by a new master.
 */
function onAudible(self: Instance, on: number | undefined, now: Micros): Step {
  const { state, config: { garp }, health } = self;
  if (state.kind !== "master" || state.leaving !== undefined) return [self, []];
  const actions: Action[] = on === undefined
    ? [{ kind: "announce", repeat: garp.masterRepeat }]
    : [{ kind: "announce", repeat: garp.masterRepeat, on }];
  // Who may be master in its place is to hear of it at once.
  if (on === health.ifindex) actions.push({ kind: "transmit", immediately: true });
  return [{ ...self, state: { ...state, burst: secondBurst(garp, now) } }, actions];
}

function onPromote(self: Instance, now: Micros): Step {
  const { state } = self;
  if (state.kind !== "backup" || !state.willing || isHeld(self)) return [self, []];
  return becomeMaster(self, causeOfMastership(self, state), now);
}

function onDemote(self: Instance, cause: Cause, now: Micros): Step {
  const { state } = self;
  if (state.kind !== "master") return [self, []];
  return giveWay(self, state, { way: { cause }, now });
}

/** Farewell and withdrawal are done; the order is ended again in case it was given anew since. */
function onLapsed(self: Instance, now: Micros): Step {
  if (self.state.kind !== "master") return [self, []];
  return enterBackup(self, { cause: { kind: "lease-lapsed" } }, now);
}
