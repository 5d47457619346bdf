/** Runs this program again in the place of this process. */

import { loadLibrary } from "./load.ts";

/** How the next life begins. */
export interface Restart {
  /** File of its network namespace; absent: the same. */
  readonly namespace?: string;
  /** The program is what lies at its path by now, not what it was. */
  readonly anew?: true;
  /** Names and values of variables it finds beside those of this life. */
  readonly variables: readonly (readonly [string, string])[];
}

/** What the core adds to an error number, negative. */
const ERRNO_FROM = 1000;

/** Does not come back, or gives why not, as an error number. */
export function restart(next: Restart): number {
  const json = new TextEncoder().encode(JSON.stringify(next));
  const status = loadLibrary().symbols.core_restart(json, json.length);
  return Math.max(0, -status - ERRNO_FROM);
}
