/**
 * The shell: the loop around the reducer, its log, and one run from the options to the exit code (`run.ts`). Its rooms each touch one side of the
 * outside.
 */

export type { DaemonOptions } from "./run.ts";
