/** From laid out lines to text: indentation, empty lines, trailing comments in one column. */

import { MAX_LINE_BYTES } from "../source/lines.ts";
import { byteLength } from "../source/text.ts";

/** One line of the result. */
export type OutLine =
  | { readonly kind: "blank"; readonly needed: boolean }
  | { readonly kind: "raw"; readonly text: string }
  | CodeLine;

/** A line with code, a comment, or both; the absent one is empty. */
export interface CodeLine {
  readonly kind: "code";
  readonly depth: number;
  readonly code: string;
  readonly comment: string;
}

const INDENT = 4;

/** Gives the text of lines. */
export function render(lines: readonly OutLine[]): string {
  return withoutSpareBlanks(withGaps(lines)).map((line) => `${protect(line)}\n`).join("");
}

/** Whether a line fits into the reader's buffer without indentation. */
export function fits(code: string, comment: string): boolean {
  const gap = code === "" || comment === "" ? "" : " ";
  return byteLength(code + gap + comment) <= MAX_LINE_BYTES;
}

interface TextLine {
  readonly kind: "text";
  readonly text: string;
  readonly opens: boolean;
  readonly closes: boolean;
}

type Rendered = TextLine | Exclude<OutLine, CodeLine>;

/** Text of all lines; comments of neighbours that all have one stand in one column. */
function withGaps(lines: readonly OutLine[]): readonly Rendered[] {
  const rendered: Rendered[] = [];
  for (let index = 0; index < lines.length;) {
    const line = lines[index];
    if (line === undefined) break;
    if (line.kind !== "code") {
      rendered.push(line);
      index++;
      continue;
    }
    const group = groupAt(lines, index, line);
    const width = group.reduce((widest, { code }) => Math.max(widest, code.length), 0);
    const padded = group.map((each) =>
      each.code === "" || each.comment === ""
        ? each.code + each.comment
        : `${each.code.padEnd(width)} ${each.comment}`
    );
    const aligned = padded.every((text) => byteLength(text) <= MAX_LINE_BYTES);
    for (const [at, each] of group.entries()) {
      rendered.push(textLine(each, aligned ? padded[at] ?? "" : joined(each)));
    }
    index += group.length;
  }
  return rendered;
}

/** Neighbours in one block, each with code and comment; else the line alone. */
function groupAt(
  lines: readonly OutLine[],
  start: number,
  first: CodeLine,
): readonly [CodeLine, ...CodeLine[]] {
  const group: [CodeLine, ...CodeLine[]] = [first];
  if (!mayAlign(first)) return group;
  for (let index = start + 1; index < lines.length; index++) {
    const line = lines[index];
    if (line?.kind !== "code" || line.depth !== first.depth || !mayAlign(line)) break;
    group.push(line);
  }
  return group;
}

function mayAlign({ code, comment }: CodeLine): boolean {
  return code !== "" && comment !== "" && !/^\}|[{\\]$/.test(code);
}

/** A comment that had no blank before it and fills the buffer gets none. */
function joined({ code, comment }: CodeLine): string {
  return fits(code, comment) && code !== "" && comment !== ""
    ? `${code} ${comment}`
    : code + comment;
}

function textLine({ depth, code }: CodeLine, body: string): TextLine {
  const room = Math.max(0, MAX_LINE_BYTES - byteLength(body));
  const text = " ".repeat(Math.min(depth * INDENT, room)) + body;
  return { kind: "text", text, opens: code.endsWith("{"), closes: code === "}" };
}

/** Leaves out empty lines at both ends of the text and of blocks, and all but one elsewhere. */
function withoutSpareBlanks(lines: readonly Rendered[]): readonly string[] {
  const kept: string[] = [];
  let blank = false;
  let before: Rendered | undefined;
  for (const line of lines) {
    if (line.kind === "blank") {
      if (line.needed) kept.push("");
      blank ||= !line.needed;
      if (line.needed) before = line;
      continue;
    }
    const spare = before === undefined || before.kind === "blank" ||
      (before.kind === "text" && before.opens) || (line.kind === "text" && line.closes);
    if (blank && !spare) kept.push("");
    kept.push(line.text);
    blank = false;
    before = line;
  }
  return kept;
}

/** The reader takes one CR off before a LF; one that is text needs another behind it. */
function protect(text: string): string {
  return text.endsWith("\r") ? `${text}\r` : text;
}
