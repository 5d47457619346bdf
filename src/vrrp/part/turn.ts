/**
 * One step of the part while it happens: instances are told things one after another, what they
 * want is collected and comes out in the order of operations, across all of them.
 *
 * A turn is the only mutable value of the part and never leaves `stepVrrp`.
 */

import { type Micros, unreachable } from "../../net/mod.ts";
import { type Action, rankOf } from "../fsm/action.ts";
import type { VrrpEffect } from "../effect.ts";
import { type InstanceEvent, step } from "../fsm/fsm.ts";
import { toEffects } from "./orders.ts";
import type { VrrpPart } from "./part_state.ts";
import type { Instance } from "../fsm/state.ts";

/** A step under way. */
export interface Turn {
  part: VrrpPart;
  readonly now: Micros;
  /** Sockets to be opened first. */
  readonly before: VrrpEffect[];
  /** What instances want, with the instance as it was then. */
  readonly wanted: (readonly [Instance, Action])[];
  /** The kernel's addresses are to be compared with those desired. */
  reconcile: boolean;
  /** Notifications of sync groups, after those of members. */
  readonly groupNotices: VrrpEffect[];
  /** Scripts to be started and sockets to be closed, last. */
  readonly after: VrrpEffect[];
  /** Sync groups with a member that was told something. */
  readonly groups: Set<string>;
  /** Instances that were told something, by position. */
  readonly told: Set<number>;
  /** Instances that left mastership, and why. */
  readonly lost: Map<number, string>;
}

/** A turn in which nothing happened yet. */
export function newTurn(part: VrrpPart, now: Micros): Turn {
  return {
    part,
    now,
    before: [],
    wanted: [],
    reconcile: false,
    groupNotices: [],
    after: [],
    groups: new Set(),
    told: new Set(),
    lost: new Map(),
  };
}

/** Puts another instance in the place of one. */
export function replace(turn: Turn, at: number, instance: Instance): void {
  turn.part = { ...turn.part, instances: turn.part.instances.with(at, instance) };
}

/** Tells one instance of an event. Returns what it wants. */
export function tell(turn: Turn, at: number, event: InstanceEvent): readonly Action[] {
  const before = turn.part.instances[at];
  if (before === undefined) return [];
  turn.told.add(at);
  const [next, actions] = step(before, event, turn.now);
  if (next !== before) replace(turn, at, next);
  if (next.group !== undefined && next !== before) turn.groups.add(next.group);
  for (const action of actions) {
    turn.wanted.push([next, action]);
    if (action.kind === "transition" && action.from === "master") turn.lost.set(at, action.cause);
  }
  return actions;
}

/** The part after the turn and its effects. */
export function finish(turn: Turn): readonly [VrrpPart, readonly VrrpEffect[]] {
  const { part } = turn;
  const around = { config: part.config, directory: part.directory, kernel: part.kernel };
  const phases = Map.groupBy(turn.wanted, ([, action]) => phaseOf(action));
  const effects = (phase: Phase) =>
    (phases.get(phase) ?? [])
      .toSorted(([, a], [, b]) => rankOf(a) - rankOf(b))
      .flatMap(([instance, action]) => toEffects(action, instance, around));
  const reconcile = turn.reconcile || phases.has("reconcile");
  return [part, [
    ...turn.before,
    ...effects("adverts and words"),
    ...(reconcile ? [{ kind: "reconcile-addresses" } as const] : []),
    ...inRounds(effects("announcements and notices")),
    ...turn.groupNotices,
    ...effects("timers"),
    ...turn.after,
  ]];
}

/**
 * Every interface is told once before any is told again. Of a pair of addresses with real servers between them, one that is
 * announced later still leads to the old master, and with it the answers to whatever came in by the other.
 */
function inRounds(effects: readonly VrrpEffect[]): readonly VrrpEffect[] {
  const announcements = effects.filter((effect) => effect.kind === "announce");
  if (announcements.length < 2) return effects;
  return [
    ...announcements.map((effect) => ({ ...effect, repeat: 1 })),
    ...announcements.filter(({ repeat }) => repeat > 1)
      .map((effect) => ({ ...effect, repeat: effect.repeat - 1 })),
    ...effects.filter((effect) => effect.kind !== "announce"),
  ];
}

/** Where the effects of the part as a whole come in between those of the instances. */
type Phase = "adverts and words" | "reconcile" | "announcements and notices" | "timers";

function phaseOf(action: Action): Phase {
  switch (action.kind) {
    case "advert":
    case "transmit":
    case "cease":
    case "log":
    case "transition":
      return "adverts and words";
    case "reconcile":
      return "reconcile";
    case "announce":
    case "notify":
      return "announcements and notices";
    case "watch":
    case "unwatch":
    case "reassert-group":
      return "timers";
    default:
      return unreachable(action);
  }
}
