/** What two configurations say differently, block by block and field by field. */

import type { Config } from "../document/config.ts";
import type { LvsConfig, VirtualServerConfig } from "../lvs/config.ts";
import { sameValue } from "../net/equal.ts";
import type { VrrpConfig } from "../vrrp/config.ts";
import type { WorldConfig } from "../world/mod.ts";
import { differences } from "./fields.ts";
import { namedRealServers, namedServers } from "./names.ts";
import type { ConfigurationChange, FieldChange } from "./plan.ts";

/** What is compared: the parts, and of the whole what is no part's. */
export type Compared =
  & Pick<WorldConfig, "vrrp" | "lvs" | "track">
  & Partial<Pick<Config, "global" | "process">>;

/**
 * What differs, in the order of the file's blocks; nothing for equal ones. A piece at a time, for who must not be kept: a step is a
 * list of blocks, or one virtual server.
 */
export function* configurationSteps(
  before: Compared,
  after: Compared,
): Generator<readonly ConfigurationChange[], void> {
  yield ofGlobals(before, after);
  yield ofBlocks("vrrp_script", before.track.scripts, after.track.scripts);
  yield ofBlocks("track_file", before.track.files, after.track.files);
  yield ofBlocks("vrrp_track_process", before.track.processes, after.track.processes);
  yield ofBlocks("vrrp_sync_group", before.vrrp.groups, after.vrrp.groups);
  yield ofBlocks("vrrp_instance", before.vrrp.instances, after.vrrp.instances);
  yield* ofServices(before.lvs, after.lvs);
}

/** A block with a name, in a list of such. */
type Named = { readonly name: string };

function ofBlocks(
  block: string,
  before: readonly Named[],
  after: readonly Named[],
): readonly ConfigurationChange[] {
  if (sameValue(before, after)) return [];
  const old = new Map(before.map((each) => [each.name, each]));
  const next = new Map(after.map((each) => [each.name, each]));
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((name) =>
    changeOf({ block, name }, old.get(name), next.get(name))
  );
}

function changeOf(
  of: Pick<ConfigurationChange, "block" | "name" | "of">,
  before: unknown,
  after: unknown,
): readonly ConfigurationChange[] {
  if (before === undefined) return [{ ...of, change: "added", fields: [] }];
  if (after === undefined) return [{ ...of, change: "removed", fields: [] }];
  const fields = differences(before, after);
  return fields.length === 0 ? [] : [{ ...of, change: "changed", fields }];
}

function* ofServices(
  before: LvsConfig,
  after: LvsConfig,
): Generator<readonly ConfigurationChange[], void> {
  if (before.virtualServers === after.virtualServers) return;
  const old = namedServers(before.virtualServers);
  const next = namedServers(after.virtualServers);
  for (const name of new Set([...old.keys(), ...next.keys()])) {
    const [was, is] = [old.get(name), next.get(name)];
    const whole = changeOf(
      { block: "virtual_server", name },
      was && { ...was, realServers: [] },
      is && { ...is, realServers: [] },
    );
    yield was === undefined || is === undefined
      ? whole
      : [...whole, ...ofRealServers(name, was, is)];
  }
}

function ofRealServers(
  of: string,
  was: VirtualServerConfig,
  is: VirtualServerConfig,
): readonly ConfigurationChange[] {
  if (sameValue(was.realServers, is.realServers)) return [];
  const [old, next] = [namedRealServers(was), namedRealServers(is)];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((name) =>
    changeOf({ block: "real_server", name, of }, old.get(name), next.get(name))
  );
}

/** What is no block of its own. What only follows from a value of `global_defs` is told once. */
function ofGlobals(before: Compared, after: Compared): readonly ConfigurationChange[] {
  const written = [
    ...differences(before.global ?? {}, after.global ?? {}),
    ...differences(before.process ?? {}, after.process ?? {}),
  ];
  const derived = [
    ...differences(restOfVrrp(before.vrrp), restOfVrrp(after.vrrp)),
    ...differences(restOfLvs(before.lvs), restOfLvs(after.lvs)),
    ...differences(restOfTrack(before.track), restOfTrack(after.track)),
  ].filter((each) => !written.some((one) => follows(each, one)));
  const fields = [...written, ...derived];
  return fields.length === 0 ? [] : [{ block: "global_defs", name: "", change: "changed", fields }];
}

function follows(derived: FieldChange, written: FieldChange): boolean {
  return derived.from === written.from && derived.to === written.to;
}

function restOfVrrp({ instances: _i, groups: _g, ...rest }: VrrpConfig): object {
  return rest;
}

function restOfLvs({ virtualServers: _, ...rest }: LvsConfig): object {
  return rest;
}

function restOfTrack(
  { scripts: _s, files: _f, processes: _p, ...rest }: WorldConfig["track"],
): object {
  return rest;
}
