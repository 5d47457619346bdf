/** What can be followed, by one name whatever it is, and what is known of it. */

import type { Link } from "../kernel/link.ts";
import { linkIsUp } from "../kernel/link.ts";
import { unreachable } from "../net/mod.ts";
import { type Sorted, valueOf } from "../persistent/mod.ts";

/** Kinds of trackers. `group`: the static addresses, routes and rules of a `track_group`, as one. */
export type TrackerKind = "interface" | "script" | "file" | "process" | "bfd" | "group";

/** One tracker. */
export interface Tracker {
  readonly kind: TrackerKind;
  readonly name: string;
}

/**
 * What is known: `missing` is down because there is no such thing, `unknown` until something was heard of it; a file has the
 * number in it.
 */
export type TrackerState = "unknown" | "up" | "down" | "missing" | number;

/** What is known of everything that is followed, by {@linkcode trackerKey}. */
export type TrackerStates = Sorted<string, TrackerState>;

/** Key of a tracker in maps: `script chk`. */
export function trackerKey({ kind, name }: Tracker): string {
  return `${kind} ${name}`;
}

/** The tracker of a key. */
export function trackerOf(key: string): Tracker {
  const [kind = ""] = key.split(" ", 1);
  return { kind: kind as TrackerKind, name: key.slice(kind.length + 1) };
}

/** What is known of a tracker; of one that is not followed nothing. */
export function stateOf(states: TrackerStates, tracker: Tracker): TrackerState {
  return valueOf(states, trackerKey(tracker)) ?? "unknown";
}

/** State of an interface as the kernel has it. */
export function interfaceState(link: Link | undefined): TrackerState {
  if (link === undefined) return "missing";
  return linkIsUp(link) ? "up" : "down";
}

/** What was found of a tracker, for a person, as the end of a sentence that begins with its kind and name. */
export function findingOf({ kind }: Tracker, state: TrackerState): string {
  const up = state === "up";
  switch (kind) {
    case "interface":
      return state === "missing" ? "does not exist" : `is ${up ? "up" : "down"}`;
    case "script":
      return up ? "succeeded" : "failed";
    case "file":
      return `has ${state}`;
    case "process":
      return up ? "has its quorum" : "lacks its quorum";
    case "bfd":
      return `is ${up ? "up" : "down"}`;
    case "group":
      return up ? "is complete" : "lacks a static address, route or rule";
    default:
      return unreachable(kind);
  }
}
