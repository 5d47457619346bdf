/** What one run of the daemon keeps for the next, so that it goes on as if nothing had happened. */

import type { SavedVirtualServer } from "../../lvs/mod.ts";
import type { SavedTrackers } from "../../track/mod.ts";
import type { HeldRouter, SavedRouters } from "../../vrrp/mod.ts";

/** What is kept. */
export interface Saved {
  readonly routers: SavedRouters;
  readonly trackers: SavedTrackers;
  readonly servers: readonly SavedVirtualServer[];
}

/** What a run takes the place of. */
export interface Before {
  readonly saved: Saved;
  /** What a guardian holds for this run: it was master there, and for all others it still is. */
  readonly held: readonly HeldRouter[];
}
