/** The trackers that instances follow: what is told of them, and who has to look when one changed. */

import type { TrackEvent } from "../../track/event.ts";
import {
  type Followed,
  reloadTrack,
  startDueScripts,
  stepTrack,
  toldOfInterface,
  type TrackStep,
} from "../../track/part.ts";
import { trackerKey } from "../../track/tracker.ts";
import type { VrrpConfig } from "../config.ts";
import { type KernelFacts, linkNamed } from "../kernel_facts.ts";
import type { Directory } from "./directory.ts";
import { refresh } from "./refresh.ts";
import type { Turn } from "./turn.ts";

/** What the instances of a configuration follow. */
export function followedIn(
  { scripts }: VrrpConfig,
  { following }: Directory,
  kernel: KernelFacts,
): Followed {
  return {
    trackers: following.flatMap((each) => each.map(({ tracker }) => tracker)),
    scripts,
    link: (name) => linkNamed(kernel, name),
  };
}

/** Hears what came of a run. */
export function onScript(turn: Turn, event: TrackEvent): void {
  const changed = take(turn, stepTrack(turn.part.trackers, event, turn.now));
  refresh(
    turn,
    changed.flatMap((each) => turn.part.directory.byTracker.get(trackerKey(each)) ?? []),
  );
}

/** Looks at the interfaces that have these names now; those who follow them are told by whoever asks. */
export function lookAtInterfaces(turn: Turn, names: readonly string[]): void {
  for (const name of names) {
    take(turn, toldOfInterface(turn.part.trackers, name, linkNamed(turn.part.kernel, name)));
  }
}

/** Follows what another configuration says. */
export function followAnew(turn: Turn): void {
  const { config, directory, kernel, trackers } = turn.part;
  take(turn, reloadTrack(trackers, followedIn(config, directory, kernel), turn.now));
}

/** Starts every script that is due; their results come as events. */
export function startScripts(turn: Turn): void {
  const { part, effects } = startDueScripts(turn.part.trackers, turn.now);
  if (part === turn.part.trackers) return;
  turn.part = { ...turn.part, trackers: part };
  turn.after.push(...effects);
}

function take(turn: Turn, { part, effects, changed }: TrackStep): TrackStep["changed"] {
  if (part !== turn.part.trackers) turn.part = { ...turn.part, trackers: part };
  for (const effect of effects) {
    (effect.kind === "news" ? turn.trackNews : turn.before).push(effect);
  }
  return changed;
}
