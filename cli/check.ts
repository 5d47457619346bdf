/**
 * `-t`: reads a configuration, prints every finding that does not only follow from another, exits as keepalived
 * does.
 */

import type { RunOptions } from "./options.ts";
import { exitStatus, renderDiagnostic, toldOf } from "../src/language/mod.ts";
import { hostFacts, systemFiles } from "../src/daemon/source_files.ts";
import { readConfig } from "../src/document/config.ts";

/** Checks the file of `-f`; findings go to stderr, or are appended to the file of `-t`. */
export async function runCheck(
  { file, configId, configTest, allConfig }: RunOptions,
): Promise<number> {
  const files = systemFiles(configId === undefined ? {} : { configId });
  const [, diagnostics] = readConfig(file, files, { allConfig, host: hostFacts() });
  const text = toldOf(diagnostics).map((each) => `${renderDiagnostic(each)}\n`).join("");
  const bytes = new TextEncoder().encode(text);
  if (typeof configTest === "string") await Deno.writeFile(configTest, bytes, { append: true });
  else writeAll(Deno.stderr, bytes);
  return exitStatus(diagnostics);
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(to.writeSync(rest));
}
