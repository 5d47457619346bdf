/** What an instance follows: its interfaces and scripts, those of its group, and what its addresses and routes need. */

import type { TrackEntry, VrrpScriptConfig } from "../../track/config.ts";
import type { Followed } from "../../track/influence.ts";
import type { SyncGroupConfig, VrrpInstanceConfig } from "../config.ts";
import { allAddresses, deviceOf } from "../virtual_address.ts";

/** One thing followed, and how. */
export interface FollowedThing extends Omit<Followed, "up"> {
  /** Interface or script. */
  readonly name: string;
}

/** Everything followed, each thing once. */
export interface Following {
  readonly interfaces: readonly FollowedThing[];
  readonly scripts: readonly FollowedThing[];
}

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
    return [entry.weight === undefined ? whole({ ...known, name: entry.name }) : whole(entry)];
  };
  const needed = neededInterfaces(config).map((name) => whole({ name }));
  return {
    interfaces: eachOnce([
      ...permitted(config.trackInterfaces.map(whole), group),
      ...needed,
      ...(group?.trackInterfaces ?? []).map(whole),
    ]),
    scripts: eachOnce([
      ...permitted(config.trackScripts.flatMap(script), group),
      ...(group?.trackScripts ?? []).flatMap(script),
    ]),
  };
}

function whole({ name, weight = 0, reverse = false }: TrackEntry): FollowedThing {
  return { name, weight, reverse };
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
    if (found.get(thing.name)?.weight !== 0) found.set(thing.name, thing);
  }
  return [...found.values()];
}
