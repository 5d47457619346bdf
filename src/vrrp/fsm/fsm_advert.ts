/** An advert arrives (RFC 9568 §6.4.2 for a backup, §6.4.3 for a master). */

import { type Micros, unreachable } from "../../net/mod.ts";
import type { Cause } from "../../notify/mod.ts";
import { sameValue } from "../../net/equal.ts";
import { type Action, remarkOn, type Step } from "./action.ts";
import { acceptable, downInterval, skewOf, strengthOf } from "./election.ts";
import { giveWay } from "./fsm_hook.ts";
import { rearm } from "./fsm_move.ts";
import type { Advert } from "../packet/packet.ts";
import { meet } from "./rival.ts";
import { count } from "./statistics.ts";
import {
  type BackupState,
  effectivePriority,
  type Heard,
  type Instance,
  type MasterState,
} from "./state.ts";

/** An advert that passed every check, and its bytes. */
export interface AdvertHeard {
  readonly advert: Advert;
  readonly heard: Heard;
}

/** Moves `self` by an advert; `init` and `fault` heed none. */
export function onAdvert(self: Instance, input: AdvertHeard, now: Micros): Step {
  const { state } = self;
  switch (state.kind) {
    case "init":
    case "fault":
      return [self, []];
    case "backup":
      return onAdvertAsBackup(self, state, { ...input, now });
    case "master":
      return onAdvertAsMaster(self, state, { ...input, now });
    default:
      return unreachable(state);
  }
}

/** Answers a weaker master: an advert at once, and gratuitous ARP to undo what it announced. */
export function reassert(self: Instance, state: MasterState, now: Micros): Step {
  const { garp, lowerPrioNoAdvert } = self.config;
  const repeat = garp.lowerPrioRepeat;
  const actions: Action[] = [];
  if (!lowerPrioNoAdvert) actions.push({ kind: "transmit", immediately: true });
  if (repeat === 0) return [self, actions];
  actions.push({ kind: "announce", repeat });
  if (garp.lowerPrioDelay === 0) return [self, actions];
  const burst = { at: now + garp.lowerPrioDelay, repeat };
  return [{ ...self, state: { ...state, burst } }, actions];
}

interface Timed extends AdvertHeard {
  readonly now: Micros;
}

function onAdvertAsBackup(self: Instance, state: BackupState, input: Timed): Step {
  const { advert, heard, now } = input;
  if (advert.priority === 0) {
    const hint = { kind: "resignation", peer: heard.source } as const;
    const resigned: BackupState = { ...state, heard: undefined, hint };
    return rearm(self, resigned, skewOf(self, state.activeAdverInterval));
  }
  const weaker = advert.priority < effectivePriority(self);
  const delay = self.config.preemptDelay;
  // keepalived: the first weaker advert starts preempt_delay, an equal or stronger one ends it.
  const preemptAt = weaker && delay > 0 ? state.preemptAt ?? now + delay : undefined;
  if (!acceptable(self, { ...state, preemptAt }, advert.priority, now)) {
    return discard(self, state, heard);
  }
  // v3 adopts the master's interval (RFC 9568 §6.4.2); in v2 it was checked to be the own one.
  const activeAdverInterval = self.config.version === 3 ? advert.interval : self.config.advertInt;
  const accepted: BackupState = {
    ...state,
    heard,
    preemptAt,
    activeAdverInterval,
    hint: undefined,
  };
  const known: Instance = { ...self, fresh: false };
  const [next, actions] = rearm(known, accepted, downInterval(self, activeAdverInterval));
  return withIntervalRemark(next, advert, actions);
}

/** A weaker master is not heeded: the timer runs on and this node takes over (Preempt_Mode). */
function discard(self: Instance, state: BackupState, heard: Heard): Step {
  const { source: peer, priority } = heard;
  const hint: Cause = { kind: "weaker-master", peer, priority, own: effectivePriority(self) };
  return sameValue(hint, state.hint) ? [self, []] : [{ ...self, state: { ...state, hint } }, []];
}

/** A different interval in v3 is legal, but somebody should know: said once per state. */
function withIntervalRemark(self: Instance, advert: Advert, actions: readonly Action[]): Step {
  const { advertInt } = self.config;
  if (advert.interval === advertInt || self.said.has("interval")) return [self, actions];
  const remark = { kind: "other-interval", theirs: advert.interval, ours: advertInt } as const;
  const next = { ...self, said: new Set([...self.said, "interval"]) };
  return [next, [remarkOn(self, remark), ...actions]];
}

function onAdvertAsMaster(self: Instance, state: MasterState, input: Timed): Step {
  const { advert, heard } = input;
  // It gives way already; who is master then is heard as a backup.
  if (state.leaving !== undefined) return [self, []];
  if (advert.priority === 0) return [self, [{ kind: "transmit", immediately: true }]];
  const strength = strengthOf(self, advert.priority, heard.source);
  switch (strength) {
    case "stronger":
      return beaten(self, state, input);
    case "weaker":
      return onWeaker(self, state, input);
    case "same":
      return echo(self);
    default:
      return unreachable(strength);
  }
}

/**
 * To backup, without an advert of priority 0: the stronger master is there.
 *
 * Not keepalived, which does it with `higher_prio_send_advert` only: a last advert says that there were two masters. Which of them hears
 * of the other first after a partition is chance; if it is this one, the stronger would never know, and clients that have learnt this
 * one's address would be served by nobody until they ask again, half a minute later.
 */
function beaten(before: Instance, state: MasterState, { advert, heard, now }: Timed): Step {
  const { higherPrioSendAdvert, strict } = before.config;
  const says = higherPrioSendAdvert || !strict;
  const last: readonly Action[] = says ? [{ kind: "advert" }] : [];
  const self = says ? { ...before, statistics: count(before.statistics, "advert_sent") } : before;
  const { source: peer, priority } = heard;
  const cause: Cause = { kind: "stronger-master", peer, priority };
  const [next, actions] = giveWay(self, state, { way: { cause, heard }, now });
  return [next, [...last, ...ownersRemark(self, advert, heard), ...actions]];
}

function onWeaker(self: Instance, state: MasterState, { advert, heard, now }: Timed): Step {
  const conflict = isOwnerConflict(self, advert);
  const remark = ownersRemark(self, advert, heard);
  // keepalived: of two owners the one with the higher address answers at first; if the other does
  // not step back it calls itself 254, so that one of them wins.
  const conflicts = state.conflicts + (conflict ? 1 : 0);
  const yielded = self.yielded || conflicts > self.config.downTimerAdverts;
  const said = remark.length > 0 ? new Set([...self.said, "owners"]) : self.said;
  const { advertInt } = self.config;
  const interval = self.config.version === 3 ? Math.max(advert.interval, advertInt) : advertInt;
  const met = meet(state, { peer: heard.source, by: "adverts", interval }, now);
  const counted: MasterState = conflict ? { ...met, conflicts } : met;
  const next: Instance = { ...self, said, yielded, state: counted };
  const [after, actions] = reassert(next, counted, now);
  const { name, notify: scripts } = self.config;
  const priority = effectivePriority(after);
  const news = { kind: "lower-priority", name, priority, scripts } as const;
  return [after, [...remark, ...actions, { kind: "news", news }, { kind: "reassert-group" }]];
}

function isOwnerConflict(self: Instance, advert: Advert): boolean {
  return self.config.priority === 255 && advert.priority === 255;
}

function ownersRemark(self: Instance, advert: Advert, heard: Heard): readonly Action[] {
  if (!isOwnerConflict(self, advert) || self.said.has("owners")) return [];
  return [remarkOn(self, { kind: "two-owners", peer: heard.source })];
}

/** Multicast loop is off, so an own advert comes back only over a loop in the network. */
function echo(self: Instance): Step {
  if (self.said.has("echo")) return [self, []];
  const next = { ...self, said: new Set([...self.said, "echo"]) };
  return [next, [remarkOn(self, { kind: "echo" })]];
}
