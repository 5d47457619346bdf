/** From the VRRP blocks of a file to what the VRRP part is configured with. */

import { allValues, type Bound, lastUse, type Phrase, tell, type Use } from "../../language/mod.ts";
import type { GlobalDefs } from "../../global/config.ts";
import type { TrackConfig, VrrpScriptConfig } from "../../track/config.ts";
import type { VRRP_SCRIPT } from "../../track/keywords.ts";
import type { Declared } from "../../track/read.ts";
import { checkLinkNames } from "./companions.ts";
import type { BoundInstance, InstanceContext, RouteContext, SecretFile } from "./subject.ts";
import { readStatics, readTrackGroups, type StaticBlocks } from "./statics.ts";
import { type BoundGroup, readGroups } from "./groups.ts";
import { type LinkbeatBlocks, readLinkbeat } from "./linkbeat.ts";
import { withLinkNames } from "./vmac.ts";
import { withoutIdleWeights } from "./idle_weights.ts";
import { type Groups, isSameRouter, multicastGroup } from "../router_identity.ts";
import type { GarpGroup, VrrpConfig, VrrpInstanceConfig } from "../config.ts";
import { readInstance } from "./read_instance.ts";

/** Table of the rules for virtual addresses where none is named. */
const OWN_TABLE = "holdfast_vrrp";

/** A named block, bound. */
export type NamedBlock<B> = Use<{ readonly header: string; readonly body: B }>;

export type { BoundGroup } from "./groups.ts";

/** VRRP blocks of a file. */
export interface VrrpBlocks {
  readonly garpGroups: readonly GarpGroup[];
  readonly linkbeat: LinkbeatBlocks;
  readonly scripts: readonly NamedBlock<Bound<typeof VRRP_SCRIPT>>[];
  readonly instances: readonly NamedBlock<BoundInstance>[];
  readonly groups: readonly NamedBlock<BoundGroup>[];
  readonly statics: StaticBlocks;
}

/** Everything the VRRP part needs; what cannot run is reported and left out. */
export function readVrrp(
  blocks: VrrpBlocks,
  { track, declared, ...options }: {
    readonly global: GlobalDefs;
    readonly track: TrackConfig;
    readonly declared: Declared;
    readonly interfaces?: ReadonlySet<string>;
    readonly routes: RouteContext;
    readonly secretFile: SecretFile;
  },
): VrrpConfig {
  const { global } = options;
  const context: InstanceContext = { ...options, declared };
  const instances: VrrpInstanceConfig[] = [];
  const taken = new Map<string, VrrpInstanceConfig[]>();
  const sharing: Groups = {
    mcastGroup4: global.vrrpMcastGroup4,
    mcastGroup6: global.vrrpMcastGroup6,
  };
  for (const block of blocks.instances) {
    const instance = readInstance(block, context);
    const vrid = lastUse(block.value.body.virtual_router_id) ?? block;
    if (instance !== undefined && !isTaken(instance, taken, { self: vrid, sharing })) {
      instances.push(instance);
    }
  }
  checkLinkNames(blocks.instances.map(({ value }) => ({ name: value.header, bound: value.body })));
  const prefixes = { own: global.vmacPrefix, address: global.vmacAddrPrefix };
  const groups = readGroups(blocks.groups, {
    ...context,
    instances,
    named: new Set(blocks.instances.map(({ value }) => value.header)),
  });
  warnOfUnused(blocks, track.scripts, trackedScriptsOf({ instances, groups }));
  return {
    instances: withoutIdleWeights(withLinkNames(instances, prefixes), {
      groups,
      // Of two blocks of one name the first counts.
      blocks: new Map(blocks.instances.toReversed().map((each) => [each.value.header, each])),
    }),
    groups,
    ...readStatics(blocks.statics, options),
    trackGroups: readTrackGroups(blocks.statics, new Set(instances.map(({ name }) => name))),
    mcastGroup4: global.vrrpMcastGroup4,
    firewall: { table: OWN_TABLE, ...global.nftables },
    ...(global.disableLocalIgmp && { silentIgmp: true as const }),
    linkbeat: readLinkbeat(blocks.linkbeat, blocks.instances.map(({ value }) => value.body)),
    pace: global.pace,
    garpGroups: blocks.garpGroups,
    mcastGroup6: global.vrrpMcastGroup6,
    startupDelay: global.vrrpStartupDelay,
    handover: !global.vrrpNoHandover,
    delayAfterBoot: global.vrrpDelayAfterBoot,
    logUnknownVrids: global.logUnknownVrids,
    ...(global.vrrpReceiveBuffer && { receiveBuffer: global.vrrpReceiveBuffer }),
  };
}

/** Two instances cannot be one virtual router; the later one is left out. */
function isTaken(
  instance: VrrpInstanceConfig,
  taken: Map<string, VrrpInstanceConfig[]>,
  { self, sharing }: { readonly self: Phrase; readonly sharing: Groups },
): boolean {
  const { name, virtualRouterId, family, interface: ifname } = instance;
  // Only unicast instances need a closer look: a sequence makes thousands of instances with one VRID.
  const where = instance.unicastPeers.length > 0
    ? "by unicast"
    : `${ifname} ${multicastGroup(instance, sharing)}`;
  const key = `${virtualRouterId} ${family} ${where}`;
  const others = taken.get(key) ?? [];
  const other = others.find((each) => isSameRouter(each, instance, sharing));
  if (other === undefined) {
    others.push(instance);
    taken.set(key, others);
    return false;
  }
  const how = instance.unicastPeers.length > 0 ? "with a peer in common" : `on ${ifname}`;
  tell(
    self,
    "conflict",
    `Cannot run vrrp_instance ${name}: ${other.name} has virtual_router_id ${virtualRouterId} ${how} already`,
    { severity: "error" },
  );
  return true;
}

/** Names of scripts that somebody tracks. */
function trackedScriptsOf(
  { instances, groups }: Pick<VrrpConfig, "instances" | "groups">,
): ReadonlySet<string> {
  return new Set(
    [...instances, ...groups].flatMap(({ tracks }) =>
      tracks.flatMap(({ tracker }) => tracker.kind === "script" ? [tracker.name] : [])
    ),
  );
}

function warnOfUnused(
  blocks: VrrpBlocks,
  scripts: readonly VrrpScriptConfig[],
  tracked: ReadonlySet<string>,
): void {
  const declared = new Set(blocks.scripts.map(({ value }) => value.header));
  const misspelt = [...blocks.instances, ...blocks.groups].some(({ value }) =>
    allValues(value.body.track_script).some(({ entries }) =>
      entries.some((entry) => !declared.has(entry.value.name))
    )
  );
  if (misspelt) return; // reported there, and this would be the other side of it
  // Of two blocks of one name the first counts.
  const byName = new Map(blocks.scripts.toReversed().map((use) => [use.value.header, use]));
  for (const { name } of scripts) {
    const block = byName.get(name);
    if (block === undefined || tracked.has(name)) continue;
    tell(block, "unused", `Cannot find who tracks vrrp_script ${name}: it never runs`, {
      status: undefined,
      about: { kind: "unused", by: ["vrrp_instance", "vrrp_sync_group", "track_script"] },
    });
  }
}
