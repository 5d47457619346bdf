/** What can happen to the LVS part. */

import type { Outcome } from "../check/probe.ts";
import type { LvsConfig } from "./config.ts";

/** One event. `start` is the first. */
export type LvsEvent =
  | { readonly kind: "start" }
  /** A probe found something other than expected. */
  | {
    readonly kind: "outcome";
    readonly order: number;
    readonly seq: number;
    readonly outcome: Outcome;
  }
  /** A MISC_CHECK command ended; absent code: ended by a signal, by its timeout, or could not run. */
  | {
    readonly kind: "check-result";
    readonly order: number;
    readonly seq: number;
    readonly code?: number;
  }
  /** `now` has reached `nextDeadline`. */
  | { readonly kind: "deadline" }
  | { readonly kind: "reload"; readonly config: LvsConfig }
  | { readonly kind: "shutdown" };
