/** What is tracked, as configured. */

import type { ProcessPattern } from "../core/protocol.ts";
import type { ScriptCommand } from "../global/config.ts";
import type { Micros } from "../net/micros.ts";
import type { FieldsOf } from "../language/mod.ts";
import type { Weighing } from "./influence.ts";
import type { VRRP_SCRIPT, VRRP_TRACK_PROCESS } from "./keywords.ts";

/**
 * `vrrp_script`: started every `interval` and counted as failed after `timeout`, or the interval; comes up after `rise` successes in
 * a row, goes down after `fall` failures.
 */
export interface VrrpScriptConfig extends Weighing, FieldsOf<typeof VRRP_SCRIPT> {
  readonly name: string;
  readonly script: ScriptCommand;
}

/** `track_file`: the number in it, times the weight, is added to a priority. */
export interface TrackFileConfig extends Weighing {
  readonly name: string;
  readonly path: string;
  /** `init_file`: what it is made with. */
  readonly init?: { readonly value: number; readonly overwrite: boolean };
}

/** `vrrp_track_process`. */
export interface TrackProcessConfig
  extends ProcessPattern, Weighing, FieldsOf<typeof VRRP_TRACK_PROCESS> {
  /** Fewest processes, ≥ 1, unless `quorumMax` is 0. */
  readonly quorum: number;
  /** Most processes. */
  readonly quorumMax?: number;
  /** Time until a change is believed that came with more processes. */
  readonly forkDelay: Micros;
  /** Time until a change is believed that came with fewer. */
  readonly terminateDelay: Micros;
}

/** An entry of `interface_up_down_delays`. */
export interface LinkDelays {
  readonly ifname: string;
  /** Until it is believed that the interface is down, and that it is up. */
  readonly down: Micros;
  readonly up: Micros;
}

/** Everything that is declared for being followed. */
export interface TrackConfig {
  readonly scripts: readonly VrrpScriptConfig[];
  readonly files: readonly TrackFileConfig[];
  readonly processes: readonly TrackProcessConfig[];
  /** Of the socket the kernel tells of processes by. */
  readonly processBuffer: {
    /** Bytes; absent: plenty. */
    readonly size?: number;
    /** Beyond what the kernel allows to others. */
    readonly force: boolean;
  };
  /** Of interfaces whose changes are not believed at once, each once. */
  readonly linkDelays: readonly LinkDelays[];
}

/** Nothing is declared. */
export const NOTHING_DECLARED: TrackConfig = {
  scripts: [],
  files: [],
  processes: [],
  processBuffer: { force: false },
  linkDelays: [],
};

/** An entry of `track_interface`, `track_script` and their like, as written. */
export interface TrackEntry {
  readonly name: string;
  /** Own weight; absent: that of its declaration, or 0 for an interface. */
  readonly weight?: number;
  readonly reverse?: boolean;
}
