/** The VRRP part and the trackers beside it, moved together as the world moves them. */

import { earlier, type Micros } from "../../net/mod.ts";
import type { VrrpScriptConfig } from "../../track/config.ts";
import type { TrackEffect } from "../../track/effect.ts";
import type { TrackEvent } from "../../track/event.ts";
import { NOTHING_DECLARED } from "../../track/config.ts";
import {
  type Followed,
  nextTrackDeadline,
  reloadTrack,
  startTrack,
  type TrackPart,
  type TrackStep,
} from "../../track/part.ts";
import { stepDueTrackers, stepTrack, toldOfInterface, withInterfaces } from "../../track/step.ts";
import type { VrrpConfig } from "../config.ts";
import type { VrrpEffect } from "../effect.ts";
import type { VrrpEvent } from "../event.ts";
import { linkAt, linkNamed } from "../kernel_facts.ts";
import { followedBy } from "./health/following.ts";
import type { Address } from "../../kernel/address.ts";
import { nextVrrpDeadline, startVrrp, stepVrrp } from "./part.ts";
import { configuredAddresses, desiredAddresses } from "./wanted/desired.ts";
import type { VrrpPart } from "./part_state.ts";

/** A configuration and the scripts that are declared beside it. */
export interface Together extends VrrpConfig {
  readonly scripts: readonly VrrpScriptConfig[];
}

/** The part with the trackers beside it, as the world moves both. */
export interface Tracking extends VrrpPart {
  readonly beside: TrackPart;
}

/** What happens to both. */
export type TogetherEvent =
  | Exclude<VrrpEvent, { readonly kind: "start" | "reload" | "tracked" }>
  | Omit<Extract<VrrpEvent, { readonly kind: "start" }>, "trackers">
  | Omit<Extract<VrrpEvent, { readonly kind: "reload" }>, "trackers">
  | TrackEvent;

/** What both want. */
export type TogetherEffect = VrrpEffect | TrackEffect;

/** Both before `start`. */
export function startTracking(config: VrrpConfig, now: Micros): Tracking {
  const vrrp = startVrrp(config, now);
  return { ...vrrp, beside: startTrack(followedIn(config, vrrp), now) };
}

/** Moves both by one event. */
export function stepTracking(
  part: Tracking,
  event: TogetherEvent,
  now: Micros,
): readonly [Tracking, readonly TogetherEffect[]] {
  const steps = new TogetherSteps(part, now);
  const ends = part.phase === "stopped";
  switch (event.kind) {
    case "start": {
      const named = new Map(event.links.map((link) => [link.ifname, link]));
      const trackers = followedBy(part.config);
      steps.beside = withInterfaces(part.beside, { trackers, link: (name) => named.get(name) });
      steps.vrrp({ ...event, trackers: steps.beside.states });
      steps.track(stepDueTrackers(steps.beside, now));
      break;
    }
    case "reload":
      if (ends) break;
      steps.track(reloadTrack(part.beside, followedIn(event.config, part), now));
      steps.vrrp({ ...event, trackers: steps.beside.states });
      steps.track(stepDueTrackers(steps.beside, now));
      break;
    case "link": {
      const { ifname, ifindex } = event.link;
      const before = linkAt(part.kernel, ifindex)?.ifname ?? ifname;
      steps.vrrp(event);
      for (const name of new Set([ifname, before])) {
        if (steps.part.phase !== "running") break;
        steps.track(
          toldOfInterface(steps.beside, name, { link: linkNamed(steps.part.kernel, name), now }),
        );
      }
      break;
    }
    case "deadline":
      steps.vrrp(event);
      if (steps.part.phase === "running") steps.track(stepDueTrackers(steps.beside, now));
      break;
    case "script-result":
    case "script-gone":
    case "script-not-begun":
    case "file-changed":
    case "process-count":
      if (!ends) steps.track(stepTrack(part.beside, event, now));
      break;
    default:
      steps.vrrp(event);
  }
  return steps.ended();
}

/** When a `deadline` is due next. */
export function nextTogether(part: Tracking): Micros | undefined {
  const track = part.phase === "running" ? nextTrackDeadline(part.beside) : undefined;
  return earlier(nextVrrpDeadline(part), track);
}

function followedIn(config: VrrpConfig, { kernel }: Pick<VrrpPart, "kernel">): Followed {
  const { scripts = [] } = config as Partial<Together>;
  return {
    trackers: followedBy(config),
    declared: { ...NOTHING_DECLARED, scripts },
    link: (name) => linkNamed(kernel, name),
  };
}

/** One event of both while it happens. */
class TogetherSteps {
  part: VrrpPart;
  beside: TrackPart;
  readonly #before: Tracking;
  readonly #now: Micros;
  readonly #effects: TogetherEffect[] = [];

  constructor(part: Tracking, now: Micros) {
    this.part = part;
    this.beside = part.beside;
    this.#before = part;
    this.#now = now;
  }

  vrrp(event: VrrpEvent): void {
    const [part, effects] = stepVrrp(this.part, event, this.#now);
    this.part = part;
    this.#effects.push(...effects);
  }

  track({ part, effects, changed }: TrackStep): void {
    this.beside = part;
    this.#effects.push(...effects);
    if (changed.length > 0) this.vrrp({ kind: "tracked", trackers: part.states, changed });
  }

  ended(): readonly [Tracking, readonly TogetherEffect[]] {
    const same = this.part === this.#before && this.beside === this.#before.beside;
    return [same ? this.#before : { ...this.part, beside: this.beside }, this.#effects];
  }
}

/** The addresses that should be installed now. */
export function wantedNow(part: VrrpPart): readonly Address[] {
  return [...desiredAddresses(part).values()];
}

/** The addresses that could be ours. */
export function possible(part: VrrpPart): readonly Address[] {
  return [...configuredAddresses(part).values()];
}
