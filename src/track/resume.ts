/** What is known of trackers, kept for the next run of the daemon, and taken over by it. */

import { sortedEntries, valueOf, withEntry } from "../persistent/mod.ts";
import type { TrackPart } from "./part.ts";
import { trackerKey } from "./tracker.ts";

/** What was known of the trackers that only time tells of; interfaces and groups are seen at once. */
export interface SavedTrackers {
  readonly scripts: readonly SavedScript[];
  readonly processes: readonly SavedProcess[];
  readonly files: readonly SavedFile[];
}

/** A script that had a result. */
export interface SavedScript {
  readonly name: string;
  readonly status: "up" | "down";
  /** Results in a row that contradict it. */
  readonly against: number;
}

/** Processes that were counted. */
export interface SavedProcess {
  readonly name: string;
  readonly status: "up" | "down";
}

/** A file that held a number. */
export interface SavedFile {
  readonly name: string;
  readonly value: number;
}

/** What there is to keep. */
export function savedTrackers({ scripts, processes, files, states }: TrackPart): SavedTrackers {
  return {
    scripts: sortedEntries(scripts).flatMap(([name, { status, against }]) =>
      status === "unknown" ? [] : [{ name, status, against }]
    ),
    processes: sortedEntries(processes).flatMap(([name, { status }]) =>
      status === "unknown" ? [] : [{ name, status }]
    ),
    files: sortedEntries(files).flatMap(([name]) => {
      const value = valueOf(states, trackerKey({ kind: "file", name }));
      return typeof value === "number" ? [{ name, value }] : [];
    }),
  };
}

/** The part before its start, with what was known; what is not followed any more is passed over. */
export function resumedTrackers(part: TrackPart, saved: SavedTrackers): TrackPart {
  let { scripts, processes, states } = part;
  for (const { name, status, against } of saved.scripts) {
    const script = valueOf(scripts, name);
    if (script === undefined) continue;
    scripts = withEntry(scripts, name, { ...script, status, against });
    states = withEntry(states, trackerKey({ kind: "script", name }), status);
  }
  for (const { name, status } of saved.processes) {
    const process = valueOf(processes, name);
    if (process === undefined) continue;
    processes = withEntry(processes, name, { ...process, status });
    states = withEntry(states, trackerKey({ kind: "process", name }), status);
  }
  for (const { name, value } of saved.files) {
    if (valueOf(part.files, name) === undefined) continue;
    states = withEntry(states, trackerKey({ kind: "file", name }), value);
  }
  return { ...part, scripts, processes, states };
}
