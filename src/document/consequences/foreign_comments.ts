/** Comments of other languages that go over several lines: each is told once, with what this language wants. */

import type { Diagnostic } from "../../language/mod.ts";
import { type Line, placeAt } from "../../language/findings/place.ts";

/** From the line with the beginning of a comment to that with its end. */
interface Range {
  readonly file: string;
  readonly first: number;
  /** In the first line. */
  readonly column: number;
  readonly last: number;
}

/** Tells of such a comment once. What stands in it is read as keepalived reads it, and counts. */
export function nameComments(
  diagnostics: readonly Diagnostic[],
  lines: readonly Line[],
): readonly Diagnostic[] {
  const ranges = rangesOf(lines);
  if (ranges.length === 0) return diagnostics;
  const told = new Set<Range>();
  return diagnostics.map((each): Diagnostic => {
    if (each.follows || each.severity === "info") return each;
    const range = ranges.find(({ file, first, column, last }) =>
      each.file === file && each.line <= last &&
      (each.line > first || (each.line === first && each.column >= column))
    );
    if (range === undefined) return each;
    if (told.has(range)) return { ...each, follows: true };
    told.add(range);
    return { ...each, hint: "a comment begins with # or !, on each of its lines" };
  });
}

function rangesOf(lines: readonly Line[]): readonly Range[] {
  const ranges: Range[] = [];
  let begun: Omit<Range, "last"> | undefined;
  for (const line of lines) {
    const { text, file, line: number } = line;
    if (begun === undefined) {
      const start = text.includes("/*") ? text.search(BEGINNING) : -1;
      if (start !== -1 && !text.includes("*/", start)) {
        begun = { file, first: number, column: placeAt(line, start).column };
      }
    } else if (file !== begun.file) begun = undefined;
    else if (text.includes("*/")) {
      ranges.push({ ...begun, last: number });
      begun = undefined;
    }
  }
  return ranges;
}

/** As a word, or at the beginning of one. */
const BEGINNING = /(?<![^ \t])\/\*/;
