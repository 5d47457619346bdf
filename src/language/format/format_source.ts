/**
 * Physical lines as the formatter sees them: what may be cut and joined, and what must stay in one line
 * because its meaning depends on where the line begins and ends (grammar.md §1).
 */

import { isContinued } from "../source/definitions.ts";
import { physicalLines } from "../source/lines.ts";

/** How a line moves the depth of blocks. */
export interface Turn {
  /** Blocks closed before anything else in the line: it stands that much further left. */
  readonly closes: number;
  /** Opening braces minus closing ones. */
  readonly net: number;
}

/** One physical line. Texts are without blanks at both ends; an absent comment is empty. */
export type SourceLine =
  | { readonly kind: "blank"; /** Ends a definition, so it stays. */ readonly needed: boolean }
  | { readonly kind: "comment"; readonly comment: string }
  /** Too long or with a NUL: what is cut off or dropped depends on every byte. */
  | { readonly kind: "raw"; readonly text: string; readonly turn: Turn }
  /** Free text and lone braces, each of which may have a line of its own. */
  | { readonly kind: "pieces"; readonly pieces: readonly string[]; readonly comment: string }
  | {
    readonly kind: "solid";
    readonly text: string;
    readonly comment: string;
    readonly turn: Turn;
    /** `@ID` or `@^ID`. */
    readonly condition: string | undefined;
  }
  /** A further line of a multi-line definition. */
  | {
    readonly kind: "part";
    readonly text: string;
    readonly comment: string;
    readonly turn: Turn;
  };

/** State while lines are read. */
interface Reading {
  /** In a multi-line definition, or in what is one for some configuration id. */
  collecting: boolean;
  /** Blocks that the lines of the definition open and do not close. */
  depth: number;
}

const STILL: Turn = { closes: 0, net: 0 };

/** Beginnings that mean something at the start of a line only. */
const AT_LINE_START = /^(?:[@~]|include)/;
const CONDITION = /^@\^?[^ \t]*/;
const SEQUENCE_HEAD = /^~(?:SEQx?|LST)[^)]*\)[ \t]*/;
const DEFINITION_HEAD = /^\$[A-Za-z_][A-Za-z0-9_]*=/;

/** Cuts text into lines and says of each what may be done to it. */
export function sourceLines(text: string): readonly SourceLine[] {
  const read = new Map(
    physicalLines(text, "", () => {}).map((line) => [line.line, line.text]),
  );
  const state: Reading = { collecting: false, depth: 0 };
  return rawLines(text).map((raw, index) => {
    const effective = read.get(index + 1);
    if (effective === undefined) return { kind: "raw", text: raw, turn: STILL };
    const line = classify(effective, state);
    if (effective === raw) return line;
    return { kind: "raw", text: raw, turn: line.kind === "solid" ? line.turn : turnOf(line) };
  });
}

/** How many lines end with CR LF. */
export function countCrlf(text: string): number {
  return text.match(/\r\n/g)?.length ?? 0;
}

/** Runs of blanks outside double quotes become one. */
export function collapseBlanks(text: string): string {
  if (!text.includes("\t") && !text.includes("  ")) return text;
  return text.replace(/"[^"]*(?:"|$)|[ \t]+/g, (part) => part.startsWith('"') ? part : " ");
}

/** Whether the blanks between words may become one: nothing but double quotes protects any. */
export function mayCollapse(text: string): boolean {
  return !/['\\]/.test(text) && (text.match(/"/g)?.length ?? 0) % 2 === 0;
}

/** Lines without their LF or CR LF, the last one also without a CR at the end of the file, as `physicalLines` counts them. */
function rawLines(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => line.endsWith("\r") ? line.slice(0, -1) : line);
}

function classify(text: string, state: Reading): SourceLine {
  const { code, comment, open } = splitComment(text);
  if (state.collecting) {
    const turn = braceTurn(code);
    state.depth += turn.net;
    state.collecting = code.endsWith("\\") || isContinued(comment) ||
      (code === "" && comment !== "" && state.depth > 0);
    if (code !== "" || state.collecting) return { kind: "part", text: code, comment, turn };
    return comment === "" ? { kind: "blank", needed: true } : { kind: "comment", comment };
  }
  if (code === "") {
    return comment === "" ? { kind: "blank", needed: false } : { kind: "comment", comment };
  }
  state.collecting = (code.endsWith("\\") || isContinued(comment)) &&
    DEFINITION_HEAD.test(withoutHeads(code));
  state.depth = state.collecting ? braceTurn(code).net : 0;
  const pieces = open || /[$\\']/.test(code) ? [] : cutPieces(code);
  return pieces.length > 0 && !pieces.some((piece) => AT_LINE_START.test(piece))
    ? { kind: "pieces", pieces: pieces.map(collapseBlanks), comment }
    : solid(code, comment);
}

/** Where the comment begins (grammar.md §2), and whether a quote is left open. */
function splitComment(
  text: string,
): { readonly code: string; readonly comment: string; readonly open: boolean } {
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if (character === "\\" && isCommentStart(text[index + 1])) index++;
    else if (isCommentStart(character)) {
      return { code: trim(text.slice(0, index)), comment: trim(text.slice(index)), open: false };
    }
  }
  return { code: trim(text), comment: "", open: quoted };
}

function isCommentStart(character: string | undefined): boolean {
  return character === "#" || character === "!";
}

/** Blanks and tabs only: to the language, other white space is text. */
function trim(text: string): string {
  return text.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "");
}

/** What stands after conditions and sequence directives. */
function withoutHeads(code: string): string {
  let rest = code;
  for (;;) {
    const head = CONDITION.exec(rest)?.[0] ?? SEQUENCE_HEAD.exec(rest)?.[0] ?? "";
    if (head === "") return rest;
    rest = trim(rest.slice(head.length));
  }
}

/** Cuts at braces outside double quotes, as the reader does. */
function cutPieces(code: string): readonly string[] {
  const pieces = code.match(/[{}]|(?:"[^"]*"|[^"{}])+/g) ?? [];
  return pieces.map(trim).filter((piece) => piece !== "");
}

function solid(code: string, comment: string): SourceLine {
  const condition = CONDITION.exec(code)?.[0];
  const rest = condition === undefined ? code : trim(code.slice(condition.length));
  const text = condition === undefined
    ? solidText(rest)
    : rest === ""
    ? condition
    : `${condition} ${solidText(rest)}`;
  return { kind: "solid", text, comment, turn: solidTurn(rest), condition };
}

/** Blanks become one where that surely means the same. Never longer than before. */
function solidText(code: string): string {
  const definition = DEFINITION_HEAD.exec(code)?.[0];
  if (definition !== undefined) {
    const value = code.slice(definition.length);
    return definition + (trim(value) === "\\" ? value.replace(/^[ \t]+/, " ") : trim(value));
  }
  if (code.startsWith("~")) return code;
  const include = /^(include[rmwba]?)[ \t]+/.exec(code);
  if (include !== null) return `${include[1]} ${code.slice(include[0].length)}`;
  if (/['\\]/.test(code)) return code;
  // What a name stands for may hold a quote, so blanks after one are left alone.
  const dollar = code.indexOf("$");
  if (dollar !== -1) return collapseBlanks(code.slice(0, dollar)) + code.slice(dollar);
  return mayCollapse(code) ? collapseBlanks(code) : code;
}

function solidTurn(code: string): Turn {
  if (DEFINITION_HEAD.test(code) || /^include[rmwba]?[ \t]/.test(code)) return STILL;
  const body = withoutHeads(code);
  return DEFINITION_HEAD.test(body) ? STILL : braceTurn(body);
}

/** Braces outside double quotes, those of `${NAME}` left out. */
function braceTurn(code: string): Turn {
  const marks = code.match(
    /"[^"]*(?:"|$)|\$\{[A-Za-z_][A-Za-z0-9_]*(?:[ \t]+[^ \t}]+)*[ \t]*\}|[{}]|[^ \t{}"]/g,
  ) ?? [];
  let net = 0;
  let closes = 0;
  let leading = true;
  for (const mark of marks) {
    leading &&= mark === "}";
    if (mark === "{") net++;
    if (mark === "}") net--;
    if (leading) closes++;
  }
  return { closes, net };
}

function turnOf(line: SourceLine): Turn {
  if (line.kind !== "pieces") return STILL;
  return braceTurn(line.pieces.join(" "));
}
