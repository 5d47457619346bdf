/** From the VRRP blocks of a file to what the VRRP part is configured with. */

import { allValues, type Bound, lastUse, type Phrase, tell, type Use } from "../../language/mod.ts";
import type { GlobalDefs } from "../../global/config.ts";
import type { TrackEntry, VrrpScriptConfig } from "../../track/config.ts";
import type { VRRP_SCRIPT } from "../../track/keywords.ts";
import { readTrackEntries, readVrrpScript } from "../../track/read.ts";
import type { BoundInstance, InstanceContext } from "./_instance_subject.ts";
import { tellOfMissing, trackedScripts } from "./_instance_tracking.ts";
import type { SyncGroupConfig, VrrpConfig, VrrpInstanceConfig } from "../config.ts";
import type { VRRP_SYNC_GROUP } from "./keywords.ts";
import { readInstance, readNotify } from "./read_instance.ts";

/** A named block, bound. */
export type NamedBlock<B> = Use<{ readonly header: string; readonly body: B }>;

/** Rows of a group, bound. */
export type BoundGroup = Bound<typeof VRRP_SYNC_GROUP>;

/** VRRP blocks of a file. */
export interface VrrpBlocks {
  readonly scripts: readonly NamedBlock<Bound<typeof VRRP_SCRIPT>>[];
  readonly instances: readonly NamedBlock<BoundInstance>[];
  readonly groups: readonly NamedBlock<BoundGroup>[];
}

/** Everything the VRRP part needs; what cannot run is reported and left out. */
export function readVrrp(
  blocks: VrrpBlocks,
  options: { readonly global: GlobalDefs; readonly interfaces?: ReadonlySet<string> },
): VrrpConfig {
  const { global } = options;
  const scripts = blocks.scripts.flatMap(({ value }) =>
    readVrrpScript(value.header, value.body) ?? []
  );
  const context: InstanceContext = {
    ...options,
    scripts: new Set(scripts.map(({ name }) => name)),
  };
  const instances: VrrpInstanceConfig[] = [];
  const taken = new Map<string, string>();
  for (const block of blocks.instances) {
    const instance = readInstance(block, context);
    const vrid = lastUse(block.value.body.virtual_router_id) ?? block;
    if (instance !== undefined && !sharesVrid(instance, taken, vrid)) {
      instances.push(instance);
    }
  }
  const groups = readGroups(blocks.groups, instances, context);
  warnOfUnused(blocks, scripts, { instances, groups });
  return {
    instances: withoutGroupWeights(instances, { groups, scripts, blocks }),
    groups,
    scripts: scripts.filter(({ name }) => isTracked(name, { instances, groups })),
    mcastGroup4: global.vrrpMcastGroup4,
    startupDelay: global.vrrpStartupDelay,
  };
}

/** Two virtual routers of one VRID cannot stand on one link; the later one is left out. */
function sharesVrid(
  instance: VrrpInstanceConfig,
  taken: Map<string, string>,
  self: Phrase,
): boolean {
  const { name, virtualRouterId, family, unicastPeers } = instance;
  if (unicastPeers.length > 0) return false;
  const key = `${virtualRouterId} ${family} ${instance.interface}`;
  const other = taken.get(key);
  if (other === undefined) {
    taken.set(key, name);
    return false;
  }
  tell(
    self,
    "conflict",
    `Cannot run vrrp_instance ${name}: ${other} has virtual_router_id ${virtualRouterId} on ${instance.interface} already`,
    { severity: "error" },
  );
  return true;
}

function readGroups(
  blocks: VrrpBlocks["groups"],
  instances: readonly VrrpInstanceConfig[],
  context: InstanceContext,
): readonly SyncGroupConfig[] {
  const known = new Set(instances.map(({ name }) => name));
  const taken = new Set<string>();
  return blocks.flatMap((block) => {
    const { header: name, body } = block.value;
    const members = allValues(body.group).flatMap(({ entries }) => entries).filter((entry) => {
      const member = entry.value;
      const why = !known.has(member)
        ? "there is no such vrrp_instance"
        : taken.has(member)
        ? "it is in a group already"
        : undefined;
      taken.add(member);
      if (why === undefined) return true;
      tell(entry, "unknown-name", `Cannot put ${member} into vrrp_sync_group ${name}: ${why}`, {
        severity: "error",
        keyword: true,
        about: { kind: "refers", blocks: ["vrrp_instance"], name: member },
      });
      return false;
    }).map((entry) => entry.value);
    if (members.length === 0) {
      tell(block, "incomplete", `Cannot use vrrp_sync_group ${name}: it has no members`, {
        severity: "error",
        about: { kind: "missing", keywords: ["group"] },
      });
      return [];
    }
    if (members.length === 1) {
      tell(
        block,
        "incomplete",
        `Cannot keep ${members[0]} in step with others: vrrp_sync_group ${name} has one member`,
        { about: { kind: "missing", keywords: ["group"] } },
      );
    }
    return [{
      name,
      members,
      trackInterfaces: readTrackEntries(body.track_interface).map((entry) => {
        tellOfMissing(entry, name, context);
        return entry.value;
      }),
      trackScripts: trackedScripts(body.track_script, context, name),
      syncGroupTrackingWeight: body.sync_group_tracking_weight !== undefined,
      notify: readNotify(body),
    }];
  });
}

/**
 * keepalived: a member of a group follows interfaces without weight and no weighted script at all, unless
 * the group allows weights.
 */
function withoutGroupWeights(
  instances: readonly VrrpInstanceConfig[],
  { groups, scripts, blocks }: {
    readonly groups: readonly SyncGroupConfig[];
    readonly scripts: readonly VrrpScriptConfig[];
    readonly blocks: VrrpBlocks;
  },
): readonly VrrpInstanceConfig[] {
  const groupOf = new Map(groups.flatMap((group) => group.members.map((name) => [name, group])));
  const weights = new Map(scripts.map(({ name, weight }) => [name, weight]));
  // Of two blocks of one name the first counts.
  const blockOf = new Map(blocks.instances.toReversed().map((each) => [each.value.header, each]));
  return instances.map((instance) =>
    withoutWeights(instance, {
      group: groupOf.get(instance.name),
      block: blockOf.get(instance.name),
      weights,
    })
  );
}

function withoutWeights(
  instance: VrrpInstanceConfig,
  { group, block, weights }: {
    readonly group: SyncGroupConfig | undefined;
    readonly block: NamedBlock<BoundInstance> | undefined;
    /** Of the scripts declared. */
    readonly weights: ReadonlyMap<string, number>;
  },
): VrrpInstanceConfig {
  if (group === undefined || block === undefined || group.syncGroupTrackingWeight) return instance;
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
      if (entry.weight === undefined || entry.weight === 0) return entry;
      complain(entry, "its failure is FAULT");
      return { name: entry.name, weight: 0 };
    }),
    trackScripts: instance.trackScripts.filter((entry) => {
      const declared = weights.get(entry.name) ?? 0;
      if ((entry.weight ?? declared) === 0) return true;
      complain(entry, "the script is not tracked");
      return false;
    }),
  };
}

function isTracked(
  script: string,
  { instances, groups }: Pick<VrrpConfig, "instances" | "groups">,
): boolean {
  return [...instances, ...groups].some(({ trackScripts }) =>
    trackScripts.some(({ name }) => name === script)
  );
}

function warnOfUnused(
  blocks: VrrpBlocks,
  scripts: readonly VrrpScriptConfig[],
  config: Pick<VrrpConfig, "instances" | "groups">,
): void {
  const declared = new Set(blocks.scripts.map(({ value }) => value.header));
  const misspelt = [...blocks.instances, ...blocks.groups].some(({ value }) =>
    allValues(value.body.track_script).some(({ entries }) =>
      entries.some((entry) => !declared.has(entry.value.name))
    )
  );
  if (misspelt) return; // reported there, and this would be the other side of it
  for (const { name } of scripts) {
    const block = blocks.scripts.find(({ value }) => value.header === name);
    if (block === undefined || isTracked(name, config)) continue;
    tell(block, "unused", `Cannot find who tracks vrrp_script ${name}: it never runs`, {
      status: undefined,
      about: { kind: "unused", by: ["vrrp_instance", "vrrp_sync_group", "track_script"] },
    });
  }
}
