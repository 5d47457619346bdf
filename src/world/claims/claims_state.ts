/** What is claimed at a time: more than the configuration names, until what is not in it any more has gone. */

import type { Changed } from "../../kernel/changed.ts";
import { type Claims, isCovered, NO_CLAIMS, together } from "./claims.ts";
import type { WorldConfig } from "../event.ts";
import { claimsOf } from "./left_over.ts";

/** What is claimed. */
export interface ClaimsState {
  /** What the configuration in force may put into the kernel. */
  readonly configured: Claims;
  /** That, and what may still be there of before. */
  readonly held: Claims;
  /** Whether `held` is more than `configured`. */
  readonly surplus: boolean;
  /** Settings that are other than they were before this run, or one that had no time to put them back. */
  readonly settings: readonly Changed[];
  /** What is kept for the next run, as last said: `held` without what is an interface's own. */
  readonly said: Claims;
  /** What it was said for. */
  readonly saidFor?: {
    readonly held: Claims;
    readonly own: ReadonlySet<string>;
    readonly settings: readonly Changed[];
  };
}

/** Nothing but what is configured. */
export function claimsOfConfig(config: WorldConfig): ClaimsState {
  const configured = claimsOf(config);
  return { configured, held: configured, surplus: false, settings: [], said: NO_CLAIMS };
}

/** With what a run before, or a configuration before, has left. */
export function withLeft(state: ClaimsState, all: Claims): ClaimsState {
  const { settings: _settings, ...left } = all;
  if (isCovered(left, state.configured)) return { ...state, held: state.configured };
  return { ...state, held: together(state.configured, left), surplus: true };
}
