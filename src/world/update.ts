/**
 * The whole daemon as one reducer: `(world, event, now) → [world, effects]`. Deterministic: no clock, no I/O, no chance.
 *
 * An event goes to the part it concerns; the parts' effects pass through in order; where a part asks for reconciliation, the difference
 * between what it wants and what the kernel holds takes the place of the request.
 */

import { nextLvsDeadline } from "../lvs/mod.ts";
import type { Micros } from "../net/micros.ts";
import { unreachable } from "../net/unreachable.ts";
import {
  nextTrackDeadline,
  stepDueTrackers,
  stepTrack,
  toldOfInterface,
  type TrackEvent,
} from "../track/mod.ts";
import { linkAt, linkNamed, nextVrrpDeadline } from "../vrrp/mod.ts";
import { chain, type Update } from "./chain.ts";
import { withoutRestored, withSetting } from "./claims/claiming.ts";
import type { WorldEvent } from "./event.ts";
import { unexpired } from "./handover.ts";
import { duePrecedence } from "./kernel/address_precedence.ts";
import {
  onServicesApplied,
  onServicesDue,
  onServicesHeard,
  onTable,
  onTableChanged,
} from "./step/services.ts";
import {
  withAppliedThings,
  withDueThings,
  withoutThingsOn,
  withTakenThings,
} from "./kernel/things.ts";
import { onRenew, released } from "./lease.ts";
import { settleAll } from "./settle/mod.ts";
import { onTakenOver } from "./takeover/taken_over.ts";
import {
  onAddress,
  onAddressesApplied,
  retryAddresses,
  toldOfAddress,
  withPrecedence,
} from "./step/addresses.ts";
import { handoversEnded, onShutdown } from "./step/leaving.ts";
import { lookAtGroups, losing, lvsStep, trackStep, vrrpStep } from "./step/parts.ts";
import { onReload, onStart } from "./step/phases.ts";
import { summed } from "./talk.ts";
import type { World } from "./world.ts";

/** Moves the world by one event that comes alone. Reads no clock, does no I/O; effects run in order. */
export function update(world: World, event: WorldEvent, now: Micros): Update {
  return chain(take(world, event, now), settleAll);
}

/**
 * Moves the world by one event of several that come together; {@linkcode settle} follows the last. What the kernel's tables should
 * be is compared with what they are only there, so effects that must come behind that wait for it.
 */
export function take(world: World, event: WorldEvent, now: Micros): Update {
  switch (event.kind) {
    case "start":
      return onStart(world, event, now);
    case "packet":
    case "expired":
    case "lapsed":
    case "sending":
    case "hook-over":
    case "claimed":
    case "listen-result":
    case "counters":
    case "clear-statistics":
      return vrrpStep(released(world, event), event, now);
    case "taken-over":
      return onTakenOver(world, event, now);
    case "outcome":
    case "check-result":
    case "check-not-begun":
    case "connections":
    case "ports":
      return lvsStep(world, event, now);
    case "script-result":
    case "script-gone":
    case "script-not-begun":
    case "file-changed":
    case "process-count":
      return onTrackEvent(world, event, now);
    case "link":
      return chain(
        losing(withoutThingsOn(world, event), now),
        (next) => onLink(next, event, now),
      );
    case "address":
      return chain(
        onAddress(world, event, now),
        (next) => toldOfAddress(next, event, now),
      );
    case "addresses-applied":
      return onAddressesApplied(world, event, now);
    case "kernel-applied":
      return losing(withAppliedThings(withoutRestored(world, event), event, now), now);
    case "setting-was":
      return [withSetting(world, event.setting), []];
    case "things-shaken":
      return withTakenThings(world, event, now);
    case "ipvs-services":
      return onServicesHeard(world, event);
    case "ipvs-table":
      return onTable(world, event, now);
    case "ipvs-changed":
      return onTableChanged(world, now);
    case "ipvs-applied":
      return onServicesApplied(world, event, now);
    case "deadline":
      return onDeadline(world, now);
    case "renew":
      return onRenew(world, now);
    case "reload":
      return onReload(world, event, now);
    case "shutdown":
      return onShutdown(world, now);
    default:
      return unreachable(event);
  }
}

function onDeadline(world: World, now: Micros): Update {
  const due = (at: Micros | undefined) => at !== undefined && at <= now;
  return chain(
    [world, []],
    (next) =>
      due(nextVrrpDeadline(next.vrrp)) ? vrrpStep(next, { kind: "deadline" }, now) : [next, []],
    (next) =>
      due(nextTrackDeadline(next.track))
        ? trackStep(next, stepDueTrackers(next.track, now), now)
        : [next, []],
    (next) =>
      due(nextLvsDeadline(next.lvs)) ? lvsStep(next, { kind: "deadline" }, now) : [next, []],
    (next) => saidMore(next, now),
    (next) => due(next.addresses.retry?.at) ? retryAddresses(next, now) : [next, []],
    (next) => losing(withDueThings(next, now), now),
    (next) => {
      const handovers = unexpired(next.handovers, now);
      return handovers === next.handovers
        ? [next, []]
        : handoversEnded({ ...next, handovers }, next, now);
    },
    ...duePrecedence(world.addresses.precedence, now).map((behind) => (next: World) =>
      withPrecedence(next, behind, now)
    ),
    (next) => onServicesDue(next, now),
  );
}

/** What was said too often to be said each time is summed up. */
function saidMore(world: World, now: Micros): Update {
  const [talk, lines] = summed(world.talk, world.vrrp, now);
  return [talk === world.talk ? world : { ...world, talk }, lines];
}

/** The VRRP part hears of the link, then whoever follows the interfaces that have or had its name. */
function onLink(
  world: World,
  event: Extract<WorldEvent, { readonly kind: "link" }>,
  now: Micros,
): Update {
  const { ifname, ifindex } = event.link;
  const before = linkAt(world.vrrp.kernel, ifindex)?.ifname ?? ifname;
  return chain(
    vrrpStep(world, event, now),
    ...[...new Set([ifname, before])].map((name) => (next: World) =>
      trackStep(
        next,
        toldOfInterface(next.track, name, { link: linkNamed(next.vrrp.kernel, name), now }),
        now,
      )
    ),
    (next) => lookAtGroups(next, now),
  );
}

/** At the end nobody waits for what a tracker finds. */
function onTrackEvent(world: World, event: TrackEvent, now: Micros): Update {
  if (world.phase !== "running") return [world, []];
  return trackStep(world, stepTrack(world.track, event, now), now);
}
