/** What was found in a configuration, for the log: the worst of it, and how much more there is. */

import { type Diagnostic, renderDiagnostic, toldOf } from "../../language/mod.ts";
import { isClosing } from "../../language/findings/gather.ts";
import type { LogLine } from "../../global/log.ts";

/** Lines a reading may write: a log is read, and may be on a small disk. */
export const MAX_LINES = 100;

/** Findings in file order, as lines; of more than fit, errors come before warnings and notes. */
export function findingLines(
  diagnostics: readonly Diagnostic[],
  file: string,
): readonly Omit<LogLine, "kind">[] {
  const told = toldOf(diagnostics);
  const chosen = told.length <= MAX_LINES ? told : worstOf(told);
  const lines = chosen.map((diagnostic) => ({
    level: levelOf(diagnostic),
    from: "core",
    text: renderDiagnostic(diagnostic),
  } as const));
  const more = sum(told) - sum(chosen);
  if (more === 0) return lines;
  const text = `${file}: ${more} more findings: holdfast check ${file} lists them`;
  return [...lines, { level: "warning", from: "core", text }];
}

function worstOf(told: readonly Diagnostic[]): readonly Diagnostic[] {
  const worst = new Set(
    told.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]).slice(0, MAX_LINES),
  );
  return told.filter((each) => worst.has(each));
}

const RANK = { error: 0, warning: 1, info: 2 } as const;

function sum(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.reduce(
    (total, each) => total + (isClosing(each) ? 0 : 1) + (each.more ?? 0),
    0,
  );
}

function levelOf({ severity }: Diagnostic): LogLine["level"] {
  return severity === "info" ? "notice" : severity;
}
