/**
 * Findings: what is wrong with a configuration, or worth knowing, and where. They stand beside a usable
 * result, never instead of it.
 */

import type { Place } from "./place.ts";
import type { RuleName } from "./rules.ts";

/** How bad a finding is. `info` never changes an exit code. */
export type Severity = "error" | "warning" | "info";

/**
 * What keepalived remembers of a finding for the exit code of `-t`, in its order: the numerically largest
 * wins (grammar.md §13). The last two end a run by themselves: a keyword lacks a word it needs, and an
 * include whose check failed.
 */
export const STATUSES = [
  "file-not-found",
  "bad-interface",
  "fatal",
  "multiple-files",
  "unknown-keyword",
  "unexpected-open-brace",
  "missing-open-brace",
  "unexpected-close-brace",
  "missing-close-brace",
  "unmatched-quote",
  "missing-parameter",
  "invalid-number",
  "general",
  "warning",
  "deprecated",
  "security",
  "missing-word",
  "include-failed",
] as const;

/** One of {@linkcode STATUSES}. */
export type Status = typeof STATUSES[number];

/**
 * What a finding is about, in words of the language, so that others can ask what follows from it: what is
 * misspelt is missing as well. A refused value needs none of it: its place says which keyword it is of.
 */
export type About =
  /** A line that is not read as what was meant. */
  | {
    readonly kind: "lost";
    /** Canonical where there are several; absent: the line is gone, and anything can be in it. */
    readonly keyword?: string | undefined;
    /** Name of the block that it would begin. */
    readonly name?: string | undefined;
    /** First line of the block it stands in; absent: the top level. */
    readonly block?: Omit<Place, "via"> | undefined;
  }
  /** None of these keywords can be found, in the block or beside the keyword marked. */
  | { readonly kind: "missing"; readonly keywords: readonly string[] }
  /** None of these keywords, anywhere, uses it. */
  | { readonly kind: "unused"; readonly by: readonly string[] }
  /** It rests on a block of one of these keywords and this name, which is not there or is not all there. */
  | { readonly kind: "refers"; readonly blocks: readonly string[]; readonly name: string }
  /** An interface, which the machine it is read for does not have. */
  | { readonly kind: "interface"; readonly name: string }
  /** The whole physical line: what else is said of it follows. */
  | { readonly kind: "line" };

/** One finding. */
export interface Diagnostic {
  /** File as it was opened. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Marked text from there on, UTF-16 units, at least 1. */
  readonly length: number;
  readonly severity: Severity;
  /** The rule that found it. */
  readonly code: RuleName;
  /** Act, offender, limit: upper case first, no full stop, no secrets. */
  readonly message: string;
  /** What to do, printed after the message. */
  readonly hint?: string;
  /** What to write in place of the marked text, where that mends it. */
  readonly fix?: string;
  /** What keepalived would remember; absent: keepalived accepts this silently. */
  readonly status?: Status;
  readonly about?: About;
  /** Only follows from another finding: it counts for exit codes, and nobody need be shown it. */
  readonly follows?: true;
  /** Further findings like it that are not kept: of other rounds of a sequence, or beyond what is listed. */
  readonly more?: number;
  /** Where the text was included or expanded, innermost first. */
  readonly via: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
  }[];
}

/** What a reporter says of a place. */
export interface Finding {
  readonly severity: Severity;
  readonly code: RuleName;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly fix?: string | undefined;
  readonly status?: Status | undefined;
  readonly about?: About | undefined;
  readonly follows?: true | undefined;
}

/** Collects findings while a file is read. */
export type Report = (place: Place, length: number, finding: Finding) => void;

/** Makes a finding of a place. */
export function diagnosticAt(place: Place, length: number, finding: Finding): Diagnostic {
  const via = [];
  for (let at = place.via; at !== undefined && via.length < 16; at = at.via) {
    via.push({ file: at.file, line: at.line, column: at.column });
  }
  const { severity, code, message, hint, fix, status, about, follows } = finding;
  return {
    file: place.file,
    line: place.line,
    column: place.column,
    length: Math.max(1, length),
    severity,
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(fix === undefined ? {} : { fix }),
    ...(status === undefined ? {} : { status }),
    ...(about === undefined ? {} : { about }),
    ...(follows === undefined ? {} : { follows }),
    via,
  };
}

/** Findings to show: those that do not only follow from others. */
export function toldOf(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ follows }) => follows !== true);
}

/** `file:line:column: severity: message, hint`. */
export function renderDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, hint } = diagnostic;
  return `${file}:${line}:${column}: ${severity}: ${messageOf(diagnostic)}${
    hint === undefined ? "" : `, ${hint}`
  }`;
}

/** The message, and how many findings more it stands for. */
export function messageOf({ message, more }: Diagnostic): string {
  return more === undefined ? message : `${message} (and ${more} more)`;
}

/** Exit code of `-t` (cli.tsv) for all findings, also those not shown: 0 clean, 2 a word is missing, 4 cannot be run, 5 other findings, 6 security or a failed include. */
export function exitStatus(diagnostics: readonly Diagnostic[]): 0 | 2 | 4 | 5 | 6 {
  const worst = worstStatus(diagnostics);
  switch (worst) {
    case undefined:
      return 0;
    case "file-not-found":
    case "bad-interface":
    case "fatal":
      return 4;
    case "security":
    case "include-failed":
      return 6;
    case "missing-word":
      return 2;
    default:
      return 5;
  }
}

/**
 * Exit code with which a start is refused, as keepalived would; 0: what is usable runs. A word that keepalived only
 * misses where another mistake leads it is there, and no reason to refuse.
 */
export function startStatus(diagnostics: readonly Diagnostic[]): 0 | 2 | 6 {
  if (diagnostics.some((diagnostic) => diagnostic.code === "main-file-missing")) return 6;
  const worst = worstStatus(toldOf(diagnostics));
  if (worst === "include-failed") return 6;
  return worst === "missing-word" ? 2 : 0;
}

function worstStatus(diagnostics: readonly Diagnostic[]): Status | undefined {
  let worst = -1;
  for (const { status } of diagnostics) {
    if (status !== undefined) worst = Math.max(worst, STATUSES.indexOf(status));
  }
  return STATUSES[worst];
}
