/** What can happen to trackers. */

/** What becomes of a run of a script. */
export type ScriptEvent =
  /** A tracked script ended, or ran out of time (not ok). */
  | {
    readonly kind: "script-result";
    readonly name: string;
    /** Number of the run, as in `run-script`. */
    readonly run: number;
    readonly ok: boolean;
    /** How it ended, for a person: `exited with status 1`, `timed_out`. */
    readonly how?: string;
    /** It ran out of time and is being ended: `script-gone` follows. */
    readonly alive?: boolean;
  }
  /** A run that was counted while alive has ended. */
  | { readonly kind: "script-gone"; readonly name: string; readonly run: number }
  /** This host lacked what it takes to start a run: nothing is known of what the script looks at. */
  | {
    readonly kind: "script-not-begun";
    readonly name: string;
    readonly run: number;
    /** For a person: `too many open files`. */
    readonly why: string;
  };

/** One event. Links are told by `toldOfInterface`: who follows the kernel has them already. */
export type TrackEvent =
  | ScriptEvent
  /** A file that is followed holds this; absent content: there is none, or it cannot be read. */
  | { readonly kind: "file-changed"; readonly path: string; readonly content?: string }
  /** So many of the processes that are followed as `name` run. */
  | { readonly kind: "process-count"; readonly name: string; readonly count: number };
