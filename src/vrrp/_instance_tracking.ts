/** What an instance or group tracks. */

import { tell, type Use } from "../config/mod.ts";
import type { TrackEntry } from "../track/config.ts";
import { readTrackEntries } from "../track/read.ts";
import type { BoundInstance, InstanceContext, Subject } from "./_instance_subject.ts";

export function trackedInterfaces(
  { bound, name, context }: Subject,
  own: string,
): readonly TrackEntry[] {
  return readTrackEntries(bound.track_interface).filter((entry) => {
    const tracked = entry.value.name;
    if (context.interfaces !== undefined && !context.interfaces.has(tracked)) {
      tell(entry, "interface-missing", `Cannot find interface ${tracked} tracked by ${name}`, {
        severity: "error",
        status: "warning",
        keyword: true,
      });
    }
    if (
      tracked !== own || bound.dont_track_primary !== undefined || entry.value.weight !== undefined
    ) return true;
    tell(
      entry,
      "conflict",
      `Cannot track ${own} in ${name}: it is its own interface, which is tracked anyway`,
      {
        keyword: true,
      },
    );
    return false;
  }).map(({ value }) => value);
}

/** Scripts of a `track_script` that exist; the others are reported. */
export function trackedScripts(
  lists: BoundInstance["track_script"],
  context: InstanceContext,
  owner: string,
): readonly TrackEntry[] {
  return readTrackEntries(lists).filter((entry) => {
    if (context.scripts.has(entry.value.name)) return true;
    complainOfEntry(
      entry,
      `Cannot track script ${entry.value.name} in ${owner}: it is not declared`,
    );
    return false;
  }).map(({ value }) => value);
}

function complainOfEntry(entry: Use<unknown>, message: string): void {
  tell(entry, "unknown-name", message, { severity: "error", keyword: true });
}
