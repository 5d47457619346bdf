/** What trackers want done. */

import type { ScriptCommand } from "../global/config.ts";
import type { Micros } from "../net/mod.ts";
import type { TrackNews } from "../notify/mod.ts";

/** One effect. */
export type TrackEffect =
  /** Start a tracked script; answered by `script-result` or `script-not-begun` of the same run. */
  | {
    readonly kind: "run-script";
    readonly name: string;
    /** Number of the run, of all scripts. */
    readonly run: number;
    readonly command: ScriptCommand;
    readonly timeout: Micros;
  }
  /** End a run whose result nobody waits for. */
  | { readonly kind: "end-script"; readonly name: string; readonly run: number }
  | { readonly kind: "news"; readonly news: TrackNews };
