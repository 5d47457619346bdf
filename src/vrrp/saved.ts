/** What is kept of virtual routers for the next run of the daemon. */

import type { Ip, Micros } from "../net/mod.ts";
import type { StateKind } from "../notify/mod.ts";
import type { Cover } from "./wire.ts";

/** A virtual router that is held for this run. */
export interface HeldRouter {
  /** Interface its adverts go through. */
  readonly ifindex: number;
  readonly vrid: number;
  readonly ipv6: boolean;
}

/** An instance. */
export interface SavedInstance {
  readonly name: string;
  readonly vrid: number;
  readonly ipv6: boolean;
  readonly state: StateKind;
  /** When the state was entered, on the clock of this boot. */
  readonly since: Micros;
  /** Active_Adver_Interval of a backup. */
  readonly interval?: Micros;
  /** It is an owner that met another one. */
  readonly yielded?: true;
  /** Forms of the checksum of peers that use another than this node would. */
  readonly forms?: readonly SavedForm[];
  /** By the names of counters. */
  readonly statistics: Readonly<Record<string, number>>;
}

/** The form of the checksum that a peer uses: a master would not hear of it again, since its backups say nothing. */
export interface SavedForm {
  readonly peer: Ip;
  readonly cover: Cover;
}

/** A sync group. */
export interface SavedGroup {
  readonly name: string;
  readonly state: StateKind;
}

/** What is kept. */
export interface SavedRouters {
  readonly instances: readonly SavedInstance[];
  readonly groups: readonly SavedGroup[];
}

/** What a run begins with that takes the place of another. */
export interface RoutersBefore {
  readonly saved: SavedRouters;
  readonly held: readonly HeldRouter[];
}
