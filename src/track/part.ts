/**
 * Trackers as a part: what is followed, what is known of it, and which scripts run. Whoever follows one looks it up in the one map,
 * whatever kind it is, and is told its name when it changed.
 */

import type { Link } from "../kernel/link.ts";
import { type Deadlines, deadlinesOf, earliest } from "../net/deadlines.ts";
import { sameValue } from "../net/equal.ts";
import type { Micros } from "../net/mod.ts";
import {
  byText,
  type Sorted,
  sortedEntries,
  sortedFrom,
  sortedValues,
  valueOf,
} from "../persistent/mod.ts";
import type { TrackConfig, TrackFileConfig, TrackProcessConfig } from "./config.ts";
import type { Debounced } from "./debounce.ts";
import type { TrackEffect } from "./effect.ts";
import { newProcess, reloadProcess, type TrackedProcess } from "./process.ts";
import { newScript, reloadScript, type TrackedScript } from "./script.ts";
import {
  interfaceState,
  stateOf,
  type Tracker,
  trackerKey,
  type TrackerKind,
  type TrackerState,
  type TrackerStates,
} from "./tracker.ts";

/** The part. Everything is by name. */
export interface TrackPart {
  /** Everything that is followed, by {@linkcode trackerKey}. */
  readonly states: TrackerStates;
  readonly declared: TrackConfig;
  /** Scripts that are followed; keepalived runs no others. */
  readonly scripts: Sorted<string, TrackedScript>;
  readonly files: Sorted<string, TrackFileConfig>;
  readonly processes: Sorted<string, TrackedProcess>;
  /** Interfaces that are followed and not believed at once. */
  readonly debounced: Sorted<string, Debounced>;
  /** Starts of scripts, ends of delays: by {@linkcode trackerKey}. */
  readonly deadlines: Deadlines<string>;
  /** Number of the run of a script that began last. */
  readonly lastRun: number;
}

/** What comes of an event. */
export interface TrackStep {
  /** The same object when nothing changed. */
  readonly part: TrackPart;
  /** Carried out in order. */
  readonly effects: readonly TrackEffect[];
  /** Whose followers are to look. */
  readonly changed: readonly Tracker[];
}

/** What is followed. */
export interface Followed {
  /** Each once or several times. */
  readonly trackers: readonly Tracker[];
  readonly declared: TrackConfig;
  /** The interface of a name, as the kernel has it. */
  readonly link: (name: string) => Link | undefined;
}

/** The part at the start. Scripts are due at once. */
export function startTrack(followed: Followed, now: Micros): TrackPart {
  const { declared, trackers } = followed;
  const { scripts, files, processes, linkDelays } = declared;
  const keys = new Set(trackers.map(trackerKey));
  const followedOf = <T>(kind: TrackerKind, all: readonly T[], nameOf: (one: T) => string) =>
    all.filter((one) => keys.has(trackerKey({ kind, name: nameOf(one) })));
  const named = ({ name }: { readonly name: string }) => name;
  return partOf(followed, {
    scripts: byName(followedOf("script", scripts, named), named, (each) => newScript(each, now)),
    files: byName(followedOf("file", files, named), named, (each) => each),
    processes: byName(followedOf("process", processes, named), named, newProcess),
    debounced: byName(
      followedOf("interface", linkDelays, ({ ifname }) => ifname),
      ({ ifname }) => ifname,
      (delays) => ({ delays, believed: interfaceState(followed.link(delays.ifname)) }),
    ),
    states: sortedFrom(byText, []),
    lastRun: 0,
  });
}

/** What is to be done outside so that the part hears of what it follows. */
export function beginTrack(part: TrackPart): TrackStep {
  return { part, effects: followOutside(undefined, part), changed: [] };
}

/** The part after a reload: what is known stays known, runs that nobody waits for are ended. */
export function reloadTrack(before: TrackPart, followed: Followed, now: Micros): TrackStep {
  const fresh = startTrack(followed, now);
  const scripts = kept(fresh.scripts, before.scripts, (script, known) => {
    if (sameValue(known.config, script.config)) return known;
    const sameCommand = sameValue(known.config.script, script.config.script);
    return reloadScript(known, script.config, { sameCommand, now });
  });
  const processes = kept(fresh.processes, before.processes, ({ config }, known) => {
    if (sameValue(known.config, config)) return known;
    return samePattern(known, config) ? reloadProcess(known, config) : newProcess(config);
  });
  const debounced = kept(fresh.debounced, before.debounced, ({ delays }, known) => ({
    ...known,
    delays,
  }));
  const { states, lastRun } = before;
  const part = partOf(followed, { ...fresh, scripts, processes, debounced, states, lastRun });
  const ends = sortedEntries(before.scripts).flatMap(([name, { run }]): readonly TrackEffect[] =>
    run === undefined || valueOf(part.scripts, name)?.run === run
      ? []
      : [{ kind: "end-script", name, run }]
  );
  const effects = [...ends, ...followOutside(before, part)];
  const same = sameValue(before.declared, part.declared) && sameEntries(before.states, part.states);
  return { part: same ? before : part, effects, changed: [] };
}

/** When {@linkcode stepDueTrackers} is to be called next, if at all. */
export function nextTrackDeadline({ deadlines }: TrackPart): Micros | undefined {
  return earliest(deadlines);
}

type Kept = Pick<
  TrackPart,
  "scripts" | "files" | "processes" | "debounced" | "states" | "lastRun"
>;

/** `states` are those so far: what a file holds is known from there only. */
function partOf({ trackers, declared, link }: Followed, so: Kept): TrackPart {
  const state = (tracker: Tracker): TrackerState => {
    const { kind, name } = tracker;
    switch (kind) {
      case "interface":
        return valueOf(so.debounced, name)?.believed ?? interfaceState(link(name));
      case "script":
        return valueOf(so.scripts, name)?.status ?? "unknown";
      case "process":
        return valueOf(so.processes, name)?.status ?? "unknown";
      case "file":
      case "bfd":
      case "group":
        return stateOf(so.states, tracker);
    }
  };
  const dues = [
    ...sortedEntries(so.scripts).map(([name, { dueAt }]) => due("script", name, dueAt)),
    ...sortedEntries(so.processes).map(([name, { movesAt }]) => due("process", name, movesAt)),
    ...sortedEntries(so.debounced).map(([name, { coming }]) => due("interface", name, coming?.at)),
  ];
  return {
    ...so,
    declared,
    states: sortedFrom(byText, trackers.map((each) => [trackerKey(each), state(each)])),
    deadlines: deadlinesOf(dues),
  };
}

function due(kind: TrackerKind, name: string, at: Micros | undefined) {
  return [trackerKey({ kind, name }), at] as const;
}

function byName<C, T>(
  configs: readonly C[],
  nameOf: (config: C) => string,
  make: (config: C) => T,
): Sorted<string, T> {
  return sortedFrom(byText, configs.map((config) => [nameOf(config), make(config)]));
}

/** With what is known of each in its place. */
function kept<T>(
  fresh: Sorted<string, T>,
  before: Sorted<string, T>,
  keep: (fresh: T, known: T) => T,
): Sorted<string, T> {
  return sortedFrom(
    byText,
    sortedEntries(fresh).map(([name, each]) => {
      const known = valueOf(before, name);
      return [name, known === undefined ? each : keep(each, known)];
    }),
  );
}

function sameEntries(one: TrackerStates, other: TrackerStates): boolean {
  return sameValue(sortedEntries(one), sortedEntries(other));
}

function valuesOf<T>(map: Sorted<string, T> | undefined): readonly T[] {
  return map === undefined ? [] : sortedValues(map);
}

/** Whether the same processes are counted. */
function samePattern({ config }: TrackedProcess, next: TrackProcessConfig): boolean {
  return sameValue(patternOf(config), patternOf(next));
}

function patternOf({ command, argumentsMatch, fullCommand, ...rest }: TrackProcessConfig) {
  return { command, arguments: rest.arguments, argumentsMatch, fullCommand };
}

/** Files and processes are followed outside as long as somebody follows them here. */
function followOutside(
  before: TrackPart | undefined,
  { files, processes, declared: { processBuffer: buffer } }: TrackPart,
): readonly TrackEffect[] {
  const [had, has] = [valuesOf(before?.files), valuesOf(files)];
  const [counted, counts] = [valuesOf(before?.processes), valuesOf(processes)];
  const configs = (all: readonly TrackedProcess[]) => all.map(({ config }) => config);
  const known = new Set(had.map(({ path }) => path));
  return [
    ...(sameValue(had, has) ? [] : [{ kind: "follow-files", files: pathsOf(has, known) } as const]),
    ...(sameValue(configs(counted), configs(counts)) &&
        (counts.length === 0 || sameValue(before?.declared.processBuffer, buffer))
      ? []
      : [{ kind: "follow-processes", processes: configs(counts), buffer } as const]),
  ];
}

/** Each path once; a file that was followed before is not made anew. */
function pathsOf(files: readonly TrackFileConfig[], known: ReadonlySet<string>) {
  const first = new Map(files.toReversed().map((file) => [file.path, file]));
  return [...first.values()].map(({ path, init }) => ({
    path,
    ...(init !== undefined && !known.has(path) && {
      init: { text: `${init.value}\n`, overwrite: init.overwrite },
    }),
  }));
}
