/**
 * One text in pieces: words, braces, includes and definitions, each with its place. Like the reader's
 * preprocessing (grammar.md §1 to §8) without carrying anything out, so that a position in the text keeps
 * its meaning while somebody types.
 */

import {
  addLine,
  addPart,
  type Parts,
  readDefinition,
  readPart,
  withContinuation,
} from "../../language/source/definitions.ts";
import type { Report } from "../../language/findings/diagnostic.ts";
import { type Include, NO_CHECKS, readInclude } from "../../language/source/includes.ts";
import {
  cleanLine,
  eachRawLine,
  MAX_LINE_BYTES,
  physicalLine,
  trimLine,
  withoutComment,
} from "../../language/source/lines.ts";
import { type Line, lineAt, sliceLine } from "../../language/findings/place.ts";
import { type PlainLines, type PlainPart, plainParts } from "../../language/source/plain_lines.ts";
import { type Position, positionOf, type Range, rangeIn } from "./range.ts";

/** What a text consists of. */
export type Piece =
  | { readonly kind: "text"; readonly line: Line }
  | { readonly kind: "open" | "close"; /** The brace. */ readonly at: Position }
  | IncludeLine
  | DefinitionLine;

/** An include line. */
export interface IncludeLine {
  readonly kind: "include";
  readonly include: Include;
  /** The pattern. */
  readonly range: Range;
}

/** `$NAME=VALUE`, or a name that `~SEQ` or `~LST` defines. */
export interface DefinitionLine {
  readonly kind: "definition";
  readonly name: string;
  /** The name without its `$`. */
  readonly range: Range;
  /** Values of a definition, one for each line; what stands in the parentheses of a sequence. */
  readonly value: readonly string[];
  /** Where the value ends: inside, lines are not read as keywords. */
  readonly end: Position;
}

/** Cuts a text into pieces. Takes linear time and never throws. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const plain: PlainLines = new Map();
  let open: OpenDefinition | undefined;
  // A byte order mark is no part of the first word.
  eachRawLine(text.replace(/^\ufeff/, " "), (raw, number) => {
    const parts = open === undefined ? plainParts(plain, raw) : undefined;
    if (parts === undefined) {
      open = readRaw(pieces, lineAt({ file: "", line: number, column: 1 }, raw), open);
    } else for (const part of parts) pieces.push(plainPiece(part, number));
  });
  return pieces;
}

/** A definition whose value goes on in the next line. */
interface OpenDefinition {
  readonly definition: DefinitionLine;
  readonly values: string[];
  readonly parts: Parts;
}

/** A line that needs the general way; gives the definition that goes on behind it. */
function readRaw(
  pieces: Piece[],
  raw: Line,
  open: OpenDefinition | undefined,
): OpenDefinition | undefined {
  const physical = physicalLine(raw, IGNORE);
  if (physical === undefined) return open;
  const { clean: line, comment } = withoutComment(physical, IGNORE);
  if (open === undefined) {
    const whole = withContinuation(line, comment);
    const definition = whole.text === "" ? undefined : readLine(pieces, whole);
    if (definition === undefined) return undefined;
    const parts: Parts = { lines: [], depth: 0 };
    for (const text of definition.value) addPart(parts, lineAt(line, text));
    return { definition, values: [...definition.value], parts };
  }
  const { more } = addLine(open.parts, line, comment?.text);
  const added = open.parts.lines.at(open.values.length);
  if (added !== undefined) open.values.push(added.text);
  const end = rangeIn(line, 0, line.text.length).end;
  const definition = { ...open.definition, value: open.values, end };
  pieces[pieces.length - 1] = definition;
  return more ? { ...open, definition } : undefined;
}

function plainPiece({ column, text }: PlainPart, number: number): Piece {
  if (text !== "{" && text !== "}") {
    return { kind: "text", line: lineAt({ file: "", line: number, column }, text) };
  }
  return {
    kind: text === "{" ? "open" : "close",
    at: { line: number - 1, character: column - 1 },
  };
}

/** The include lines of a text. */
export function includesOf(text: string): readonly IncludeLine[] {
  if (!text.includes("include")) return [];
  return piecesOf(text).filter((piece) => piece.kind === "include");
}

const IGNORE: Report = () => {};

/** Adds the pieces of a line; gives the definition that goes on in the next line. */
function readLine(pieces: Piece[], input: Line): DefinitionLine | undefined {
  let line = input;
  if (line.text.startsWith("@")) {
    line = sliceLine(line, /^@\^?[^ \t]*[ \t]*/.exec(line.text)?.[0].length ?? 0);
  }
  for (let head = sequenceHead(line.text); head !== undefined; head = sequenceHead(line.text)) {
    addVariables(pieces, line, head);
    line = trimLine(sliceLine(line, head));
  }
  const { text } = line;
  const definition = readDefinition(text);
  if (definition !== undefined) {
    const { part, more } = readPart(line, definition.value);
    const piece: DefinitionLine = {
      kind: "definition",
      name: definition.name,
      range: rangeIn(line, 1, 1 + definition.name.length),
      value: more && part.text === "" ? [] : [part.text],
      end: rangeIn(line, 0, text.length).end,
    };
    pieces.push(piece);
    return more ? piece : undefined;
  }
  const include = readInclude(text, NO_CHECKS);
  if (include !== undefined) {
    pieces.push({ kind: "include", include, range: rangeIn(line, include.at, text.length) });
  } else cutBraces(pieces, line);
  return undefined;
}

/** Length of a sequence directive at the start of a text. */
function sequenceHead(text: string): number | undefined {
  return /^~(?:SEQx?|LST)[ \t]*\([^)]*\)/.exec(text)?.[0].length;
}

/** `~SEQ(name, ...)`, `~LST(name, ...)` and `~LST({name, name}, ...)`. */
function addVariables(pieces: Piece[], line: Line, head: number): void {
  const inside = line.text.slice(0, head);
  const names = /^~(?:SEQx?|LST)[ \t]*\([ \t]*(\{[^}]*\}|[^,)]*)/.exec(inside);
  const first = names?.[1];
  if (names === null || first === undefined) return;
  const from = names[0].length - first.length;
  for (const match of first.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)) {
    const at = from + match.index;
    pieces.push({
      kind: "definition",
      name: match[0],
      range: rangeIn(line, at, at + match[0].length),
      value: [inside],
      end: rangeIn(line, 0, head).end,
    });
  }
}

/** Cuts at unquoted braces. `${NAME}` stays whole, even while nobody has defined it yet. */
function cutBraces(pieces: Piece[], line: Line): void {
  let start = 0;
  const take = (end: number) => {
    const part = trimLine(sliceLine(line, start, end));
    if (part.text !== "") pieces.push({ kind: "text", line: part });
  };
  for (const match of line.text.matchAll(BRACE)) {
    const brace = match[0];
    if (brace !== "{" && brace !== "}") continue;
    take(match.index);
    start = match.index + 1;
    const at = rangeIn(line, match.index, start).start;
    pieces.push({ kind: brace === "{" ? "open" : "close", at });
  }
  take(line.text.length);
}

/** A brace, or something that hides braces. */
const BRACE = /"[^"]*(?:"|$)|\$\{[A-Za-z_][^{}"]*\}|[{}]/g;

/** The part of a line up to a position in which a word is being written, split off what stands before. */
export interface Segment {
  /** What is written of the statement, from its first character to the position. */
  readonly text: string;
  /** Offset of its first character in the line. */
  readonly start: number;
}

/**
 * The statement being written at the end of `before`, the start of a line; `undefined` in a comment, and in
 * a line longer than keepalived reads.
 */
export function segmentAt(before: string): Segment | undefined {
  if (before.length > MAX_LINE_BYTES || inComment(before)) return undefined;
  let start = /^[ \t]*(?:@\^?[^ \t]*[ \t]+)?/.exec(before)?.[0].length ?? 0;
  for (
    let head = sequenceHead(before.slice(start));
    head !== undefined;
    head = sequenceHead(before.slice(start))
  ) {
    start += head;
    start += /^[ \t]*/.exec(before.slice(start))?.[0].length ?? 0;
  }
  const rest = before.slice(start);
  if (readInclude(rest, NO_CHECKS) !== undefined) return { text: rest, start };
  for (const match of rest.matchAll(BRACE)) {
    if (match[0] === "{" || match[0] === "}") {
      start = before.length - rest.length + match.index + 1;
    }
  }
  const blanks = /^[ \t]*/.exec(before.slice(start))?.[0].length ?? 0;
  return { text: before.slice(start + blanks), start: start + blanks };
}

function inComment(before: string): boolean {
  const end = lineAt({ file: "", line: 1, column: 1 }, `${before}x`);
  return !cleanLine(end, IGNORE).text.endsWith("x");
}

/** Where a piece begins. */
export function startOfPiece(piece: Piece): Position {
  if (piece.kind === "text") return positionOf(piece.line);
  return "at" in piece ? piece.at : piece.range.start;
}
