/** What trackers want done. */

import type { FollowedFile } from "../core/protocol.ts";
import type { ScriptCommand } from "../global/config.ts";
import type { Micros } from "../net/mod.ts";
import type { TrackNews } from "../notify/mod.ts";
import type { TrackProcessConfig } from "./config.ts";

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
  /** Follow these files and no others: each is told at once by `file-changed`, and when it changes. */
  | {
    readonly kind: "follow-files";
    readonly files: readonly FollowedFile[];
  }
  /** Count these processes and no others: each is told at once by `process-count`, and when it changes. */
  | {
    readonly kind: "follow-processes";
    readonly processes: readonly TrackProcessConfig[];
    readonly buffer: { readonly size?: number; readonly force: boolean };
  }
  | { readonly kind: "news"; readonly news: TrackNews };
