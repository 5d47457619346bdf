/** What is tracked, as configured. */

import type { ScriptCommand } from "../global/config.ts";
import type { Micros } from "../net/micros.ts";

/** `vrrp_script`. */
export interface VrrpScriptConfig {
  readonly name: string;
  readonly script: ScriptCommand;
  /** Time between starts, ≥ 1 ms. */
  readonly interval: Micros;
  /** After this a running script counts as failed and is ended; absent: `interval`. */
  readonly timeout?: Micros;
  /** −253 to 253; 0: failure is FAULT. */
  readonly weight: number;
  readonly reverse: boolean;
  /** Successes in a row needed to come up, ≥ 1. */
  readonly rise: number;
  /** Failures in a row needed to go down, ≥ 1. */
  readonly fall: number;
  readonly initFail: boolean;
}

/** An entry of `track_interface` or `track_script`: what is followed and what it does. */
export interface TrackEntry {
  /** Interface or script. */
  readonly name: string;
  /** Own weight; absent: that of the script, or 0 for an interface. */
  readonly weight?: number;
  readonly reverse?: boolean;
}
