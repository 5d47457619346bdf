/** What an instance or group tracks. */

import { tell, type Use } from "../../language/mod.ts";
import type { TrackEntry } from "../../track/config.ts";
import type { FollowedThing } from "../../track/influence.ts";
import { followedBy, readTrackEntries } from "../../track/read.ts";
import { trackerKey, type TrackerKind } from "../../track/tracker.ts";
import { entriesOf } from "./addresses.ts";
import type { BoundInstance, InstanceContext, Subject } from "./subject.ts";

/** Everything that an instance lists. */
export function readTracks(subject: Subject, own: string | undefined): readonly FollowedThing[] {
  const { bound, name, context } = subject;
  return [
    ...trackedInterfaces(subject, own).map((entry) => followedBy("interface", entry)),
    ...DECLARED_KINDS.flatMap((kind) =>
      declaredEntries(kind, { lists: bound, context, owner: name }).map(({ value }) =>
        followedAs(kind, value, context)
      )
    ),
  ];
}

/** Kinds of trackers that are declared in blocks of their own. */
export const DECLARED_KINDS = ["script", "file", "process", "bfd"] as const;

type DeclaredKind = (typeof DECLARED_KINDS)[number];

/** What an entry follows, with what its declaration says. */
export function followedAs(
  kind: TrackerKind,
  entry: TrackEntry,
  { declared }: Pick<InstanceContext, "declared">,
): FollowedThing {
  return followedBy(kind, entry, declared.get(trackerKey({ kind, name: entry.name })));
}

function trackedInterfaces(
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

/** Entries of one kind whose tracker is declared; of the others scripts are reported here, the rest with all references. */
export function declaredEntries(
  kind: DeclaredKind,
  { lists, context: { declared }, owner }: {
    readonly lists: Pick<BoundInstance, `track_${DeclaredKind}`>;
    readonly context: Pick<InstanceContext, "declared">;
    readonly owner: string;
  },
): readonly Use<TrackEntry>[] {
  return readTrackEntries(lists[`track_${kind}`]).filter((entry) => {
    const { name } = entry.value;
    if (declared.has(trackerKey({ kind, name }))) return true;
    if (kind === "script") {
      tell(entry, "unknown-name", `Cannot track script ${name} in ${owner}: it is not declared`, {
        severity: "error",
        keyword: true,
        about: { kind: "refers", blocks: ["vrrp_script"], name },
      });
    }
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
