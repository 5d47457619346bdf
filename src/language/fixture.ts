/** Helpers of the tests of the language: a text in, lines, blocks and findings out. */

import { type Diagnostic, diagnosticAt, type Report } from "./findings/diagnostic.ts";
import type { Line } from "./findings/place.ts";
import { preprocess } from "./source/preprocess.ts";
import { memoryFiles, type SourceFiles } from "./source/source.ts";

/** A report that collects. */
export function collector(): { readonly report: Report; readonly found: Diagnostic[] } {
  const found: Diagnostic[] = [];
  return {
    found,
    report: (place, length, finding) => found.push(diagnosticAt(place, length, finding)),
  };
}

/** Logical lines of a text, and what was found on the way, as `line:column code`. */
export function linesOf(
  text: string | Readonly<Record<string, string | Uint8Array>>,
  options: Partial<Omit<SourceFiles, "read" | "list">> & { readonly allConfig?: boolean } = {},
): {
  readonly lines: readonly Line[];
  readonly texts: readonly string[];
  readonly found: readonly string[];
  readonly severities: readonly string[];
} {
  const { allConfig = false, ...rest } = options;
  const { report, found } = collector();
  const files = memoryFiles(typeof text === "string" ? { "/etc/k/main.conf": text } : text, {
    directory: "/etc/k",
    ...rest,
  });
  const lines = preprocess(files, { path: "main.conf", allConfig, report });
  return {
    lines,
    texts: lines.map((line) => line.text),
    severities: found.map(({ severity }) => severity),
    found: found.map(({ line, column, code }) => `${line}:${column} ${code}`),
  };
}
