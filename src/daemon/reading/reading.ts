/** What reading a file gives the daemon: values that can be copied from one thread to another. */

import { exitStatus, startStatus } from "../../language/mod.ts";
import { type BoundConfig, type Config, readBound } from "../../document/config.ts";
import { type ReloadRefusal, reloadRefusal } from "../../document/reload.ts";
import type { LogLine } from "../../global/log.ts";
import { hostFacts, systemFiles } from "../host/source_files.ts";
import { findingLines } from "./config_log.ts";

/** Which file, as what node, which parts. */
export interface LoadOptions {
  readonly file: string;
  readonly configId?: string;
  /** `-e`: every include problem counts. */
  readonly allConfig: boolean;
  readonly parts: "both" | "vrrp" | "check";
}

/** A file, read. */
export interface Reading {
  readonly config: Config;
  /** What was found, for the log. */
  readonly lines: readonly Omit<LogLine, "kind">[];
  /** Exit code with which a start is refused; 0: it can run. */
  readonly refused: number;
  /** Exit code of `-t`; 0: it passes the test. */
  readonly tested: number;
  /** Why it may not take the place of what runs; absent: it may, or nothing ran. */
  readonly refusal?: ReloadRefusal;
}

/** What runs, against which a file is judged. */
export type Running = Pick<Config, "vrrp" | "lvs">;

/** Reads the file for this machine. Never throws for what it says. */
export function readFile(options: LoadOptions, running?: Running): Reading {
  const { file, configId, allConfig } = options;
  const files = systemFiles(configId === undefined ? {} : { configId });
  return readingOf(readBound(file, files, { allConfig, host: hostFacts() }), { file, running });
}

/** What of it the daemon needs. */
export function readingOf(
  bound: BoundConfig,
  { file, running }: { readonly file: string; readonly running?: Running | undefined },
): Reading {
  const { config, diagnostics } = bound;
  const refusal = running && reloadRefusal(running, bound);
  return {
    config,
    lines: findingLines(diagnostics, file),
    refused: startStatus(diagnostics),
    // A file may be whole without that scripts are vouched for.
    tested: exitStatus(diagnostics.filter(({ status }) => status !== "security")),
    ...(refusal && { refusal }),
  };
}
