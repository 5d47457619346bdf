/** Switching rules off: for a run, or by a comment in the file. */

import {
  ALL_RULES,
  type Diagnostic,
  isRuleName,
  nearest,
  type RuleName,
  type SourceLines,
} from "../../language/mod.ts";

/** `# holdfast: off RULE ...`, anywhere in a line. */
const COMMENT = /[#!][ \t]*holdfast:[ \t]*off\b([^#!]*)/;

/**
 * Findings without those that are switched off: for all files by name, or by a comment in their own
 * line or alone in the line before. An error stays: what is refused is refused.
 */
export function withoutSwitchedOff(
  diagnostics: readonly Diagnostic[],
  options: { readonly off: ReadonlySet<RuleName>; readonly lines: SourceLines },
): readonly Diagnostic[] {
  return diagnostics.filter(({ severity, code, file, line }) =>
    severity === "error" || !(options.off.has(code) || isCommentedOff(code, file, line))
  );

  function isCommentedOff(code: RuleName, file: string, line: number): boolean {
    const lines = options.lines(file);
    const before = lines?.[line - 2] ?? "";
    return rulesIn(lines?.[line - 1] ?? "").some(({ word }) => word === code) ||
      (/^[ \t]*[#!]/.test(before) && rulesIn(before).some(({ word }) => word === code));
  }
}

/** Comments of a file that switch off what does not exist. */
export function unknownRules(file: string, lines: readonly string[]): readonly Diagnostic[] {
  return lines.flatMap((text, index) =>
    rulesIn(text).filter(({ word }) => !isRuleName(word)).map(({ word, at }): Diagnostic => {
      const likely = nearest(word, Object.keys(ALL_RULES));
      return {
        file,
        line: index + 1,
        column: at + 1,
        length: word.length,
        severity: "warning",
        code: "unknown-rule",
        message: `Cannot switch off ${word}: there is no such rule`,
        ...(likely !== undefined && { hint: `did you mean ${likely}`, fix: likely }),
        via: [],
      };
    })
  );
}

/** Words after `holdfast: off`, and their offsets. */
function rulesIn(text: string): readonly { readonly word: string; readonly at: number }[] {
  if (!text.includes("holdfast:")) return [];
  const match = COMMENT.exec(text);
  if (match === null) return [];
  const names = match[1] ?? "";
  const start = match.index + match[0].length - names.length;
  return Array.from(
    names.matchAll(/[^\s,]+/g),
    ({ 0: word, index }) => ({ word, at: start + index }),
  );
}
