/** Weights that cannot count: of an owner, whose priority is fixed, and of one member of a group. */

import { tell } from "../../language/mod.ts";
import type { TrackEntry } from "../../track/config.ts";
import type { SyncGroupConfig, VrrpInstanceConfig } from "../config.ts";
import type { Phrase } from "../../language/mod.ts";

/** What weights are judged by. */
export interface WeighingContext {
  readonly groups: readonly SyncGroupConfig[];
  /** Of the scripts declared, by name. */
  readonly weights: ReadonlyMap<string, number>;
  /** The block of an instance, by its name. */
  readonly blocks: ReadonlyMap<string, Phrase>;
}

/**
 * Instances without weights that cannot count, which are reported. keepalived: a member of a group follows interfaces
 * without weight and no weighted script at all, unless the group allows weights; an owner follows nothing with a weight.
 */
export function withoutIdleWeights(
  instances: readonly VrrpInstanceConfig[],
  { groups, weights, blocks }: WeighingContext,
): readonly VrrpInstanceConfig[] {
  const groupOf = new Map(groups.flatMap((group) => group.members.map((name) => [name, group])));
  return instances.map((instance) => {
    const group = groupOf.get(instance.name);
    const block = blocks.get(instance.name);
    if (block === undefined) return instance;
    if (group !== undefined && !group.syncGroupTrackingWeight) {
      return asMember(instance, { group, weights, block });
    }
    return instance.priority === 255 ? asOwner(instance, { weights, block }) : instance;
  });
}

interface Judging {
  readonly weights: ReadonlyMap<string, number>;
  readonly block: Phrase;
}

function asMember(
  instance: VrrpInstanceConfig,
  { group, weights, block }: Judging & { readonly group: SyncGroupConfig },
): VrrpInstanceConfig {
  const complain = (entry: TrackEntry, result: string) =>
    tell(
      block,
      "conflict",
      `Cannot weigh ${entry.name} in ${instance.name}, which is in vrrp_sync_group ${group.name}: ${result}`,
      { hint: "write sync_group_tracking_weight in the group to keep weights" },
    );
  return {
    ...instance,
    trackInterfaces: instance.trackInterfaces.map((entry) => {
      if (!isWeighted(entry)) return entry;
      complain(entry, "its failure is FAULT");
      return { name: entry.name, weight: 0 };
    }),
    trackScripts: instance.trackScripts.filter((entry) => {
      if (!isWeighted(entry, weights)) return true;
      complain(entry, "the script is not tracked");
      return false;
    }),
  };
}

function asOwner(
  instance: VrrpInstanceConfig,
  { weights, block }: Judging,
): VrrpInstanceConfig {
  const counts = (entry: TrackEntry, declared?: ReadonlyMap<string, number>) => {
    if (!isWeighted(entry, declared)) return true;
    tell(
      block,
      "conflict",
      `Cannot weigh ${entry.name} in ${instance.name}: priority 255 never changes, it is not tracked`,
      { hint: "leave out the weight, so that its failure is FAULT" },
    );
    return false;
  };
  return {
    ...instance,
    trackInterfaces: instance.trackInterfaces.filter((entry) => counts(entry)),
    trackScripts: instance.trackScripts.filter((entry) => counts(entry, weights)),
  };
}

/** Whether a failure would be a matter of priority; a script's own weight is in `declared`. */
export function isWeighted(entry: TrackEntry, declared?: ReadonlyMap<string, number>): boolean {
  return (entry.weight ?? declared?.get(entry.name) ?? 0) !== 0;
}
