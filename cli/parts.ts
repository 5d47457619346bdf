/**
 * The parts of the program. A command line needs at most one of them, and what it does not need is
 * not loaded: from the source tree they are modules, in the one file scripts of their own.
 */

import type { RunOptions } from "./line/options.ts";
import type { DaemonOptions } from "../src/daemon/run.ts";

/** `-t`. */
export interface TestPart {
  runCheck(options: RunOptions): number;
}

/** The daemon. */
export interface DaemonPart {
  runDaemon(options: DaemonOptions): Promise<number>;
}

/** What a person or an editor uses: commands and help. */
export interface ToolsPart {
  helpText(): string;
  /** Runs a subcommand, its name first. */
  runSubcommand(words: readonly string[], options: RunOptions): Promise<number>;
}

/** How to load each. */
export interface Parts {
  test(): Promise<TestPart>;
  daemon(): Promise<DaemonPart>;
  tools(): Promise<ToolsPart>;
}
