/** Places in the scripts of the one executable, as lines of the source. */

import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";

/** Source maps by the name of their script, as scripts/build leaves them beside the executable. */
export type Maps = Readonly<Record<string, string>>;

/** Reads the file of maps; throws for one that is none. */
export function parseMaps(text: string): Maps {
  const maps: Readonly<Record<string, unknown>> = JSON.parse(text);
  return Object.fromEntries(
    Object.entries(maps).map(([name, map]) => [name, JSON.stringify(map)]),
  );
}

/** A place as stack traces write it: script, line from 1, column from 1. */
const PLACE = /\bholdfast:([a-z]+)(?:, <anonymous>)?:(\d+):(\d+)/g;

/** Writes the places of the source in place of those of scripts; leaves what no map knows. */
export function withSourcePlaces(text: string, maps: Maps): string {
  const read = new Map<string, TraceMap>();
  const mapOf = (name: string): TraceMap | undefined => {
    const known = read.get(name);
    const map = maps[name];
    if (known !== undefined || map === undefined) return known;
    const made = new TraceMap(map);
    read.set(name, made);
    return made;
  };
  return text.replace(PLACE, (place, name: string, line: string, column: string) => {
    const map = mapOf(name);
    if (map === undefined) return place;
    const found = originalPositionFor(map, { line: Number(line), column: Number(column) - 1 });
    return found.source === null
      ? place
      : `${found.source}:${found.line}:${(found.column ?? 0) + 1}`;
  });
}
