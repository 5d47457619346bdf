/**
 * Findings for programs: `--format json`, an array of {@linkcode FindingJson} in file order. Fields
 * are only ever added. No source text is in it, hence no secret; nor what a finding is about, which is for
 * those who leave out consequences.
 */

import type { Diagnostic, Severity } from "./diagnostic.ts";

/** Where something stands. */
export interface PlaceJson {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** One finding. */
export interface FindingJson extends PlaceJson {
  /** Column after the marked text, in UTF-16 units, on the same line. */
  readonly endColumn: number;
  readonly severity: Severity;
  /** Name of the rule, stable. */
  readonly rule: string;
  readonly message: string;
  /** What to do; `null`: nothing is suggested. */
  readonly hint: string | null;
  /** What to write in place of the marked text; `null`: nothing that surely mends it. */
  readonly fix: string | null;
  /**
   * What keepalived remembers of it for the exit code of `-t`; `null`: it accepts this silently.
   */
  readonly status: string | null;
  /** Further findings like it that are not listed, of other rounds of a sequence for example. */
  readonly more: number;
  /** Where the text was included or a definition used, innermost first. */
  readonly via: readonly PlaceJson[];
}

/** The findings as one JSON text with a line end. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify(diagnostics.map(findingJson), null, 2)}\n`;
}

function findingJson(diagnostic: Diagnostic): FindingJson {
  const { file, line, column, length, severity, code, message, hint, fix, status, more, via } =
    diagnostic;
  return {
    file,
    line,
    column,
    endColumn: column + length,
    severity,
    rule: code,
    message,
    hint: hint ?? null,
    fix: fix ?? null,
    status: status ?? null,
    more: more ?? 0,
    via: via.map((at) => ({ file: at.file, line: at.line, column: at.column })),
  };
}
