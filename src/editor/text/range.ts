/** Positions and ranges as editors count them: lines from 0, characters from 0 in UTF-16 units. */

import { type Line, type Place, placeAt, placeBefore } from "../../language/findings/place.ts";
import type { Word } from "../../language/source/words.ts";

/** A place between two characters. */
export interface Position {
  /** From 0; only LF ends a line, as for keepalived. */
  readonly line: number;
  /** From 0, UTF-16 units. */
  readonly character: number;
}

/** From `start` up to and without `end`. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A range of a file. */
export interface Location {
  /** Absolute path. */
  readonly path: string;
  readonly range: Range;
}

/** The position of a place. */
export function positionOf({ line, column }: Pick<Place, "line" | "column">): Position {
  return { line: line - 1, character: column - 1 };
}

/** Where `start` to `end` of a line came from; empty when it came from several lines. */
export function rangeIn(line: Line, start: number, end: number): Range {
  const from = positionOf(placeAt(line, start));
  const to = positionOf(placeBefore(line, end));
  return { start: from, end: isBefore(to, from) || to.line !== from.line ? from : to };
}

/** Where a word came from. */
export function rangeOfWord(line: Line, word: Word): Range {
  return rangeIn(line, word.start, word.end);
}

/** Whether `a` stands before `b`. */
export function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** Whether a position is inside a range or touches it. */
export function touches({ start, end }: Range, at: Position): boolean {
  return !isBefore(at, start) && !isBefore(end, at);
}

/** The line a position is in, without its end; empty when the text has fewer lines. */
export function lineTextAt(text: string, { line }: Position): string {
  let start = 0;
  for (let passed = 0; passed < line; passed++) {
    const newline = text.indexOf("\n", start);
    if (newline === -1) return "";
    start = newline + 1;
  }
  const newline = text.indexOf("\n", start);
  return text.slice(start, newline === -1 ? text.length : newline).replace(/\r$/, "");
}

/** The position after the last character of a text. */
export function endOf(text: string): Position {
  let line = 0;
  let start = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", start)) {
    line++;
    start = at + 1;
  }
  return { line, character: text.length - start };
}
