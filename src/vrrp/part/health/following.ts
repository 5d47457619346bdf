/** What an instance follows: what it says itself, what its group says, and what its addresses and routes need. */

import type { FollowedThing } from "../../../track/influence.ts";
import { type Tracker, trackerKey } from "../../../track/tracker.ts";
import type { SyncGroupConfig, VrrpConfig, VrrpInstanceConfig } from "../../config.ts";
import { allAddresses, deviceOf } from "../../virtual_address.ts";
import { linksOf, senderOf } from "../../vmac.ts";

/** Everything followed, each thing once. */
export type Following = readonly FollowedThing[];

/** What an instance of this configuration follows as a member of `group` and of these track groups. */
export function followingOf(
  config: VrrpInstanceConfig,
  group: SyncGroupConfig | undefined,
  trackGroups: readonly string[] = [],
): Following {
  const needed = neededInterfaces(config).map((name): FollowedThing => ({
    tracker: { kind: "interface", name },
    weight: 0,
    reverse: false,
  }));
  const statics = trackGroups.map((name): FollowedThing => ({
    tracker: { kind: "group", name },
    weight: 0,
    reverse: false,
  }));
  return eachOnce([
    ...permitted(config.tracks, group),
    ...needed,
    ...statics,
    ...group?.tracks ?? [],
  ]);
}

/** Names of the groups that concern an instance, by its name. */
export function trackGroupsOf(
  { trackGroups }: Pick<VrrpConfig, "trackGroups">,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, members } of trackGroups) {
    for (const member of members) found.set(member, [...found.get(member) ?? [], name]);
  }
  return found;
}

/** Everything that the instances of a configuration follow, each thing once or several times. */
export function followedBy({ instances, groups, trackGroups }: VrrpConfig): readonly Tracker[] {
  const statics = trackGroupsOf({ trackGroups });
  const groupOf = new Map(groups.flatMap((group) => group.members.map((name) => [name, group])));
  return instances.flatMap((each) =>
    followingOf(each, groupOf.get(each.name), statics.get(each.name)).map(({ tracker }) => tracker)
  );
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
  const sender = senderOf(config) ?? primary;
  const own = primary === undefined || sender === undefined || dontTrackPrimary
    ? []
    : [primary, sender];
  const below = linksOf(config).flatMap(({ name, base }) => carriers.includes(name) ? [base] : [])
    .filter((name) => !dontTrackPrimary || name !== primary);
  return [...own, ...carriers, ...below, ...config.routeInterfaces];
}

/** keepalived: no weights of one member in a group without `sync_group_tracking_weight`: members would part. */
function permitted(
  things: readonly FollowedThing[],
  group: SyncGroupConfig | undefined,
): readonly FollowedThing[] {
  if (group === undefined || group.syncGroupTrackingWeight) return things;
  // keepalived: but of processes.
  return things.filter(({ weight, tracker }) => weight === 0 || tracker.kind === "process");
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
