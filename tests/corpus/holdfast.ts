/** Asking holdfast: the reader in this process, with the interfaces of the namespace. */

import { exitStatus, memoryFiles, renderDiagnostic } from "../../src/language/mod.ts";
import { hostFacts } from "../../src/daemon/host/source_files.ts";
import { readConfig } from "../../src/document/config.ts";
import { INTERFACES } from "./rows.ts";
import type { Variant, Verdict } from "./variant.ts";

/** Verdicts in the order of the variants. */
export function askHoldfast(variants: readonly Variant[]): readonly Verdict[] {
  const host = { ...hostFacts(), interfaces: new Set(INTERFACES) };
  return variants.map(({ files }) => {
    const texts = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [`/case/${name}`, text]),
    );
    const [, diagnostics] = readConfig("main.conf", memoryFiles(texts, { directory: "/case" }), {
      host,
    });
    return {
      code: exitStatus(diagnostics),
      output: diagnostics.map(renderDiagnostic).join("\n"),
    };
  });
}
