/** Findings that only follow from another one: a misspelt keyword is not missing as well. */

import { type Diagnostic, exitStatus, type RuleName, type SourceLines } from "../../config/mod.ts";
import { type Damage, subjectOf } from "./damage.ts";
import { withoutOrphans } from "./orphans.ts";

/** What may follow from an error elsewhere. Such a finding is never itself a cause of these. */
const MISSING: readonly RuleName[] = ["incomplete", "default-used"];

/** Leaves out what follows from an error that is told. The exit code stays the same. */
export function withoutConsequences(
  diagnostics: readonly Diagnostic[],
  { damage, lines }: { readonly damage: Damage; readonly lines: SourceLines },
): readonly Diagnostic[] {
  if (!damage.any) return diagnostics;
  const kept = withoutOrphans(diagnostics, lines).filter((each) => !follows(each, damage, lines));
  return exitStatus(kept) === exitStatus(diagnostics) ? kept : diagnostics;
}

function follows(diagnostic: Diagnostic, damage: Damage, lines: SourceLines): boolean {
  const { code, file, line, column, length, message } = diagnostic;
  if (code === "unused") return true; // its user may be what has an error
  if (MISSING.includes(code)) {
    return damage.errorsFrom(file, line).some((error) => {
      const subject = MISSING.includes(error.code) ? undefined : subjectOf(error);
      return subject !== undefined && wordsOf(message).includes(subject);
    });
  }
  if (code !== "unknown-name") return false;
  const name = lines(file)?.[line - 1]?.slice(column - 1, column - 1 + length);
  return name !== undefined && damage.errorsOfName(name, diagnostic).length > 0;
}

function wordsOf(message: string): readonly string[] {
  return message.split(/[^\w-]+/);
}
