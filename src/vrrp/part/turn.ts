/**
 * One step of the part while it happens: instances are told things one after another, what they
 * want is collected and comes out in the order of operations, across all of them.
 *
 * A turn is the only mutable value of the part and never leaves `stepVrrp`.
 */

import { type Micros, unreachable } from "../../net/mod.ts";
import type { Cause } from "../../notify/mod.ts";
import { type Action, rankOf } from "../fsm/action.ts";
import type { VrrpInstanceConfig } from "../config.ts";
import type { AddressPlace, VrrpEffect } from "../effect.ts";
import { instanceDeadline, type InstanceEvent, step } from "../fsm/fsm.ts";
import type { KernelFacts } from "../kernel_facts.ts";
import { withDeadline } from "../../net/deadlines.ts";
import { backupsAmong } from "./foreseen.ts";
import { desiredAt } from "./wanted/desired.ts";
import { toEffects } from "./sending/orders.ts";
import type { VrrpPart } from "./part_state.ts";
import { thingKeysOf } from "./wanted/things.ts";
import type { Instance } from "../fsm/state.ts";

/** A step under way. */
export interface Turn {
  part: VrrpPart;
  /** The instances of `part`, once this turn has copied them. */
  copied: Instance[] | undefined;
  readonly now: Micros;
  /** Sockets to be opened first. */
  readonly before: VrrpEffect[];
  /** What instances want, with the instance as it was then. */
  readonly wanted: (readonly [Instance, Action])[];
  /** Where the kernel's addresses are to be compared with those desired. */
  changed: "all" | AddressPlace[];
  /** Keys of other things of the kernel to be compared with those desired. */
  changedThings: "all" | string[];
  /** News of sync groups, after those of members. */
  readonly groupNews: VrrpEffect[];
  /** Sockets to be closed, last. */
  readonly after: VrrpEffect[];
  /** Sync groups with a member that was told something. */
  readonly groups: Set<string>;
  /** Instances that were told something, by position. */
  readonly told: Set<number>;
  /** Instances that may do something else on their expiry than before, or have heard something. */
  readonly stale: Set<number>;
  /** Instances that left mastership, and why. */
  readonly lost: Map<number, Cause>;
  /** Instances whose state changed, in the order of the changes, and why they changed last. */
  readonly moved: Map<number, Cause>;
}

/** A turn in which nothing happened yet. */
export function newTurn(part: VrrpPart, now: Micros): Turn {
  return {
    part,
    copied: undefined,
    now,
    before: [],
    wanted: [],
    changed: [],
    changedThings: [],
    groupNews: [],
    after: [],
    groups: new Set(),
    told: new Set(),
    stale: new Set(),
    lost: new Map(),
    moved: new Map(),
  };
}

/** Puts another instance in the place of one. */
export function replace(turn: Turn, at: number, instance: Instance): void {
  const { part } = turn;
  const before = part.instances[at];
  // The array that was copied by this turn is its own until the end.
  const instances = part.instances === turn.copied ? turn.copied : [...part.instances];
  turn.copied = instances;
  instances[at] = instance;
  const deadlines = withDeadline(part.deadlines, instance.order, {
    from: before && instanceDeadline(before),
    to: instanceDeadline(instance),
  });
  turn.part = { ...part, instances, deadlines };
}

/** Notes where the kernel's addresses may have to change. */
export function change(turn: Turn, places: readonly AddressPlace[]): void {
  if (turn.changed !== "all") turn.changed.push(...places);
}

/** Notes which other things of the kernel may have to change, by key. */
export function changeThings(turn: Turn, keys: readonly string[]): void {
  if (turn.changedThings !== "all") turn.changedThings.push(...keys);
}

/** Tells one instance of an event. Returns what it wants. */
export function tell(turn: Turn, at: number, event: InstanceEvent): readonly Action[] {
  const before = turn.part.instances[at];
  if (before === undefined) return [];
  turn.told.add(at);
  const [next, actions] = step(before, event, turn.now);
  if (next !== before) replace(turn, at, next);
  if (next !== before) turn.stale.add(at);
  if (next.group !== undefined && next !== before) turn.groups.add(next.group);
  for (const action of actions) {
    turn.wanted.push([next, action]);
    if (action.kind !== "news" || action.news.kind !== "instance") continue;
    turn.moved.set(at, action.news.cause);
    if (action.news.from === "master") turn.lost.set(at, action.news.cause);
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
  // In the order of the file, whoever of a group was first to be told.
  const positions = (phases.get("reconcile") ?? []).map(([{ order, config }]) =>
    [part.byOrder.get(order) ?? 0, config] as const
  );
  for (const [, config] of positions.toSorted(([a], [b]) => a - b)) {
    change(turn, placesOf(config, part.kernel));
    changeThings(turn, thingKeysOf(config, part.kernel));
  }
  const { changed, changedThings } = turn;
  return [part, [
    ...turn.before,
    ...effects("adverts"),
    // keepalived: of what begins the groups are told first, of all else after their members.
    ...turn.groupNews.filter(isBeginning),
    ...effects("words"),
    ...turn.groupNews.filter((effect) => !isBeginning(effect)),
    ...(changed.length > 0 ? [{ kind: "reconcile-addresses", changed } as const] : []),
    ...(changedThings.length > 0
      ? [{ kind: "reconcile-things", changed: changedThings } as const]
      : []),
    ...asOne(effects("announcements")),
    ...effects("timers"),
    ...turn.after,
    ...foreseeing(turn),
  ]];
}

/** Also of an advert that changes nothing: what is prepared for holds only until something is heard. */
function foreseeing({ part, stale }: Turn): readonly VrrpEffect[] {
  if (part.phase !== "running") return [];
  const orders = backupsAmong(part, stale);
  return orders.length === 0 ? [] : [{ kind: "foresee", orders }];
}

function isBeginning(effect: VrrpEffect): boolean {
  return effect.kind === "news" && effect.news.kind === "group" && effect.news.from === "init";
}

/** Where the addresses of an instance are, or would be. */
export function placesOf(config: VrrpInstanceConfig, kernel: KernelFacts): readonly AddressPlace[] {
  return [...desiredAt(config, kernel).values()]
    .map((address) => ({ ifindex: address.ifindex, address }));
}

/**
 * Announced together every interface is told once before any is told again. Of a pair of addresses with real servers between
 * them, one that is announced later still leads to the old master, and with it the answers to whatever came in by the other.
 */
function asOne(effects: readonly VrrpEffect[]): readonly VrrpEffect[] {
  const places = effects.flatMap((effect) => effect.kind === "announce" ? effect.places : []);
  return places.length === 0 ? [] : [{ kind: "announce", places }];
}

/** Where the effects of the part as a whole come in between those of the instances. */
type Phase = "adverts" | "words" | "reconcile" | "announcements" | "timers";

function phaseOf(action: Action): Phase {
  switch (action.kind) {
    case "advert":
    case "transmit":
    case "cease":
      return "adverts";
    case "news":
      return "words";
    case "reconcile":
      return "reconcile";
    case "announce":
      return "announcements";
    case "watch":
    case "unwatch":
    case "hook":
    case "reassert-group":
      return "timers";
    default:
      return unreachable(action);
  }
}
