/** Findings as editors show them: by file, with ranges. */

import type { Diagnostic, RuleName, Severity, SourceFiles } from "../config/mod.ts";
import { readConfig, type ReadOptions } from "../world/config.ts";
import { type Location, type Position, positionOf, type Range } from "./range.ts";

/** One finding in a file. */
export interface EditorDiagnostic {
  readonly range: Range;
  readonly severity: Severity;
  /** The rule that found it. */
  readonly code: string;
  readonly message: string;
  /** What to show of the text: struck out, or grey. */
  readonly look?: "deprecated" | "unnecessary";
  /** Where the text was included or expanded, innermost first. */
  readonly related: readonly { readonly location: Location; readonly message: string }[];
}

/** The findings of a main file and all it reads, by absolute path. The main file is always among them. */
export function diagnose(
  root: string,
  files: SourceFiles,
  options: ReadOptions = {},
): ReadonlyMap<string, readonly EditorDiagnostic[]> {
  const [, diagnostics] = readConfig(root, files, options);
  const found = new Map<string, EditorDiagnostic[]>([[root, []]]);
  for (const diagnostic of diagnostics) {
    const shown = forEditor(diagnostic);
    const list = found.get(diagnostic.file);
    if (list === undefined) found.set(diagnostic.file, [shown]);
    else list.push(shown);
  }
  return found;
}

function forEditor(diagnostic: Diagnostic): EditorDiagnostic {
  const { severity, code, message, hint, length, via } = diagnostic;
  const start = positionOf(diagnostic);
  const end = { line: start.line, character: start.character + length };
  const look = code === "deprecated" ? "deprecated" : GREY.has(code) ? "unnecessary" : undefined;
  return {
    range: { start, end },
    severity,
    code,
    message: hint === undefined ? message : `${message}, ${hint}`,
    ...(look && { look }),
    related: via.map((place) => ({
      location: { path: place.file, range: emptyRange(positionOf(place)) },
      message: "Read from here",
    })),
  };
}

const GREY: ReadonlySet<RuleName> = new Set(["extra-word", "unused"]);

function emptyRange(at: Position): Range {
  return { start: at, end: at };
}
