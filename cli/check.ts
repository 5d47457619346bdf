/**
 * `-t`: reads a configuration, prints every finding that does not only follow from another, exits as keepalived
 * does.
 */

import type { RunOptions } from "./line/options.ts";
import { exitStatus, renderDiagnostic, toldOf } from "../src/language/mod.ts";
import { openToAppend } from "../src/daemon/files/append_file.ts";
import { stderr, writeText } from "../src/daemon/platform/mod.ts";
import { hostFacts, systemFiles } from "../src/daemon/host/source_files.ts";
import { readConfig } from "../src/document/config.ts";

/** Checks the file of `-f`; findings go to stderr, or are appended to the file of `-t`. */
export function runCheck(
  { file, configId, configTest, allConfig }: Pick<
    RunOptions,
    "file" | "configId" | "configTest" | "allConfig"
  >,
): number {
  const files = systemFiles(configId === undefined ? {} : { configId });
  const [, diagnostics] = readConfig(file, files, { allConfig, host: hostFacts() });
  const text = toldOf(diagnostics).map((each) => `${renderDiagnostic(each)}\n`).join("");
  if (typeof configTest === "string") {
    using file = openToAppend(configTest, { mode: 0o666 });
    writeText(file, text);
  } else writeText(stderr, text);
  return exitStatus(diagnostics);
}
