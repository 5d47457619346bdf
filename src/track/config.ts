/** What is tracked, as configured. */

import type { ScriptCommand } from "../global/config.ts";
import type { Micros } from "../net/micros.ts";
import type { Weighing } from "./influence.ts";

/** `vrrp_script`. */
export interface VrrpScriptConfig extends Weighing {
  readonly name: string;
  readonly script: ScriptCommand;
  /** Time between starts, ≥ 1 ms. */
  readonly interval: Micros;
  /** After this a running script counts as failed and is ended; absent: `interval`. */
  readonly timeout?: Micros;
  /** Successes in a row needed to come up, ≥ 1. */
  readonly rise: number;
  /** Failures in a row needed to go down, ≥ 1. */
  readonly fall: number;
  readonly initFail: boolean;
}

/** Everything that is declared for being followed. */
export interface TrackConfig {
  readonly scripts: readonly VrrpScriptConfig[];
}

/** Nothing is declared. */
export const NOTHING_DECLARED: TrackConfig = { scripts: [] };

/** An entry of `track_interface`, `track_script` and their like, as written. */
export interface TrackEntry {
  readonly name: string;
  /** Own weight; absent: that of its declaration, or 0 for an interface. */
  readonly weight?: number;
  readonly reverse?: boolean;
}
