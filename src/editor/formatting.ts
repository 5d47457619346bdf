/** Formatting as the smallest replacement of whole lines, so that marks and folds elsewhere stay. */

import { formatConfig } from "../document/format.ts";
import type { Range } from "./text/range.ts";

/** Text to put in place of a range. */
export interface TextEdit {
  readonly range: Range;
  readonly text: string;
}

/** The edits that format a text; none when nothing changes or the text cannot be formatted safely. */
export function formattingOf(text: string, path: string): readonly TextEdit[] {
  return editsBetween(text, formatConfig(text, path).text);
}

/** One edit of whole lines that makes `to` of `from`; none when they are the same. */
export function editsBetween(from: string, to: string): readonly TextEdit[] {
  if (from === to) return [];
  const before = linesOf(from);
  const after = linesOf(to);
  const most = Math.min(before.length, after.length);
  let first = 0;
  while (first < most && before[first] === after[first]) first++;
  let last = 0;
  while (last < most - first && before.at(-1 - last) === after.at(-1 - last)) last++;
  const start = { line: first, character: 0 };
  const end = positionAfter(before, before.length - last);
  return [{ range: { start, end }, text: after.slice(first, after.length - last).join("") }];
}

/** Lines with their ends; the last one may have none. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The position after `count` lines. */
function positionAfter(lines: readonly string[], count: number): Range["end"] {
  const last = lines[count - 1] ?? "";
  return last === "" || last.endsWith("\n")
    ? { line: count, character: 0 }
    : { line: count - 1, character: last.length };
}
