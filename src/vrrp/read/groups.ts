/** From `vrrp_sync_group` to groups of instances that run. */

import { allValues, type Bound, type Phrase, tell, type Use } from "../../language/mod.ts";
import type { FollowedThing } from "../../track/influence.ts";
import { followedBy, readTrackEntries } from "../../track/read.ts";
import type { TrackerKind } from "../../track/tracker.ts";
import type { SyncGroupConfig, VrrpInstanceConfig } from "../config.ts";
import type { InstanceContext } from "./subject.ts";
import { DECLARED_KINDS, declaredEntries, followedAs, tellOfMissing } from "./tracking.ts";
import type { VRRP_SYNC_GROUP } from "./keywords.ts";
import { readNotify } from "./read_instance.ts";

/** Rows of a group, bound. */
export type BoundGroup = Bound<typeof VRRP_SYNC_GROUP>;

/** What groups are read against. */
export interface GroupContext extends InstanceContext {
  readonly instances: readonly VrrpInstanceConfig[];
  /** Names of all instances of the file, also of those that are left out. */
  readonly named: ReadonlySet<string>;
}

type GroupBlock = Use<{ readonly header: string; readonly body: BoundGroup }>;

/** Groups in which somebody runs, no instance in two of them. */
export function readGroups(
  blocks: readonly GroupBlock[],
  context: GroupContext,
): readonly SyncGroupConfig[] {
  const taken = new Set<string>();
  return blocks.flatMap((block) => {
    const { header: name, body } = block.value;
    const members = readMembers(block, taken, context);
    if (members === undefined) return [];
    const running = context.instances.filter((each) => members.includes(each.name));
    const group: SyncGroupConfig = {
      name,
      members,
      tracks: [
        ...groupInterfaces(block, running, context),
        ...groupTrackers(block, running, context),
      ],
      syncGroupTrackingWeight: body.sync_group_tracking_weight !== undefined,
      notify: readNotify(body, context.global.told),
    };
    return [group];
  });
}

/** Names of the members that run, in the order of the group; `undefined` without any. */
function readMembers(
  block: GroupBlock,
  taken: Set<string>,
  { instances, named: written }: GroupContext,
): readonly string[] | undefined {
  const { header: name, body } = block.value;
  const runs = new Set(instances.map((each) => each.name));
  const named = allValues(body.group).flatMap(({ entries }) => entries).filter((entry) => {
    const member = entry.value;
    const why = !written.has(member)
      ? "there is no such vrrp_instance"
      : taken.has(member)
      ? "it is in a group already"
      : undefined;
    taken.add(member);
    if (why !== undefined) {
      tell(entry, "unknown-name", `Cannot put ${member} into vrrp_sync_group ${name}: ${why}`, {
        severity: "error",
        keyword: true,
        about: { kind: "refers", blocks: ["vrrp_instance"], name: member },
      });
      return false;
    }
    return true;
  }).map((entry) => entry.value);
  if (named.length === 0) {
    tell(block, "incomplete", `Cannot use vrrp_sync_group ${name}: it has no members`, {
      severity: "error",
      about: { kind: "missing", keywords: ["group"] },
    });
  } else if (named.length === 1) {
    tell(
      block,
      "incomplete",
      `Cannot keep ${named[0]} in step with others: vrrp_sync_group ${name} has one member`,
      { about: { kind: "missing", keywords: ["group"] } },
    );
  }
  // Why another one is left out is said there, with the status that has; here it is one of the group all the same.
  const members = named.filter((member) => runs.has(member));
  return members.length === 0 ? undefined : members;
}

/** keepalived: what a member follows itself is reported; the group's weight counts, unless the member has none. */
function groupInterfaces(
  { value: { header: name, body } }: GroupBlock,
  members: readonly VrrpInstanceConfig[],
  context: GroupContext,
): readonly FollowedThing[] {
  return readTrackEntries(body.track_interface).map((entry) => {
    tellOfMissing(entry, name, context);
    const tracked = entry.value.name;
    for (const { name: member, dontTrackPrimary, tracks, ...self } of members) {
      const isOwn = self.interface === tracked && !dontTrackPrimary;
      if (!isOwn && !follows(tracks, "interface", tracked)) continue;
      const why = isOwn ? "it is its own interface" : "it tracks it itself";
      tell(
        entry,
        "duplicate-name",
        `Cannot track ${tracked} in vrrp_sync_group ${name} for ${member}: ${why}`,
        { hint: "remove it from the group or from the instance", keyword: true },
      );
    }
    return withoutOwnersWeight(entry, followedBy("interface", entry.value), { name, members });
  });
}

/** keepalived: a script that a member follows as well it only logs. */
function groupTrackers(
  { value: { header: name, body } }: GroupBlock,
  members: readonly VrrpInstanceConfig[],
  context: GroupContext,
): readonly FollowedThing[] {
  return DECLARED_KINDS.flatMap((kind) =>
    declaredEntries(kind, { lists: body, context, owner: name }).map((entry) => {
      const tracked = entry.value.name;
      for (const { name: member, tracks } of members) {
        if (!follows(tracks, kind, tracked)) continue;
        tell(
          entry,
          "duplicate-name",
          `Cannot track ${kind} ${tracked} in vrrp_sync_group ${name} for ${member}: it tracks it itself`,
          {
            hint: "remove it from the group or from the instance",
            keyword: true,
            status: undefined,
          },
        );
      }
      const thing = followedAs(kind, entry.value, context);
      return withoutOwnersWeight(entry, thing, { name, members });
    })
  );
}

function follows(tracks: readonly FollowedThing[], kind: TrackerKind, name: string): boolean {
  return tracks.some(({ tracker }) => tracker.kind === kind && tracker.name === name);
}

/** keepalived: what a group with an owner follows has no weight. */
function withoutOwnersWeight(
  entry: Phrase,
  thing: FollowedThing,
  { name, members }: {
    readonly name: string;
    readonly members: readonly VrrpInstanceConfig[];
  },
): FollowedThing {
  const owner = members.find(({ priority }) => priority === 255);
  if (owner === undefined || thing.weight === 0) return thing;
  const { tracker } = thing;
  tell(
    entry,
    "conflict",
    `Cannot weigh ${tracker.name} in vrrp_sync_group ${name}: ${owner.name} has priority 255, its failure is FAULT`,
    { keyword: true },
  );
  return { tracker, weight: 0, reverse: false };
}
