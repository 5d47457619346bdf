/** From rows to what is tracked. */

import {
  allValues,
  type Bound,
  complainOfLine,
  fieldsOf,
  lastValue,
  type Table,
  type Use,
  valueIn,
} from "../language/mod.ts";
import { scriptCommand } from "../global/read.ts";
import type { Micros } from "../net/micros.ts";
import type {
  TrackConfig,
  TrackEntry,
  TrackFileConfig,
  TrackProcessConfig,
  VrrpScriptConfig,
} from "./config.ts";
import type { FollowedThing, Weighing } from "./influence.ts";
import { type TRACK_FILE, VRRP_SCRIPT, VRRP_TRACK_PROCESS } from "./keywords.ts";
import { trackerKey, type TrackerKind } from "./tracker.ts";

/** What is declared, and how it is followed by who does not say: by {@linkcode trackerKey}. */
export type Declared = ReadonlyMap<string, Weighing>;

type Named<T extends Table> = readonly Use<{ readonly header: string; readonly body: Bound<T> }>[];

/** Blocks that declare trackers, and what `global_defs` says of them. */
export interface TrackBlocks {
  readonly scripts: Named<typeof VRRP_SCRIPT>;
  readonly files: Named<typeof TRACK_FILE>;
  readonly processes: Named<typeof VRRP_TRACK_PROCESS>;
  readonly delays: readonly Use<{
    readonly entries: readonly Use<
      { readonly dev: string; readonly down: Micros; readonly up: Micros }
    >[];
  }>[];
  readonly processBuffer: TrackConfig["processBuffer"];
}

/** Everything that is declared. */
export function readTrack(blocks: TrackBlocks): TrackConfig {
  const delays = allValues(blocks.delays).flatMap(({ entries }) => allValues(entries));
  return {
    scripts: blocks.scripts.flatMap(({ value }) => readVrrpScript(value.header, value.body) ?? []),
    files: blocks.files.flatMap(({ value }) => readFile(value.header, value.body) ?? []),
    processes: blocks.processes.flatMap(({ value }) => readProcess(value.header, value.body) ?? []),
    processBuffer: blocks.processBuffer,
    // Of several for one interface the last counts.
    linkDelays: [...new Map(delays.map(({ dev, down, up }) => [dev, { ifname: dev, down, up }]))
      .values()],
  };
}

/** How each declared tracker is followed by who does not say. */
export function declaredIn(
  { scripts, files, processes }: TrackConfig,
  sessions: readonly (Weighing & { readonly name: string })[],
): Declared {
  const of = (kind: TrackerKind, all: readonly (Weighing & { readonly name: string })[]) =>
    all.map((each) => [trackerKey({ kind, name: each.name }), each] as const);
  return new Map([
    ...of("script", scripts),
    ...of("file", files),
    ...of("process", processes),
    ...of("bfd", sessions),
  ]);
}

/** What an entry follows, and how; an interface is not declared. */
export function followedBy(
  kind: TrackerKind,
  { name, weight, reverse }: TrackEntry,
  declared: Weighing = { weight: 0, reverse: false },
): FollowedThing {
  const tracker = { kind, name };
  return weight === undefined
    ? { tracker, weight: declared.weight, reverse: declared.reverse, inherited: true }
    : { tracker, weight, reverse: reverse ?? false };
}

/** A `vrrp_script`; the binder left out those without a command. */
export function readVrrpScript(
  name: string,
  bound: Bound<typeof VRRP_SCRIPT>,
): VrrpScriptConfig | undefined {
  const script = lastValue(bound.script);
  if (script === undefined) return undefined;
  const account = lastValue(bound.user);
  const weight = lastValue(bound.weight);
  return {
    name,
    script: scriptCommand({ ...script, ...account }),
    ...fieldsOf(VRRP_SCRIPT, bound),
    weight: weight?.weight ?? 0,
    reverse: weight?.reverse ?? false,
  };
}

/** A `track_file`; the binder left out those without a path. */
function readFile(name: string, bound: Bound<typeof TRACK_FILE>): TrackFileConfig | undefined {
  const path = lastValue(bound.file);
  if (path === undefined) return undefined;
  const weight = lastValue(bound.weight);
  const init = lastValue(bound.init_file);
  return {
    name,
    path,
    weight: weight?.weight ?? 1,
    reverse: weight?.reverse ?? false,
    ...(init !== undefined && { init }),
  };
}

/** A `vrrp_track_process`; the binder left out those without a command. */
function readProcess(
  name: string,
  bound: Bound<typeof VRRP_TRACK_PROCESS>,
): TrackProcessConfig | undefined {
  const [command, ...rest] = lastValue(bound.process) ?? [];
  if (command === undefined) return undefined;
  const weight = lastValue(bound.weight);
  const match = lastValue(bound.param_match);
  const quorumMax = lastValue(bound.quorum_max);
  const delay = valueIn(VRRP_TRACK_PROCESS, bound, "delay");
  return {
    name,
    command,
    // keepalived: with param_match no argument means that there must be none.
    ...((rest.length > 0 || match !== undefined) && { arguments: rest }),
    argumentsMatch: rest.length === 0 ? "exact" : match ?? "exact",
    ...fieldsOf(VRRP_TRACK_PROCESS, bound),
    weight: weight?.weight ?? 0,
    reverse: weight?.reverse ?? false,
    quorum: lastValue(bound.quorum) ?? (quorumMax === 0 ? 0 : 1),
    ...(quorumMax !== undefined && { quorumMax }),
    forkDelay: lastValue(bound.fork_delay) ?? delay,
    terminateDelay: lastValue(bound.terminate_delay) ?? delay,
  };
}

/** Entries of all lists of one kind, each name once; what is left out is reported. */
export function readTrackEntries(lists: TrackLists): readonly Use<TrackEntry>[] {
  const entries = (lists ?? []).flatMap(({ value }) => value.entries);
  const first = firstEntries(lists);
  for (const entry of entries) {
    if (first.includes(entry)) continue;
    complainOfLine(entry, {
      severity: "warning",
      code: "duplicate-name",
      message: `Cannot track ${entry.value.name} twice: the first entry counts`,
      status: "general",
    });
  }
  return first;
}

/** The same without a word. */
export function firstEntries(lists: TrackLists): readonly Use<TrackEntry>[] {
  const found = new Map<string, Use<TrackEntry>>();
  for (const entry of (lists ?? []).flatMap(({ value }) => value.entries)) {
    if (!found.has(entry.value.name)) found.set(entry.value.name, entry);
  }
  return [...found.values()];
}

/** Lists of one kind in a block. */
type TrackLists =
  | readonly Use<{ readonly entries: readonly Use<TrackEntry>[] }>[]
  | undefined;
