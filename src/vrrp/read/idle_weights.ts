/** Weights that cannot count: of an owner, whose priority is fixed, and of one member of a group. */

import { type Phrase, tell } from "../../language/mod.ts";
import { unreachable } from "../../net/mod.ts";
import type { FollowedThing } from "../../track/influence.ts";
import type { SyncGroupConfig, VrrpInstanceConfig } from "../config.ts";

/** What weights are judged by. */
export interface WeighingContext {
  readonly groups: readonly SyncGroupConfig[];
  /** The block of an instance, by its name. */
  readonly blocks: ReadonlyMap<string, Phrase>;
}

/**
 * Instances without weights that cannot count, which are reported. keepalived: a member of a group follows interfaces
 * without weight, nothing else weighted at all but processes, unless the group allows weights; an owner follows nothing
 * with a weight.
 */
export function withoutIdleWeights(
  instances: readonly VrrpInstanceConfig[],
  { groups, blocks }: WeighingContext,
): readonly VrrpInstanceConfig[] {
  const groupOf = new Map(groups.flatMap((group) => group.members.map((name) => [name, group])));
  return instances.map((instance) => {
    const group = groupOf.get(instance.name);
    const block = blocks.get(instance.name);
    if (block === undefined) return instance;
    if (group !== undefined && !group.syncGroupTrackingWeight) {
      return asMember(instance, { group, block });
    }
    return instance.priority === 255 ? asOwner(instance, block) : instance;
  });
}

function asMember(
  instance: VrrpInstanceConfig,
  { group, block }: { readonly group: SyncGroupConfig; readonly block: Phrase },
): VrrpInstanceConfig {
  const complain = ({ tracker }: FollowedThing, result: string) =>
    tell(
      block,
      "conflict",
      `Cannot weigh ${tracker.name} in ${instance.name}, which is in vrrp_sync_group ${group.name}: ${result}`,
      { hint: "write sync_group_tracking_weight in the group to keep weights" },
    );
  const tracks = instance.tracks.flatMap((thing): readonly FollowedThing[] => {
    if (thing.weight === 0) return [thing];
    const { tracker } = thing;
    switch (tracker.kind) {
      case "interface":
        complain(thing, "its failure is FAULT");
        return [{ tracker, weight: 0, reverse: false }];
      case "process":
        return [thing];
      case "script":
        complain(thing, "the script is not tracked");
        return [];
      // Reported where they are listed.
      case "file":
      case "bfd":
      case "group":
        return [];
      default:
        return unreachable(tracker.kind);
    }
  });
  return { ...instance, tracks };
}

function asOwner(instance: VrrpInstanceConfig, block: Phrase): VrrpInstanceConfig {
  const tracks = instance.tracks.filter(({ tracker, weight }) => {
    if (weight === 0) return true;
    const judged = tracker.kind === "interface" || tracker.kind === "script";
    tell(
      block,
      "conflict",
      `Cannot weigh ${tracker.name} in ${instance.name}: priority 255 never changes, it is not tracked`,
      {
        hint: "leave out the weight, so that its failure is FAULT",
        ...(!judged && { status: undefined }),
      },
    );
    return false;
  });
  return { ...instance, tracks };
}
