/** What can be followed, by one name whatever it is, and what is known of it. */

import { type Link, linkIsUp } from "../kernel/link.ts";
import type { TrackerName } from "../notify/mod.ts";

/** What is known: `missing` is down because there is no such thing, `unknown` until something was heard of it. */
export type TrackerState = "unknown" | "up" | "down" | "missing";

/** Key of a tracker in maps: `script chk`. */
export function trackerKey({ kind, name }: TrackerName): string {
  return `${kind} ${name}`;
}

/** State of an interface as the kernel has it. */
export function interfaceState(link: Link | undefined): TrackerState {
  if (link === undefined) return "missing";
  return linkIsUp(link) ? "up" : "down";
}
