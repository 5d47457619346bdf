/**
 * Trackers as a part: what is followed, what is known of it, and which scripts run. Whoever follows one looks it up in the one map,
 * whatever kind it is, and is told its name when it changed.
 */

import type { Link } from "../kernel/link.ts";
import { sameValue } from "../net/equal.ts";
import { type Deadlines, deadlinesOf, earliest, whoIsDue, withDeadline } from "../net/deadlines.ts";
import type { Micros } from "../net/mod.ts";
import {
  byText,
  type Sorted,
  sortedEntries,
  sortedFrom,
  sortedValues,
  valueOf,
  withEntry,
} from "../persistent/mod.ts";
import type { TrackConfig } from "./config.ts";
import type { TrackEffect } from "./effect.ts";
import type { TrackEvent } from "./event.ts";
import {
  newScript,
  onScriptGone,
  onScriptNotBegun,
  onScriptResult,
  reloadScript,
  startScript,
  type TrackedScript,
} from "./script.ts";
import {
  interfaceState,
  type Tracker,
  trackerKey,
  type TrackerState,
  type TrackerStates,
} from "./tracker.ts";

/** The part. */
export interface TrackPart {
  /** Everything that is followed, by {@linkcode trackerKey}. */
  readonly states: TrackerStates;
  readonly declared: TrackConfig;
  /** Scripts that are followed, by name; keepalived runs no others. */
  readonly scripts: Sorted<string, TrackedScript>;
  /** Starts of scripts, by name. */
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
  const keys = new Set(followed.trackers.map(trackerKey));
  const scripts = followed.declared.scripts.filter(({ name }) =>
    keys.has(trackerKey({ kind: "script", name }))
  );
  return partOf(
    followed,
    sortedFrom(byText, scripts.map((script) => [script.name, newScript(script, now)])),
    0,
  );
}

/** The part after a reload: what is known of a script stays known, runs that nobody waits for are ended. */
export function reloadTrack(before: TrackPart, followed: Followed, now: Micros): TrackStep {
  const fresh = startTrack(followed, now).scripts;
  const scripts = sortedEntries(fresh).map(([name, script]): readonly [string, TrackedScript] => {
    const known = valueOf(before.scripts, name);
    if (known === undefined) return [name, script];
    if (sameValue(known.config, script.config)) return [name, known];
    const sameCommand = sameValue(known.config.script, script.config.script);
    return [name, reloadScript(known, script.config, { sameCommand, now })];
  });
  const part = partOf(followed, sortedFrom(byText, scripts), before.lastRun);
  const effects = sortedEntries(before.scripts).flatMap(([name, { run }]): readonly TrackEffect[] =>
    run === undefined || valueOf(part.scripts, name)?.run === run
      ? []
      : [{ kind: "end-script", name, run }]
  );
  const same = sameValue(before.declared, part.declared) && sameEntries(before.states, part.states);
  return { part: same ? before : part, effects, changed: [] };
}

function sameEntries(one: TrackerStates, other: TrackerStates): boolean {
  return sameValue(sortedEntries(one), sortedEntries(other));
}

/** When {@linkcode startDueScripts} is to be called next, if at all. */
export function nextTrackDeadline({ deadlines }: TrackPart): Micros | undefined {
  return earliest(deadlines);
}

/** Starts the scripts that are due; their results come as events. */
export function startDueScripts(before: TrackPart, now: Micros): TrackStep {
  let part = before;
  const effects: TrackEffect[] = [];
  for (const name of whoIsDue(before.deadlines, now)) {
    const script = valueOf(part.scripts, name);
    if (script === undefined) continue;
    const run = part.lastRun + 1;
    const [next, verdict] = startScript(script, run, now);
    part = withScript(part, name, next);
    if (verdict === "wait") continue;
    part = { ...part, lastRun: run };
    const { script: command, interval, timeout = interval } = script.config;
    effects.push({ kind: "run-script", name, run, command, timeout });
  }
  return { part, effects, changed: [] };
}

/** Hears of a run. One that is not under way any more, since a reload for example, changes nothing. */
export function stepTrack(before: TrackPart, event: TrackEvent, now: Micros): TrackStep {
  const { name, run } = event;
  const script = valueOf(before.scripts, name);
  if (script === undefined || script.run !== run) return { part: before, effects: [], changed: [] };
  const after = heard(script, event, now);
  const part = withScript(before, name, after);
  if (event.kind === "script-not-begun" && script.notBegun === 0) {
    const news = { kind: "script-not-begun", name, why: event.why } as const;
    return { part, effects: [{ kind: "news", news }], changed: [] };
  }
  if (after.status === script.status || event.kind !== "script-result") {
    return { part, effects: [], changed: [] };
  }
  const tracker = { kind: "script", name } as const;
  const news = { kind: "tracker", tracker, line: scriptLine(event) } as const;
  return { part, effects: [{ kind: "news", news }], changed: [tracker] };
}

/** Hears of the interface that has a name now. A name nobody follows changes nothing; whoever follows it says what comes of it. */
export function toldOfInterface(
  before: TrackPart,
  name: string,
  link: Link | undefined,
): TrackStep {
  const tracker = { kind: "interface", name } as const;
  const was = valueOf(before.states, trackerKey(tracker));
  const state = interfaceState(link);
  if (was === undefined || was === state) return { part: before, effects: [], changed: [] };
  const part = { ...before, states: withEntry(before.states, trackerKey(tracker), state) };
  return { part, effects: [], changed: [tracker] };
}

/** The part with all interfaces as they are, at a start: that is no news. */
export function withInterfaces(
  before: TrackPart,
  { trackers, link }: Pick<Followed, "trackers" | "link">,
): TrackPart {
  return trackers.reduce<TrackPart>(
    (part, { kind, name }) =>
      kind === "interface" ? toldOfInterface(part, name, link(name)).part : part,
    before,
  );
}

function partOf(
  { trackers, declared, link }: Followed,
  scripts: Sorted<string, TrackedScript>,
  lastRun: number,
): TrackPart {
  const state = ({ kind, name }: Tracker): TrackerState =>
    kind === "interface" ? interfaceState(link(name)) : valueOf(scripts, name)?.status ?? "unknown";
  return {
    declared,
    states: sortedFrom(byText, trackers.map((each) => [trackerKey(each), state(each)])),
    scripts,
    deadlines: deadlinesOf(sortedValues(scripts).map(({ config, dueAt }) => [config.name, dueAt])),
    lastRun,
  };
}

/** keepalived's words. */
function scriptLine(
  { name, ok, how }: Extract<TrackEvent, { readonly kind: "script-result" }>,
): string {
  const failed = how === "timed_out" ? how : how === undefined ? "failed" : `failed (${how})`;
  return `VRRP_Script(${name}) ${ok ? "succeeded" : failed}`;
}

/** Another script in the place of one, and what it says in the map. */
function withScript(part: TrackPart, name: string, script: TrackedScript): TrackPart {
  const before = valueOf(part.scripts, name);
  if (before === script) return part;
  const key = trackerKey({ kind: "script", name });
  return {
    ...part,
    scripts: withEntry(part.scripts, name, script),
    states: before?.status === script.status
      ? part.states
      : withEntry(part.states, key, script.status),
    deadlines: withDeadline(part.deadlines, name, { from: before?.dueAt, to: script.dueAt }),
  };
}

function heard(script: TrackedScript, event: TrackEvent, now: Micros): TrackedScript {
  switch (event.kind) {
    case "script-result":
      return onScriptResult(script, event.ok, event.alive);
    case "script-gone":
      return onScriptGone(script);
    case "script-not-begun":
      return onScriptNotBegun(script, now);
  }
}
