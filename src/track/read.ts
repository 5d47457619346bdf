/** From rows to what is tracked. */

import { type Bound, complainOfLine, lastValue, type Use } from "../language/mod.ts";
import { scriptCommand } from "../global/read.ts";
import { SECOND } from "../net/micros.ts";
import type { TrackConfig, TrackEntry, VrrpScriptConfig } from "./config.ts";
import type { FollowedThing, Weighing } from "./influence.ts";
import type { VRRP_SCRIPT } from "./keywords.ts";
import { trackerKey, type TrackerKind } from "./tracker.ts";

/** What is declared, and how it is followed by who does not say: by {@linkcode trackerKey}. */
export type Declared = ReadonlyMap<string, Weighing>;

/** Blocks that declare trackers. */
export interface TrackBlocks {
  readonly scripts: readonly Use<
    { readonly header: string; readonly body: Bound<typeof VRRP_SCRIPT> }
  >[];
}

/** Everything that is declared. */
export function readTrack(blocks: TrackBlocks): TrackConfig {
  return {
    scripts: blocks.scripts.flatMap(({ value }) => readVrrpScript(value.header, value.body) ?? []),
  };
}

/** How each declared tracker is followed by who does not say. */
export function declaredIn({ scripts }: TrackConfig): Declared {
  return new Map(scripts.map((each) => [trackerKey({ kind: "script", name: each.name }), each]));
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
  const timeout = lastValue(bound.timeout);
  return {
    name,
    script: scriptCommand({ ...script, ...account }),
    interval: lastValue(bound.interval) ?? SECOND,
    ...(timeout !== undefined && { timeout }),
    weight: weight?.weight ?? 0,
    reverse: weight?.reverse ?? false,
    rise: lastValue(bound.rise) ?? 1,
    fall: lastValue(bound.fall) ?? 1,
    initFail: lastValue(bound.init_fail) ?? false,
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
