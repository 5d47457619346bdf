/** What can be done about a finding by pressing a key: write what is meant, or switch the rule off here. */

import type { EditorDiagnostic } from "./diagnostics.ts";
import type { TextEdit } from "./formatting.ts";
import { lineTextAt, type Position, type Range } from "./text/range.ts";

/** One thing that can be done. */
export interface Action {
  readonly title: string;
  readonly finding: EditorDiagnostic;
  readonly edits: readonly TextEdit[];
  /** It mends what is wrong. */
  readonly mends: boolean;
}

/** What can be done about the findings of a text that a range touches. */
export function actionsFor(
  text: string,
  findings: readonly EditorDiagnostic[],
  range: Range,
): readonly Action[] {
  return findings.filter((finding) => meet(finding.range, range)).flatMap((finding) => [
    ...fixOf(finding),
    ...switchOff(text, finding),
  ]);
}

function fixOf(finding: EditorDiagnostic): readonly Action[] {
  const { fix, range } = finding;
  if (fix === undefined) return [];
  return [{ title: `Write ${fix}`, finding, edits: [{ range, text: fix }], mends: true }];
}

/** An error stays: what is refused is refused. */
function switchOff(text: string, finding: EditorDiagnostic): readonly Action[] {
  const { severity, code, range: { start } } = finding;
  if (severity === "error") return [];
  const line = lineTextAt(text, start);
  const title = `Switch ${code} off in this line`;
  const comment = `# holdfast: off ${code}`;
  const end = { line: start.line, character: line.length };
  // Behind a comment it would be a part of that one: alone in the line before it counts as well.
  const edit = /[#!]/.test(line)
    ? insertion({ ...start, character: 0 }, `${/^[ \t]*/.exec(line)?.[0] ?? ""}${comment}\n`)
    : insertion(end, ` ${comment}`);
  return [{ title, finding, edits: [edit], mends: false }];
}

function insertion(at: Position, text: string): TextEdit {
  return { range: { start: at, end: at }, text };
}

/** Whether two ranges touch each other. */
function meet(a: Range, b: Range): boolean {
  return !isAfter(a.start, b.end) && !isAfter(b.start, a.end);
}

function isAfter(a: Position, b: Position): boolean {
  return a.line > b.line || (a.line === b.line && a.character > b.character);
}
