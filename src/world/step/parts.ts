/**
 * The parts moved by what concerns them. Their effects pass through in order; what they ask of the kernel's tables is noted, what
 * happened is told.
 */

import { type LvsEvent, stepLvs } from "../../lvs/mod.ts";
import type { LvsEffect } from "../../lvs/part/effect.ts";
import type { Micros } from "../../net/micros.ts";
import type { VrrpNews } from "../../notify/mod.ts";
import { toldOfGroups, type TrackStep } from "../../track/mod.ts";
import type { VrrpEffect } from "../../vrrp/effect.ts";
import { completeGroups, stepVrrp, type VrrpEvent } from "../../vrrp/mod.ts";
import { chain, type Update } from "../chain.ts";
import { withChangedAddresses, withChangedServices } from "../changed.ts";
import type { WorldEffect } from "../effect.ts";
import { begun, over } from "../handover.ts";
import { SYNC_KEYS } from "../kernel/lvs_things.ts";
import { type Lost, withChangedThings } from "../kernel/things.ts";
import { leased, unleased } from "../lease.ts";
import { spread } from "../news.ts";
import { staled } from "../takeover/stale.ts";
import { behindAddresses, withProbe } from "../unsettled.ts";
import type { World } from "../world.ts";

export function vrrpStep(world: World, event: VrrpEvent, now: Micros): Update {
  const [vrrp, effects] = stepVrrp(world.vrrp, event, now);
  const next = vrrp === world.vrrp ? world : { ...world, vrrp };
  return passed(next, effects, (at, effect) => vrrpEffect(at, effect, now));
}

function vrrpEffect(world: World, effect: VrrpEffect, now: Micros): Update {
  switch (effect.kind) {
    case "reconcile-addresses":
      return [withChangedAddresses(world, effect.changed), []];
    case "reconcile-things":
      return [withChangedThings(world, effect.changed), []];
    case "announce": {
      const { unsettled } = world;
      if (unsettled.addresses === undefined) return [world, [effect]];
      return [{ ...world, unsettled: behindAddresses(unsettled, effect) }, []];
    }
    case "transmit": {
      const handovers = over(world.handovers, effect.order);
      return [
        leased({ ...world, handovers }, effect.order, now),
        [{ ...effect, lease: world.options.lease }],
      ];
    }
    case "foresee":
      return [staled(world, effect.orders), []];
    case "cease":
      return ceased(world, effect, now);
    case "news":
      return spread(followedBySync(world, effect.news), effect.news, now);
    default:
      return [world, [effect]];
  }
}

/** A master leaves; with a guardian, and unless its addresses are to be left behind anyway, it hands over. */
function ceased(
  world: World,
  { handover, ...cease }: Extract<VrrpEffect, { readonly kind: "cease" }>,
  now: Micros,
): Update {
  const { order } = cease;
  const stays = world.phase === "stopping" && world.options.keepAddresses;
  if (handover === undefined || !world.options.guarded || stays) {
    return [unleased(world, order), [cease]];
  }
  const handovers = begun(world.handovers, { order, ...handover }, now);
  return [unleased({ ...world, handovers }, order), [{ ...cease, handover }]];
}

/** The sync daemons follow the instance named. */
function followedBySync(world: World, news: VrrpNews): World {
  const { syncDaemon } = world.lvs.config;
  if (syncDaemon?.instance === undefined || news.kind !== "instance") return world;
  return news.name === syncDaemon.instance ? withChangedThings(world, SYNC_KEYS) : world;
}

export function lvsStep(world: World, event: LvsEvent, now: Micros): Update {
  const [lvs, effects] = stepLvs(world.lvs, event, now);
  const moved = lvs === world.lvs ? world : { ...world, lvs };
  // What departs takes its part of the kernel's other tables with it.
  const next = lvs.config === world.lvs.config || event.kind === "reload"
    ? moved
    : withChangedThings(moved, "all");
  return passed(next, effects, (at, effect) => lvsEffect(at, effect, now));
}

function lvsEffect(world: World, effect: LvsEffect, now: Micros): Update {
  switch (effect.kind) {
    case "reconcile-services":
      return [withChangedServices(world, effect.changed), []];
    case "probe":
    case "unprobe":
      return [{ ...world, unsettled: withProbe(world.unsettled, effect) }, []];
    case "news":
      return spread(world, effect.news, now);
    default:
      return [world, [effect]];
  }
}

/** What trackers found is said, and those who follow them look. */
export function trackStep(
  before: World,
  { part, effects, changed }: TrackStep,
  now: Micros,
): Update {
  const world = part === before.track ? before : { ...before, track: part };
  return chain(
    passed(
      world,
      effects,
      (at, effect) => effect.kind === "news" ? spread(at, effect.news, now) : [at, [effect]],
    ),
    (next) =>
      changed.length === 0
        ? [next, []]
        : vrrpStep(next, { kind: "tracked", trackers: part.states, changed }, now),
    (next) =>
      changed.length === 0
        ? [next, []]
        : lvsStep(next, { kind: "tracked", trackers: part.states, changed }, now),
  );
}

/** What is known of trackers by now, to servers that may be new. */
export function tellServers(world: World, now: Micros): Update {
  return lvsStep(world, { kind: "tracked", trackers: world.track.states, changed: "all" }, now);
}

/** Who has things of the kernel is told what of them cannot be put back, when that has changed. */
export function losing([world, lost]: readonly [World, Lost | undefined], now: Micros): Update {
  if (lost === undefined) return [world, []];
  return chain(
    vrrpStep(world, { kind: "lost", lost }, now),
    (next) => lookAtGroups(next, now),
  );
}

/** Whoever depends on static objects looks whether they still are there. */
export function lookAtGroups(world: World, now: Micros): Update {
  const { config, kernel, lost } = world.vrrp;
  if (config.trackGroups.length === 0) return [world, []];
  return trackStep(world, toldOfGroups(world.track, completeGroups(config, kernel, lost)), now);
}

/** Turns the effects of a part into those of the world, in order. */
function passed<E>(
  world: World,
  effects: readonly E[],
  pass: (world: World, effect: E) => Update,
): Update {
  const out: WorldEffect[] = [];
  let at = world;
  for (const effect of effects) {
    const [next, more] = pass(at, effect);
    at = next;
    out.push(...more);
  }
  return [at, out];
}
