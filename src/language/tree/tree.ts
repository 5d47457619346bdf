/**
 * From logical lines to blocks (grammar.md §3). keepalived ignores a brace out of place and goes on with
 * whatever block it then believes to be in, which loses data and yields message after message; here the
 * count of braces in the whole text tells which brace is missing or too much, each gives one finding, and
 * what stands around it keeps its meaning.
 */

import type { Finding, Report } from "../findings/diagnostic.ts";
import { ofText } from "../source/known_texts.ts";
import { type Line, placeAt, widthBetween } from "../findings/place.ts";
import { isSpecial, noteSpelling } from "./spelling.ts";
import type { Bare, Table, UsableKeyword } from "../rows/table.ts";
import {
  bareFinding,
  type Disagreement,
  disagreementOf,
  type Found,
  homeOfKeyword,
  isInside,
  lostFinding,
  meantIn,
  placeOf,
  resolve,
  strayBrace,
  unknownFinding,
  type UnknownLine,
} from "../recover/mod.ts";
import { splitWords, type Word } from "../source/words.ts";

/** One line of a block, and the block it opens. */
export interface Node {
  readonly line: Line;
  /** The keyword and what follows; empty only for an entry that cannot be read. */
  readonly words: readonly Word[];
  /** Canonical keyword; empty for an entry of a list. */
  readonly name: string;
  /** Absent for an entry of a list. */
  readonly row?: UsableKeyword;
  readonly children: readonly Node[];
}

/** A block being read. */
interface Frame {
  /** Absent in a list of entries. */
  readonly table: Table | undefined;
  /** For messages: the keyword that opened it. */
  readonly label: string;
  readonly bare: Bare | undefined;
  readonly opened: { readonly line: Line; readonly words: readonly Word[] } | undefined;
  /** The block's line; absent for the top level. */
  readonly node: Draft<Node> | undefined;
  /** What the node gets when the block ends, in a list of its size: room to grow would be kept for each. */
  readonly children: Node[];
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** State of one reading. */
interface Builder {
  readonly lines: readonly Line[];
  readonly report: Report;
  /** Opening braces minus closing ones, of what is not accounted for. */
  surplus: number;
  readonly stack: Frame[];
  /** Words of the texts that were split: many lines of a file are the same. */
  readonly words: Map<string, readonly Word[]>;
  /**
   * The block closed last, while its `}` may turn out to be one too many, and the innermost one of those that
   * were closed together.
   */
  closed: { readonly frame: Frame; readonly brace: Line; readonly inner: Frame } | undefined;
  /**
   * Unknown lines one after the other, while there is a `}` too many: the line that opens their block may be
   * lost. Empty but for those.
   */
  lost: UnknownLine[];
  /** Blocks in which such lines were told of: a `}` too many follows from them. */
  readonly suspects: Set<Frame>;
  /** Looked for once. */
  disagreement: Disagreement | undefined;
}

/** Builds the blocks of a text. */
export function buildTree(lines: readonly Line[], root: Table, report: Report): readonly Node[] {
  const builder: Builder = {
    lines,
    report,
    surplus: lines.reduce((sum, { text }) => sum + (text === "{" ? 1 : text === "}" ? -1 : 0), 0),
    stack: [{
      table: root,
      label: "",
      bare: undefined,
      opened: undefined,
      node: undefined,
      children: [],
    }],
    words: new Map(),
    closed: undefined,
    lost: [],
    suspects: new Set(),
    disagreement: undefined,
  };
  const top = builder.stack[0];
  for (let index = 0; index < lines.length;) index = readLine(builder, index);
  notLost(builder);
  for (let frame = leave(builder); frame !== undefined; frame = leave(builder)) {
    missingClose(builder, frame, frame.opened);
  }
  return top?.children ?? [];
}

/** Reads the line at `index`; gives the index of the next one. */
function readLine(builder: Builder, index: number): number {
  const line = builder.lines[index];
  const frame = builder.stack.at(-1);
  if (line === undefined || frame === undefined) return index + 1;
  if (line.text === "{") return strayOpen(builder, index);
  if (line.text === "}") {
    if (!closeLost(builder, frame, index)) close(builder, index, line);
    return index + 1;
  }
  const words = ofText(builder.words, line.text, splitWords);
  const first = words[0];
  if (first === undefined) {
    // All of the line is in a quote without an end.
    if (frame.table === undefined) frame.children.push({ line, words, name: "", children: [] });
    return index + 1;
  }
  const opens = builder.lines[index + 1]?.text === "{";
  if (frame.table === undefined) {
    if (belongsOutside(builder, first.text, opens)) return closeMissing(builder, index, first.text);
    if (opens && homeOfKeyword(builder.stack[0]?.table ?? {}, first.text) !== undefined) {
      tellUnknown(builder, { line, words }, {
        about: { kind: "lost", keyword: first.text, block: placeOf(frame.opened) },
      });
      return afterGroup(builder, index + 1);
    }
    frame.children.push({ line, words, name: "", children: [] });
    return index + 1;
  }
  const found = resolve(frame.table, first.text);
  if (found === undefined || isLostToo(builder.surplus, found, words)) {
    if (belongsOutside(builder, first.text, opens)) return closeMissing(builder, index, first.text);
    if (reopen(builder, first.text)) return index;
    // With a } too many it is the line that opens their block that is lost.
    const bare = builder.surplus < 0 ? [] : bareWords(builder, frame, index);
    if (bare.length > 0) {
      tellBare(builder, frame, bare);
      return index + bare.length;
    }
    if (found === undefined || builder.lost.length > 0) {
      unknownLine(builder, frame, { line, words });
      return opens ? afterGroup(builder, index + 1) : index + 1;
    }
  }
  notLost(builder);
  const { name, row, spelling } = found;
  const node: Draft<Node> = { line, words, name, row, children: NO_NODES };
  frame.children.push(node);
  if (isSpecial(spelling ?? row) || row.acts === false) {
    noteSpelling(builder.report, { line, word: first, name, row, spelling });
  }
  if (row.kind === "value") return index + 1;
  const inside: Frame = {
    table: row.kind === "block" ? row.table as Table : undefined,
    label: name,
    bare: row.kind === "block" ? row.bare : undefined,
    opened: { line, words },
    node,
    children: [],
  };
  if (opens) {
    push(builder, inside);
    return index + 2;
  }
  if (builder.surplus < 0) {
    builder.surplus++;
    push(builder, inside);
  }
  const last = words.at(-1)?.end ?? line.text.length;
  const rest = row.kind === "list"
    ? words.slice(1).map(({ start, end }) => line.text.slice(start, end)).join(" ")
    : "";
  builder.report(placeAt(line, last - 1), 1, {
    severity: "error",
    code: "missing-open-brace",
    message: `Cannot find the "{" of ${name}`,
    hint: /^[([]?$/.test(rest) ? undefined : `write ${first.text} { ${rest} }`,
    status: "missing-open-brace",
  });
  return index + 1;
}

/** What a keyword with words holds, and a block until it ends. */
const NO_NODES: readonly Node[] = [];

/** Ends the innermost block; `undefined` at the top level. */
function leave({ stack }: Builder): Frame | undefined {
  const frame = stack.length > 1 ? stack.pop() : undefined;
  if (frame?.node !== undefined) frame.node.children = frame.children.slice();
  return frame;
}

function push(builder: Builder, frame: Frame): void {
  builder.stack.push(frame);
  builder.closed = undefined;
}

function close(builder: Builder, index: number, brace: Line): void {
  const before = builder.lines[index - 1]?.text === "}" ? builder.closed?.inner : undefined;
  if (builder.stack.length > 1) {
    const frame = leave(builder);
    builder.closed = frame && { frame, brace, inner: before ?? frame };
    return;
  }
  builder.surplus++;
  extraClose(builder, brace, before);
}

/** A `{` after a keyword that takes none, or after nothing. */
function strayOpen(builder: Builder, index: number): number {
  const line = builder.lines[index];
  if (line === undefined) return index + 1;
  notLost(builder);
  const { place, length, finding } = strayBrace(line, builder.lines, index);
  builder.report(place, length, finding);
  if (builder.surplus > 0) {
    builder.surplus--;
    return index + 1;
  }
  return afterGroup(builder, index);
}

/** Index after the block that begins at `index`. */
function afterGroup(builder: Builder, index: number): number {
  let depth = 0;
  for (let at = index; at < builder.lines.length; at++) {
    const text = builder.lines[at]?.text;
    if (text === "{") depth++;
    else if (text === "}" && --depth === 0) return at + 1;
  }
  return builder.lines.length;
}

/** Whether a brace is missing before this word, because it is a keyword of a block around this one. */
function belongsOutside(builder: Builder, word: string, opens: boolean): boolean {
  return builder.surplus > 0 && outerFrame(builder, word, opens) !== undefined;
}

/** Index of the innermost frame around the current one in which a word is a keyword that fits. */
function outerFrame(builder: Builder, word: string, opens: boolean): number | undefined {
  for (let index = builder.stack.length - 2; index >= 0; index--) {
    const found = resolve(builder.stack[index]?.table ?? {}, word);
    if (found !== undefined && (found.row.kind !== "value") === opens) return index;
  }
  return undefined;
}

/** Closes what lacks its `}` before the line at `index`, which is then read again. */
function closeMissing(builder: Builder, index: number, word: string): number {
  const opens = builder.lines[index + 1]?.text === "{";
  const target = outerFrame(builder, word, opens) ?? 0;
  while (builder.stack.length > target + 1 && builder.surplus > 0) {
    const frame = leave(builder);
    builder.surplus--;
    const line = builder.lines[index];
    if (frame !== undefined) {
      missingClose(builder, frame, line && { line, words: splitWords(line.text) });
    }
  }
  return index;
}

function missingClose(builder: Builder, frame: Frame, at: Frame["opened"]): void {
  const word = at?.words[0];
  if (at === undefined || word === undefined) return;
  const start = frame.opened && placeAt(frame.opened.line, 0);
  const meant = unclosedByIndentation(builder);
  const other = meant && placeAt(meant, 0).line !== start?.line ? meant : undefined;
  builder.report(placeAt(at.line, word.start), widthBetween(at.line, word.start, word.end), {
    severity: "error",
    code: "missing-close-brace",
    message: at === frame.opened
      ? `Cannot find the "}" of ${frame.label}`
      : `Cannot find the "}" of ${frame.label}, which begins in line ${start?.line}, before this`,
    hint: other &&
      `by the indentation it is the one of ${splitWords(other.text)[0]?.text} in line ${
        placeAt(other, 0).line
      } that is missing`,
    status: "missing-close-brace",
  });
}

/** The only line where indentation and braces of a text disagree, when that is a block without its `}`. */
function unclosedByIndentation(builder: Builder): Line | undefined {
  const { unclosed, extra } = builder.disagreement ??= disagreementOf(builder.lines);
  return unclosed.length === 1 && extra.length === 0 ? unclosed[0] : undefined;
}

/** Opens the block closed last again when its `}` was one too many and this word belongs to it. */
function reopen(builder: Builder, word: string): boolean {
  const { closed } = builder;
  if (closed === undefined || builder.surplus >= 0 || builder.lost.length > 0) return false;
  const found = resolve(closed.frame.table ?? {}, word);
  if (found === undefined) return false;
  // What is there already begins another block, whose first line is lost.
  const isThere = closed.frame.children.some(({ name }) => name === found.name);
  if (isThere && found.row.kind === "value") return false;
  builder.surplus++;
  extraClose(builder, closed.brace, closed.inner);
  push(builder, closed.frame);
  return true;
}

/** Tells of a `}` too many. It may be that of a block inside the one closed before, whose first line is lost. */
function extraClose(builder: Builder, brace: Line, inside: Frame | undefined): void {
  const opened = inside?.opened;
  builder.report(brace, 1, {
    severity: "error",
    code: "extra-close-brace",
    message: 'Cannot match this "}": no block is open, or it closes one too early',
    status: "unexpected-close-brace",
    about: opened && { kind: "lost", block: placeOf(opened) },
    follows: inside !== undefined && builder.suspects.has(inside) ? true : undefined,
  });
}

/** Tells of a line that is unknown, or keeps it until it is known whether its first line is lost. */
function unknownLine(builder: Builder, frame: Frame, unknown: UnknownLine): void {
  const table = frame.table ?? {};
  const word = unknown.words[0]?.text ?? "";
  if (builder.surplus < 0 && (meantIn(table, word) === undefined || isInside(table, word))) {
    builder.lost.push(unknown);
    return;
  }
  notLost(builder);
  tellUnknown(builder, unknown);
}

function tellUnknown(builder: Builder, unknown: UnknownLine, finding?: Partial<Finding>): void {
  const { line, words: [word] } = unknown;
  if (word === undefined) return;
  builder.report(placeAt(line, word.start), widthBetween(line, word.start, word.end), {
    ...unknownFinding(unknown, builder.stack),
    ...finding,
  });
}

/** Lines from there on with one word each that a list of the block lacks. */
function bareWords({ lines, words: known }: Builder, frame: Frame, index: number): UnknownLine[] {
  const { bare, table } = frame;
  if (bare === undefined || table === undefined) return [];
  const found: UnknownLine[] = [];
  for (let at = index; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined || line.text === "{" || line.text === "}") break;
    const words = ofText(known, line.text, splitWords);
    const text = words[0]?.text ?? "";
    if (words.length !== 1 || !bare.like.test(text)) break;
    if (resolve(table, text) !== undefined || lines[at + 1]?.text === "{") break;
    if (meantIn(table, text) !== undefined) break;
    found.push({ line, words });
  }
  return found;
}

/** Tells of such lines once. */
function tellBare(builder: Builder, frame: Frame, lines: readonly UnknownLine[]): void {
  notLost(builder);
  const finding = bareFinding(lines, builder.stack, frame.bare?.list ?? "");
  for (const [at, line] of lines.entries()) {
    tellUnknown(builder, line, at === 0 ? finding : { follows: true });
  }
}

/** Unknown lines stay what they are: something else follows, and no `}`. */
function notLost(builder: Builder): void {
  const frame = builder.stack.at(-1);
  if (builder.lost.length === 0 || frame === undefined) return;
  builder.suspects.add(frame);
  for (const unknown of builder.lost.splice(0)) tellUnknown(builder, unknown);
}

/** Takes a `}` as that of unknown lines before it whose own first line is lost; told is the first of them. */
function closeLost(builder: Builder, frame: Frame, index: number): boolean {
  const { lost } = builder;
  if (lost.length === 0 || builder.surplus >= 0 || !goesOn(builder, frame, index + 1)) {
    notLost(builder);
    return false;
  }
  builder.surplus++;
  const finding = lostFinding(lost, builder.stack);
  for (const [at, unknown] of lost.splice(0).entries()) {
    tellUnknown(builder, unknown, at === 0 ? finding : { follows: true });
  }
  return true;
}

/** Whether what stands at `index` can stand in a block: that was not its last `}`. */
function goesOn({ lines, stack }: Builder, frame: Frame, index: number): boolean {
  const next = lines[index]?.text;
  if (stack.length === 1 || next === "}") return true;
  const word = splitWords(next ?? "")[0];
  return word !== undefined && resolve(frame.table ?? {}, word.text) !== undefined;
}

/** Whether a keyword of this place is meant as one of another: it lacks its name, and a `}` is too many. */
function isLostToo(surplus: number, { row }: Found, words: readonly Word[]): boolean {
  return surplus < 0 && row.kind !== "value" && row.args !== "" && words.length === 1;
}
