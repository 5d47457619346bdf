/** Physical lines of a file (grammar.md §1, steps 1 to 3). */

import type { Report } from "../findings/diagnostic.ts";
import { joinLines, type Line, lineAt, placeAt, sliceLine } from "../findings/place.ts";
import { byteLength } from "./text.ts";

/** keepalived reads a line into 1024 bytes, one of which ends it. */
export const MAX_LINE_BYTES = 1023;

/** Cuts text into physical lines. What is too long or holds a NUL is reported and dropped. */
export function physicalLines(text: string, file: string, report: Report): readonly Line[] {
  const lines: Line[] = [];
  eachRawLine(text, (raw, number) => {
    const line = physicalLine(lineAt({ file, line: number, column: 1 }, raw), report);
    if (line !== undefined) lines.push(line);
  });
  return lines;
}

/** Gives each line without its end, LF or CR LF, and its number from 1. */
export function eachRawLine(text: string, take: (raw: string, number: number) => void): void {
  let start = 0;
  for (let number = 1; start < text.length; number++) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const bare = end > start && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
    take(text.slice(start, bare), number);
    start = end + 1;
  }
}

/** What is read of a line; a part that is too long, or a line with a NUL, is reported and dropped. */
export function physicalLine(raw: Line, report: Report): Line | undefined {
  const line = withinBuffer(raw, report);
  if (!line.text.includes("\0")) return line;
  report(line, line.text.length, {
    severity: "error",
    code: "nul-in-line",
    message: "Cannot read a line with a NUL byte: the line is left out",
    status: "general",
  });
  return undefined;
}

/** Removes blanks at both ends, and the comment (grammar.md §2). */
export function cleanLine(line: Line, report: Report): Line {
  return withoutComment(line, report).clean;
}

/** The same, and the comment from its `#` or `!` on. */
export function withoutComment(
  line: Line,
  report: Report,
): { readonly clean: Line; readonly comment: Line | undefined } {
  const { text } = line;
  if (!/[#!"]/.test(text)) return { clean: trimLine(line), comment: undefined };
  const kept: Line[] = [];
  let start = 0;
  let quotedFrom = -1;
  let end = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0x22) quotedFrom = quotedFrom === -1 ? index : -1;
    if (quotedFrom !== -1) continue;
    if (unit === 0x5c && isCommentStart(text.charCodeAt(index + 1))) {
      kept.push(sliceLine(line, start, index));
      start = ++index;
      warnOfEscape(line, index, report);
    } else if (isCommentStart(unit)) {
      end = index;
      break;
    }
  }
  if (quotedFrom !== -1) {
    report(placeAt(line, quotedFrom), 1, {
      severity: "error",
      code: "unterminated-quote",
      message: 'Cannot find the closing " of this quote',
      status: "unmatched-quote",
    });
  }
  kept.push(sliceLine(line, start, end));
  return {
    clean: trimLine(kept.length === 1 ? kept[0] ?? line : joinLines(kept)),
    comment: end < text.length ? sliceLine(line, end) : undefined,
  };
}

/** Removes blanks and tabs at both ends. */
export function trimLine(line: Line): Line {
  const { text } = line;
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return sliceLine(line, start, end);
}

/** Cuts a line at its unquoted braces, each of which becomes a line of its own (grammar.md §3). */
export function cutBraces(line: Line, take: (part: Line) => void): void {
  const { text } = line;
  if (!/[{}]/.test(text)) {
    if (hasWord(text)) take(line);
    return;
  }
  let start = 0;
  let quoted = false;
  const takeUpTo = (end: number) => {
    const part = trimLine(sliceLine(line, start, end));
    if (hasWord(part.text)) take(part);
  };
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0x22) quoted = !quoted;
    if (quoted || (unit !== 0x7b && unit !== 0x7d)) continue;
    takeUpTo(index);
    take(sliceLine(line, index, index + 1));
    start = index + 1;
  }
  takeUpTo(text.length);
}

/** Whether a text is more than white space. */
export function hasWord(text: string): boolean {
  let at = 0;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at < text.length;
}

/** What stands between words: also form feed and vertical tab, and a CR inside a line. */
export function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}

/** Blank or tab, which also may stand before what begins a line. */
export function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

function isCommentStart(unit: number): boolean {
  return unit === 0x23 || unit === 0x21;
}

/** keepalived: its processes clean a line twice, so what follows an escaped `#` is lost for VRRP and checkers. */
function warnOfEscape(line: Line, offset: number, report: Report): void {
  report(placeAt(line, offset - 1), 2, {
    severity: "warning",
    code: "escaped-comment",
    message: `Cannot share "\\${
      line.text[offset]
    }" with keepalived: it drops the rest of the line here`,
    hint: "put the word in double quotes",
  });
}

/** keepalived: drops each 1023 bytes of a longer line and reads the rest as a line of its own. */
function withinBuffer(line: Line, report: Report): Line {
  const { text } = line;
  let from = 0;
  while (isTooLong(text, from)) from += unitsWithin(text, from);
  if (from === 0) return line;
  report(line, from, {
    severity: "error",
    code: "line-too-long",
    message: `Cannot read a line of more than ${MAX_LINE_BYTES} bytes: its first ${
      byteLength(text.slice(0, from))
    } bytes are left out`,
    status: "general",
    about: { kind: "line" },
  });
  return sliceLine(line, from);
}

/** A unit takes 1 to 3 bytes: most lines need no counting, and a very long one is not counted over and over. */
function isTooLong(text: string, from: number): boolean {
  const length = text.length - from;
  return length > MAX_LINE_BYTES ||
    (length * 3 > MAX_LINE_BYTES && byteLength(text.slice(from)) > MAX_LINE_BYTES);
}

/** How many UTF-16 units from there on fit into the buffer as UTF-8. */
function unitsWithin(text: string, from: number): number {
  const most = text.slice(from, from + MAX_LINE_BYTES);
  if (byteLength(most) === most.length) return most.length;
  let used = 0;
  let at = from;
  while (at < text.length) {
    const end = at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
    used += byteLength(text.slice(at, end));
    if (used > MAX_LINE_BYTES) break;
    at = end;
  }
  return at - from;
}
