/** Trackers with a weight: what an instance follows, and what a failure leaves of its priority. */

import { lastUse, type Use } from "../../../language/mod.ts";
import { effectiveFrom } from "../../../track/influence.ts";
import type { TrackEntry } from "../../../track/config.ts";
import type { BoundConfig } from "../../config.ts";
import { entriesOf, type InstanceView } from "../instance.ts";
import { keywordMark, type Mark, valueMark } from "../rule.ts";

/** One thing an instance follows with a weight. */
export interface Weighing {
  readonly name: string;
  /** Never 0. */
  readonly weight: number;
  /** Where the weight is written. */
  readonly at: Mark;
}

/** Gives everything with a weight that an instance of the file follows. */
export type Weigher = (instance: InstanceView) => readonly Weighing[];

/**
 * The weigher of a file. Files tracked are left out: what they add is not in the configuration. In
 * a group that does not keep weights none counts.
 */
export function weigherOf({ root, config }: BoundConfig): Weigher {
  const withoutWeights = new Set(
    config.vrrp.groups.filter((group) => !group.syncGroupTrackingWeight)
      .flatMap(({ members }) => members),
  );
  const scripts = new Map(
    (root.vrrp_script ?? []).map(({ value }) => [value.header, value.body.weight]),
  );
  const processes = new Map(
    (root.vrrp_track_process ?? []).map(({ value }) => [value.header, value.body.weight]),
  );
  return ({ name, bound }) =>
    withoutWeights.has(name) ? [] : [
      ...weigh(bound.track_script, scripts),
      ...weigh(bound.track_process, processes),
      ...weigh(bound.track_interface, new Map()),
      ...weigh(bound.track_bfd, new Map()),
    ];
}

/** Priority while all is well, which a positive weight adds to. */
export function healthyPriority(base: number, weighings: readonly Weighing[]): number {
  return effectiveFrom(base, weighings.reduce((sum, { weight }) => sum + Math.max(0, weight), 0));
}

/** Priority after one thing failed. */
export function priorityWithout(
  base: number,
  weighings: readonly Weighing[],
  failed: Weighing,
): number {
  const rest = weighings.reduce((sum, { weight }) => sum + Math.max(0, weight), 0);
  return effectiveFrom(base, rest - Math.abs(failed.weight));
}

type Weights = readonly Use<{ readonly weight: number }>[] | undefined;

function weigh(
  lists: readonly Use<{ readonly entries: readonly Use<TrackEntry>[] }>[] | undefined,
  declared: ReadonlyMap<string, Weights>,
): readonly Weighing[] {
  return entriesOf(lists).flatMap((entry) => {
    const { name, weight: own } = entry.value;
    const use = lastUse(declared.get(name));
    const weight = own ?? use?.value.weight ?? 0;
    if (weight === 0) return [];
    return [{ name, weight, at: own === undefined && use ? valueMark(use) : weightMark(entry) }];
  });
}

/** The number after `weight` in an entry, else the entry. */
function weightMark(entry: Use<TrackEntry>): Mark {
  const { words } = entry;
  const index = words.findLastIndex(({ text }) => text === "weight");
  if (index === -1) return keywordMark(entry);
  return keywordMark({ ...entry, words: words.slice(index + 1) });
}
