/** Findings as editors show them: by file, with ranges. */

import {
  type Diagnostic,
  messageOf,
  type RuleName,
  type Severity,
  type SourceFiles,
  toldOf,
} from "../language/mod.ts";
import { recordFiles } from "../language/source/recorded_files.ts";
import type { HostFacts } from "../document/commands/mod.ts";
import { readBound } from "../document/config.ts";
import { type HostAddress, lint, programsOf, type ScriptFacts } from "../document/lint/mod.ts";
import { type Location, type Position, positionOf, type Range } from "./text/range.ts";

/** One finding in a file. */
export interface EditorDiagnostic {
  readonly range: Range;
  readonly severity: Severity;
  /** The rule that found it. */
  readonly code: string;
  readonly message: string;
  /** What to write in place of it, where that mends it. */
  readonly fix?: string;
  /** What to show of the text: struck out, or grey. */
  readonly look?: "deprecated" | "unnecessary";
  /** Where the text was included or expanded, innermost first. */
  readonly related: readonly { readonly location: Location; readonly message: string }[];
}

/** The machine the files are for. */
export interface Machine {
  readonly facts: HostFacts;
  readonly addresses: readonly HostAddress[];
  /** As far as they are known yet. */
  readonly scripts: ScriptFacts;
}

/** What a main file and all it reads gave. */
export interface Diagnosis {
  /** By absolute path; the main file is always among them. */
  readonly findings: ReadonlyMap<string, readonly EditorDiagnostic[]>;
  /** Programs the configuration runs, of which a machine can tell more. */
  readonly programs: readonly string[];
}

/** Looks for mistakes in a main file and all it reads: those of the language, and those of lint. */
export function diagnose(root: string, files: SourceFiles, machine?: Machine): Diagnosis {
  const recorded = recordFiles(files);
  const own = readBound(root, recorded.files, machine === undefined ? {} : { host: machine.facts });
  const diagnostics = lint({
    ...own,
    peers: [],
    ...(machine && { addresses: machine.addresses, scripts: machine.scripts }),
  }, { off: new Set(), files: recorded.paths(), lines: recorded.lines });
  const found = new Map<string, EditorDiagnostic[]>([[root, []]]);
  for (const diagnostic of toldOf(diagnostics)) {
    const shown = forEditor(diagnostic);
    const list = found.get(diagnostic.file);
    if (list === undefined) found.set(diagnostic.file, [shown]);
    else list.push(shown);
  }
  return { findings: found, programs: programsOf(own.root) };
}

function forEditor(diagnostic: Diagnostic): EditorDiagnostic {
  const { severity, code, hint, length, via } = diagnostic;
  const message = messageOf(diagnostic);
  const start = positionOf(diagnostic);
  const end = { line: start.line, character: start.character + length };
  const look = code === "deprecated" ? "deprecated" : GREY.has(code) ? "unnecessary" : undefined;
  return {
    range: { start, end },
    severity,
    code,
    message: hint === undefined ? message : `${message}, ${hint}`,
    ...(diagnostic.fix !== undefined && { fix: diagnostic.fix }),
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
