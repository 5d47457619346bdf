/** Include lines: which files they mean and which problems count (grammar.md §8). */

import type { Report, Severity } from "../findings/diagnostic.ts";
import { braceAlternatives, globFiles, hasWildcard } from "./glob.ts";
import { type Line, placeAt, widthBetween } from "../findings/place.ts";
import { resolvePath, type SourceFiles } from "./source.ts";

/** Checks whose failure ends start-up. */
export interface IncludeChecks {
  /** Matches must be readable, regular and not executable. */
  readonly read: boolean;
  /** Something must match where no wildcard is used. */
  readonly match: boolean;
  /** Something must match even with wildcards. */
  readonly wildcardMatch: boolean;
  /** Every brace alternative must exist. */
  readonly braceMatch: boolean;
}

/** No check in force: problems are told and nothing more. */
export const NO_CHECKS: IncludeChecks = {
  read: false,
  match: false,
  wildcardMatch: false,
  braceMatch: false,
};

/** Every check in force (`includea`, `-e`). */
export const ALL_CHECKS: IncludeChecks = {
  read: true,
  match: true,
  wildcardMatch: true,
  braceMatch: true,
};

const BY_DIRECTIVE: Readonly<Record<string, IncludeChecks>> = {
  "": NO_CHECKS,
  r: { ...NO_CHECKS, read: true },
  m: { ...NO_CHECKS, read: true, match: true },
  w: { ...NO_CHECKS, read: true, match: true, wildcardMatch: true },
  b: { ...NO_CHECKS, read: true, braceMatch: true },
  a: ALL_CHECKS,
};

/** An include line, read. */
export interface Include {
  readonly pattern: string;
  /** Offset of the pattern in the line. */
  readonly at: number;
  readonly checks: IncludeChecks;
}

/** Reads an include line; `undefined` for any other. */
export function readInclude(text: string, inForce: IncludeChecks): Include | undefined {
  const match = /^include([rmwba]?)[ \t\n\v\f\r]+(?=\S)/.exec(text);
  if (match === null) return undefined;
  const own = BY_DIRECTIVE[match[1] ?? ""] ?? NO_CHECKS;
  const pattern = text.slice(match[0].length).replace(/^"([^"]*)"$/, "$1");
  return {
    pattern,
    at: match[0].length,
    checks: {
      read: own.read || inForce.read,
      match: own.match || inForce.match,
      wildcardMatch: own.wildcardMatch || inForce.wildcardMatch,
      braceMatch: own.braceMatch || inForce.braceMatch,
    },
  };
}

/** A file to read. */
export interface IncludedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Files an include line means, in the order they are read; problems are reported. */
export function includedFiles(
  include: Include,
  line: Line,
  options: { readonly files: SourceFiles; readonly directory: string; readonly report: Report },
): readonly IncludedFile[] {
  const { files, directory, report } = options;
  const { pattern, checks } = include;
  const complain = (
    message: string,
    counts: boolean,
    { severity = "warning", hint }: {
      readonly severity?: Severity;
      readonly hint?: string | undefined;
    } = {},
  ) =>
    report(placeAt(line, include.at), widthBetween(line, include.at, line.text.length), {
      severity: counts ? "error" : severity,
      code: "include-failed",
      message,
      hint,
      status: counts ? "include-failed" : undefined,
    });
  const alternatives = braceAlternatives(pattern);
  const matches = alternatives.map((part) => globFiles(files, directory, part));
  const paths = [...new Set(matches.flat())];
  const lacking = alternatives.filter((part, index) =>
    matches[index]?.length === 0 && !hasWildcard(part)
  );
  if (lacking.length > 0) {
    const counts = alternatives.length > 1 ? checks.braceMatch : checks.match;
    complain(`Cannot include ${lacking.join(", ")}: there is no such file`, counts);
  } else if (paths.length === 0) {
    const lost = !directoryExists(pattern, options);
    const counts = checks.wildcardMatch || (lost && checks.match);
    complain(`Cannot include ${pattern}: no file matches`, counts, {
      severity: lost ? "warning" : "info",
    });
  }
  return paths.flatMap((path) => {
    const content = files.read(path);
    if (content.kind === "text" && !content.executable) return [{ path, bytes: content.bytes }];
    const why = content.kind === "text"
      ? "it is executable"
      : content.kind === "unreadable"
      ? content.reason
      : content.kind === "directory"
      ? "it is a directory"
      : "it is no regular file";
    const hint = content.kind === "text"
      ? `chmod a-x ${path}`
      : content.kind === "directory"
      ? `write include ${path}/*.conf`
      : undefined;
    complain(`Cannot include ${path}: ${why}`, checks.read, { hint });
    return [];
  });
}

/** Whether the directory before the first wildcard is there: an empty one is nothing strange, a missing one is. */
function directoryExists(
  pattern: string,
  { files, directory }: { readonly files: SourceFiles; readonly directory: string },
): boolean {
  const fixed = pattern.slice(0, pattern.search(/[*?[{]/));
  const path = resolvePath(directory, fixed.slice(0, fixed.lastIndexOf("/") + 1));
  return files.read(path).kind === "directory";
}

/** Changes the checks in force as the words of an `include_check` line say. */
export function changeChecks(words: readonly string[], inForce: IncludeChecks): IncludeChecks {
  if (words.length === 0) return ALL_CHECKS;
  const relative = words.some((word) => /^[+-]/.test(word));
  let checks = relative ? inForce : NO_CHECKS;
  for (const word of words) {
    const field = CHECK_FIELDS[word.replace(/^[+-]/, "")];
    if (field !== undefined) checks = { ...checks, [field]: !word.startsWith("-") };
  }
  return checks;
}

const CHECK_FIELDS: Readonly<Record<string, keyof IncludeChecks>> = {
  read: "read",
  readable: "read",
  match: "match",
  wildcard_match: "wildcardMatch",
  brace_match: "braceMatch",
};
