/** What an instance follows: its interfaces and scripts, those of its group, and what its addresses and routes need. */

import type { TrackerName } from "../../notify/mod.ts";
import type { TrackEntry, VrrpScriptConfig } from "../../track/config.ts";
import type { FollowedThing } from "../../track/influence.ts";
import { trackerKey } from "../../track/tracker.ts";
import type { SyncGroupConfig, VrrpInstanceConfig } from "../config.ts";
import { allAddresses, deviceOf } from "../virtual_address.ts";

/** Everything followed, each thing once. */
export type Following = readonly FollowedThing[];

/** What an instance of this configuration follows as a member of `group`. */
export function followingOf(
  config: VrrpInstanceConfig,
  { group, scripts }: {
    readonly group: SyncGroupConfig | undefined;
    /** Those declared, by name. */
    readonly scripts: ReadonlyMap<string, VrrpScriptConfig>;
  },
): Following {
  const script = (entry: TrackEntry): readonly FollowedThing[] => {
    const known = scripts.get(entry.name);
    if (known === undefined) return [];
    const { name, weight } = entry;
    return [followed("script", weight === undefined ? { ...known, name } : entry)];
  };
  const link = (entry: TrackEntry) => followed("interface", entry);
  return eachOnce([
    ...permitted(config.trackInterfaces.map(link), group),
    ...neededInterfaces(config).map((name) => link({ name })),
    ...(group?.trackInterfaces ?? []).map(link),
    ...permitted(config.trackScripts.flatMap(script), group),
    ...(group?.trackScripts ?? []).flatMap(script),
  ]);
}

function followed(
  kind: TrackerName["kind"],
  { name, weight = 0, reverse = false }: TrackEntry,
): FollowedThing {
  return { tracker: { kind, name }, weight, reverse };
}

/**
 * Interfaces without which it cannot do what a master does: the one adverts go through, unless `dont_track_primary`,
 * and those that carry its addresses, routes and rules, unless `no_track`.
 */
function neededInterfaces(config: VrrpInstanceConfig): readonly string[] {
  const { dontTrackPrimary, interface: primary } = config;
  const carriers = allAddresses(config).filter(({ noTrack }) => noTrack !== true)
    .flatMap((each) => deviceOf(each, config) ?? [])
    .filter((name) => !dontTrackPrimary || name !== primary);
  // keepalived: a route is followed on the own interface also with dont_track_primary.
  const own = primary === undefined || dontTrackPrimary ? [] : [primary];
  return [...own, ...carriers, ...config.routeInterfaces];
}

/** keepalived: no weights of one member in a group without `sync_group_tracking_weight`: members would part. */
function permitted(
  things: readonly FollowedThing[],
  group: SyncGroupConfig | undefined,
): readonly FollowedThing[] {
  if (group === undefined || group.syncGroupTrackingWeight) return things;
  return things.filter(({ weight }) => weight === 0);
}

/** keepalived: of several ways to follow one thing that without weight counts, else the last. */
function eachOnce(things: readonly FollowedThing[]): readonly FollowedThing[] {
  const found = new Map<string, FollowedThing>();
  for (const thing of things) {
    const key = trackerKey(thing.tracker);
    if (found.get(key)?.weight !== 0) found.set(key, thing);
  }
  return [...found.values()];
}
