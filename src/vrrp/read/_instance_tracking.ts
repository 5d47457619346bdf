/** What an instance or group tracks. */

import { tell, type Use } from "../../language/mod.ts";
import type { TrackEntry } from "../../track/config.ts";
import { readTrackEntries } from "../../track/read.ts";
import { entriesOf } from "./_instance_addresses.ts";
import type { BoundInstance, InstanceContext, Subject } from "./_instance_subject.ts";

export function trackedInterfaces(
  { bound, name, context }: Subject,
  own: string | undefined,
): readonly TrackEntry[] {
  return readTrackEntries(bound.track_interface).filter((entry) => {
    const tracked = entry.value.name;
    tellOfMissing(entry, name, context);
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

/** Reports an entry whose interface does not exist. */
export function tellOfMissing(
  entry: Use<TrackEntry>,
  owner: string,
  { interfaces }: Pick<InstanceContext, "interfaces">,
): void {
  const { name } = entry.value;
  if (interfaces === undefined || interfaces.has(name)) return;
  tell(entry, "interface-missing", `Cannot find interface ${name} tracked by ${owner}`, {
    severity: "error",
    status: "warning",
    keyword: true,
    about: { kind: "interface", name },
  });
}

/** Scripts of a `track_script` that exist; the others are reported. */
export function declaredScripts(
  lists: BoundInstance["track_script"],
  context: InstanceContext,
  owner: string,
): readonly Use<TrackEntry>[] {
  return readTrackEntries(lists).filter((entry) => {
    if (context.scripts.has(entry.value.name)) return true;
    const { name } = entry.value;
    tell(entry, "unknown-name", `Cannot track script ${name} in ${owner}: it is not declared`, {
      severity: "error",
      keyword: true,
      about: { kind: "refers", blocks: ["vrrp_script"], name },
    });
    return false;
  });
}

/** Interfaces that routes and rules need, each once. */
export function routeInterfaces(
  { virtual_routes, virtual_rules }: BoundInstance,
): readonly string[] {
  const entries = [...entriesOf(virtual_routes), ...entriesOf(virtual_rules)];
  return [...new Set(entries.flatMap(({ tracked }) => tracked))];
}
