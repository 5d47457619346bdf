/** Weights of files and BFD sessions that cannot count where they stand, judged as keepalived does. */

import { allValues, lastValue, tell, type Use } from "../../language/mod.ts";
import type { TrackEntry } from "../../track/config.ts";
import { firstEntries } from "../../track/read.ts";
import type { SyncGroupConfig } from "../../vrrp/config.ts";
import type { BoundRoot } from "../table/root_table.ts";

/** Reports weights of members of a group that allows none. */
export function checkTracked(root: BoundRoot, groups: readonly SyncGroupConfig[]): void {
  const groupOf = new Map(groups.flatMap((group) => group.members.map((name) => [name, group])));
  const weights = new Map([...fileWeights(root), ...sessionWeights(root)]);
  for (const { value: { header: name, body } } of root.vrrp_instance ?? []) {
    // Weights of processes keepalived allows.
    const files = firstEntries(body.track_file);
    const sessions = firstEntries(body.track_bfd);
    const group = groupOf.get(name);
    if (group === undefined || group.syncGroupTrackingWeight) continue;
    for (const entry of files) checkWeight(entry, FILES, { weights, name, group });
    for (const entry of sessions) checkWeight(entry, SESSIONS, { weights, name, group });
  }
}

/** Blocks that declare files, and those that declare BFD sessions. */
const FILES = ["track_file", "vrrp_track_file"] as const;
const SESSIONS = ["bfd_instance"] as const;

/** Weights by kind and name. */
type Weights = ReadonlyMap<string, number>;

function fileWeights(root: BoundRoot): readonly (readonly [string, number])[] {
  return FILES.flatMap((block) => root[block] ?? []).map(({ value: { header, body } }) =>
    [`${FILES[0]} ${header}`, lastValue(body.weight)?.weight ?? 1] as const
  );
}

function sessionWeights(root: BoundRoot): readonly (readonly [string, number])[] {
  return allValues(root.bfd_instance).map(({ header, body }) =>
    [`${SESSIONS[0]} ${header}`, lastValue(body.weight)?.weight ?? 0] as const
  );
}

/** keepalived: no weights in a group without `sync_group_tracking_weight`: members would part. */
function checkWeight(
  entry: Use<TrackEntry>,
  blocks: readonly [string, ...string[]],
  { weights, name, group }: {
    readonly weights: Weights;
    readonly name: string;
    readonly group: SyncGroupConfig;
  },
): void {
  const { name: tracked, weight } = entry.value;
  const declared = weights.get(`${blocks[0]} ${tracked}`);
  if (declared === undefined || (weight ?? declared) === 0) return;
  tell(
    entry,
    "conflict",
    `Cannot weigh ${tracked} in ${name}, which is in vrrp_sync_group ${group.name}: its weight is not used`,
    {
      keyword: true,
      hint: "write weight 0 behind it, or sync_group_tracking_weight in the group to keep weights",
      ...(weight === undefined && { about: { kind: "refers", blocks, name: tracked } as const }),
    },
  );
}
