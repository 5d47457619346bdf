/** What happens to trackers, one event at a time. */

import type { Link } from "../kernel/link.ts";
import { whoIsDue, withDeadline } from "../net/deadlines.ts";
import { type Micros, unreachable } from "../net/mod.ts";
import { type Sorted, sortedEntries, valueOf, withEntry } from "../persistent/mod.ts";
import { type Debounced, onLasted, onTold } from "./debounce.ts";
import type { TrackEffect } from "./effect.ts";
import type { ScriptEvent, TrackEvent } from "./event.ts";
import { numberIn } from "./file.ts";
import type { Followed, TrackPart, TrackStep } from "./part.ts";
import { onCount, onDelayOver, type TrackedProcess } from "./process.ts";
import {
  onScriptGone,
  onScriptNotBegun,
  onScriptResult,
  startScript,
  type TrackedScript,
} from "./script.ts";
import {
  interfaceState,
  type Tracker,
  trackerKey,
  trackerOf,
  type TrackerState,
} from "./tracker.ts";

/** Starts the scripts that are due, whose results come as events, and believes what has lasted. */
export function stepDueTrackers(before: TrackPart, now: Micros): TrackStep {
  return whoIsDue(before.deadlines, now).reduce<TrackStep>(
    ({ part, effects, changed }, key) => {
      const step = stepDue(part, trackerOf(key), now);
      return {
        part: step.part,
        effects: [...effects, ...step.effects],
        changed: [...changed, ...step.changed],
      };
    },
    nothing(before),
  );
}

function stepDue(part: TrackPart, tracker: Tracker, now: Micros): TrackStep {
  const { kind, name } = tracker;
  switch (kind) {
    case "script":
      return startDueScript(part, name, now);
    case "process": {
      const self = valueOf(part.processes, name);
      return self === undefined ? nothing(part) : moved(part, self, onDelayOver(self));
    }
    case "interface": {
      const self = valueOf(part.debounced, name);
      return self === undefined ? nothing(part) : debounced(part, self, onLasted(self));
    }
    case "file":
    case "bfd":
    case "group":
      return nothing(part);
    default:
      return unreachable(kind);
  }
}

function startDueScript(before: TrackPart, name: string, now: Micros): TrackStep {
  const script = valueOf(before.scripts, name);
  if (script === undefined) return nothing(before);
  const run = before.lastRun + 1;
  const [next, verdict] = startScript(script, run, now);
  const part = withScript(before, name, next);
  if (verdict === "wait") return nothing(part);
  const { script: command, interval, timeout = interval } = script.config;
  const effect: TrackEffect = { kind: "run-script", name, run, command, timeout };
  return { part: { ...part, lastRun: run }, effects: [effect], changed: [] };
}

/** Hears of something. What concerns nothing that is followed changes nothing. */
export function stepTrack(part: TrackPart, event: TrackEvent, now: Micros): TrackStep {
  switch (event.kind) {
    case "script-result":
    case "script-gone":
    case "script-not-begun":
      return onScript(part, event, now);
    case "file-changed":
      return onFile(part, event);
    case "process-count": {
      const self = valueOf(part.processes, event.name);
      return self === undefined
        ? nothing(part)
        : moved(part, self, onCount(self, event.count, now));
    }
    default:
      return unreachable(event);
  }
}

/** A run that is not under way any more, since a reload for example, changes nothing. */
function onScript(before: TrackPart, event: ScriptEvent, now: Micros): TrackStep {
  const { name, run } = event;
  const script = valueOf(before.scripts, name);
  if (script === undefined || script.run !== run) return nothing(before);
  const after = heard(script, event, now);
  const part = withScript(before, name, after);
  if (event.kind === "script-not-begun" && script.notBegun === 0) {
    const news = { kind: "script-not-begun", name, why: event.why } as const;
    return { part, effects: [{ kind: "news", news }], changed: [] };
  }
  if (after.status === script.status || event.kind !== "script-result") return nothing(part);
  return told(part, { kind: "script", name }, scriptLine(event));
}

/** Every tracker of that file has its number. */
function onFile(
  before: TrackPart,
  { path, content }: Extract<TrackEvent, { readonly kind: "file-changed" }>,
): TrackStep {
  const trackers = sortedEntries(before.files)
    .flatMap(([name, file]): readonly Tracker[] =>
      file.path === path ? [{ kind: "file", name }] : []
    );
  const [first] = trackers;
  if (first === undefined) return nothing(before);
  const number = numberIn(content);
  if (number === undefined) {
    const line = `Invalid number ${content?.trim()} read from ${path} - ignoring`;
    // Nobody is to wait for a file that holds nothing of use.
    const known = trackers.reduce((step, each) => readAsZero(step, each), nothing(before));
    return {
      ...known,
      effects: [{ kind: "news", news: { kind: "tracker", tracker: first, line } }],
    };
  }
  return trackers.reduce<TrackStep>(({ part, effects, changed }, each) => {
    const step = put(part, each, number);
    return { part: step.part, effects, changed: [...changed, ...step.changed] };
  }, nothing(before));
}

/** A number that was never read is 0. */
function readAsZero({ part, effects, changed }: TrackStep, tracker: Tracker): TrackStep {
  const so = valueOf(part.states, trackerKey(tracker));
  const step = so === "unknown" ? put(part, tracker, 0) : nothing(part);
  return { part: step.part, effects, changed: [...changed, ...step.changed] };
}

/** Hears of the interface that has a name now. A name nobody follows changes nothing; whoever follows it says what comes of it. */
export function toldOfInterface(
  part: TrackPart,
  name: string,
  { link, now }: { readonly link: Link | undefined; readonly now: Micros },
): TrackStep {
  const state = interfaceState(link);
  const self = valueOf(part.debounced, name);
  if (self === undefined) return put(part, { kind: "interface", name }, state);
  return debounced(part, self, onTold(self, state, now));
}

/** Hears whether all static objects of a `track_group` are there. */
export function toldOfObjects(part: TrackPart, name: string, complete: boolean): TrackStep {
  return put(part, { kind: "group", name }, complete ? "up" : "down");
}

/** The same of several groups. */
export function toldOfGroups(
  before: TrackPart,
  groups: readonly (readonly [name: string, complete: boolean])[],
): TrackStep {
  return groups.reduce<TrackStep>(({ part, effects, changed }, [name, complete]) => {
    const step = toldOfObjects(part, name, complete);
    return { part: step.part, effects, changed: [...changed, ...step.changed] };
  }, nothing(before));
}

/** The part with all interfaces as they are, at a start: that is no news, and believed at once. */
export function withInterfaces(
  before: TrackPart,
  { trackers, link }: Pick<Followed, "trackers" | "link">,
): TrackPart {
  return trackers.reduce<TrackPart>((part, tracker) => {
    const { kind, name } = tracker;
    if (kind !== "interface") return part;
    const believed = interfaceState(link(name));
    const self = valueOf(part.debounced, name);
    return self === undefined
      ? put(part, tracker, believed).part
      : debounced(part, self, { delays: self.delays, believed }).part;
  }, before);
}

function nothing(part: TrackPart): TrackStep {
  return { part, effects: [], changed: [] };
}

/** With another state of a tracker that is followed. */
function put(part: TrackPart, tracker: Tracker, state: TrackerState): TrackStep {
  const key = trackerKey(tracker);
  const was = valueOf(part.states, key);
  if (was === undefined || was === state) return nothing(part);
  return {
    part: { ...part, states: withEntry(part.states, key, state) },
    effects: [],
    changed: [tracker],
  };
}

function told(part: TrackPart, tracker: Tracker, line: string): TrackStep {
  const news = { kind: "tracker", tracker, line } as const;
  return { part, effects: [{ kind: "news", news }], changed: [tracker] };
}

/** keepalived's words. */
function scriptLine(
  { name, ok, how }: Extract<TrackEvent, { readonly kind: "script-result" }>,
): string {
  const failed = how === "timed_out" ? how : how === undefined ? "failed" : `failed (${how})`;
  return `VRRP_Script(${name}) ${ok ? "succeeded" : failed}`;
}

/** Another process in the place of one; keepalived says nothing of those that do not run at the start. */
function moved(before: TrackPart, from: TrackedProcess, to: TrackedProcess): TrackStep {
  const { name } = to.config;
  const tracker = { kind: "process", name } as const;
  const part: TrackPart = {
    ...before,
    processes: withEntry(before.processes, name, to),
    deadlines: withDeadline(before.deadlines, trackerKey(tracker), {
      from: from.movesAt,
      to: to.movesAt,
    }),
  };
  const step = put(part, tracker, to.status);
  if (step.changed.length === 0 || (from.status === "unknown" && to.status === "down")) return step;
  const verb = to.status === "up" ? "gained" : "lost";
  return told(step.part, tracker, `Quorum ${verb} for tracked process ${name}`);
}

function debounced(before: TrackPart, from: Debounced, to: Debounced): TrackStep {
  if (from === to) return nothing(before);
  const name = to.delays.ifname;
  const tracker = { kind: "interface", name } as const;
  const part: TrackPart = {
    ...before,
    debounced: withEntry(before.debounced, name, to),
    deadlines: withDeadline(before.deadlines, trackerKey(tracker), {
      from: from.coming?.at,
      to: to.coming?.at,
    }),
  };
  return put(part, tracker, to.believed);
}

/** Another script in the place of one, and what it says in the map. */
function withScript(part: TrackPart, name: string, script: TrackedScript): TrackPart {
  const before = valueOf(part.scripts, name);
  if (before === script) return part;
  const key = trackerKey({ kind: "script", name });
  const scripts: Sorted<string, TrackedScript> = withEntry(part.scripts, name, script);
  return {
    ...part,
    scripts,
    states: before?.status === script.status
      ? part.states
      : withEntry(part.states, key, script.status),
    deadlines: withDeadline(part.deadlines, key, { from: before?.dueAt, to: script.dueAt }),
  };
}

function heard(script: TrackedScript, event: ScriptEvent, now: Micros): TrackedScript {
  switch (event.kind) {
    case "script-result":
      return onScriptResult(script, event.ok, event.alive);
    case "script-gone":
      return onScriptGone(script);
    case "script-not-begun":
      return onScriptNotBegun(script, now);
  }
}
