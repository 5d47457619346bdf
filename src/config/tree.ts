/**
 * From logical lines to blocks (grammar.md §3). keepalived ignores a brace out of place and goes on with
 * whatever block it then believes to be in, which loses data and yields message after message; here the
 * count of braces in the whole text tells which brace is missing or too much, each gives one finding, and
 * what stands around it keeps its meaning.
 */

import type { Report } from "./diagnostic.ts";
import { type Line, placeAt, widthBetween } from "./place.ts";
import { nearest } from "./suggest.ts";
import { type Keyword, rowOf, type Table, type UsableKeyword } from "./table.ts";
import { splitWords, type Word } from "./words.ts";

/** One line of a block, and the block it opens. */
export interface Node {
  readonly line: Line;
  /** The keyword and what follows; never empty. */
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
  readonly opened: { readonly line: Line; readonly words: readonly Word[] } | undefined;
  readonly children: Node[];
}

/** State of one reading. */
interface Builder {
  readonly lines: readonly Line[];
  readonly report: Report;
  /** Opening braces minus closing ones, of what is not accounted for. */
  surplus: number;
  readonly stack: Frame[];
  /** Words of the texts that were split: many lines of a file are the same. */
  readonly words: Map<string, readonly Word[]>;
  /** The block closed last, while its `}` may turn out to be one too many. */
  closed: { readonly frame: Frame; readonly brace: Line } | undefined;
}

/** Builds the blocks of a text. */
export function buildTree(lines: readonly Line[], root: Table, report: Report): readonly Node[] {
  const builder: Builder = {
    lines,
    report,
    surplus: lines.reduce((sum, { text }) => sum + (text === "{" ? 1 : text === "}" ? -1 : 0), 0),
    stack: [{ table: root, label: "", opened: undefined, children: [] }],
    words: new Map(),
    closed: undefined,
  };
  const top = builder.stack[0];
  for (let index = 0; index < lines.length;) index = readLine(builder, index);
  for (const frame of builder.stack.slice(1).reverse()) missingClose(builder, frame, frame.opened);
  return top?.children ?? [];
}

/** Reads the line at `index`; gives the index of the next one. */
function readLine(builder: Builder, index: number): number {
  const line = builder.lines[index];
  const frame = builder.stack.at(-1);
  if (line === undefined || frame === undefined) return index + 1;
  if (line.text === "{") return strayOpen(builder, index);
  if (line.text === "}") {
    close(builder, line);
    return index + 1;
  }
  const words = wordsOf(builder, line.text);
  const first = words[0];
  if (first === undefined) return index + 1;
  const opens = builder.lines[index + 1]?.text === "{";
  if (frame.table === undefined) {
    if (belongsOutside(builder, first.text, opens)) return closeMissing(builder, index, first.text);
    frame.children.push({ line, words, name: "", children: [] });
    return index + 1;
  }
  const found = resolve(frame.table, first.text);
  if (found === undefined) {
    if (belongsOutside(builder, first.text, opens)) return closeMissing(builder, index, first.text);
    if (reopen(builder, first.text)) return index;
    unknownKeyword(builder, frame, { line, word: first });
    return opens ? afterGroup(builder, index + 1) : index + 1;
  }
  const { name, row, spelling } = found;
  const children: Node[] = row.kind === "value" ? NO_NODES : [];
  frame.children.push({ line, words, name, row, children });
  if (isSpecial(spelling ?? row) || row.acts === false) {
    noteSpelling(builder, { line, word: first, name, row, spelling });
  }
  if (row.kind === "value") return index + 1;
  const inside: Frame = {
    table: row.kind === "block" ? row.table as Table : undefined,
    label: name,
    opened: { line, words },
    children,
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
  builder.report(placeAt(line, last - 1), 1, {
    severity: "error",
    code: "missing-open-brace",
    message: `Cannot find the "{" of ${name}`,
    status: "missing-open-brace",
  });
  return index + 1;
}

/** Texts whose words are kept. */
const MAX_KEPT = 8_192;

function wordsOf({ words: known }: Builder, text: string): readonly Word[] {
  const before = known.get(text);
  if (before !== undefined) return before;
  const words = splitWords(text);
  if (known.size < MAX_KEPT) known.set(text, words);
  return words;
}

/** What a keyword with words holds: never added to. */
const NO_NODES: Node[] = [];

/** Whether something is to be said of every use of a spelling. */
function isSpecial(spelling: Keyword): boolean {
  return spelling.kind === "alias" || spelling.deprecated !== undefined;
}

interface Found {
  readonly name: string;
  readonly row: UsableKeyword;
  /** The row of the word as written, when that is another spelling. */
  readonly spelling: Keyword | undefined;
}

function resolve(table: Table, word: string): Found | undefined {
  const row = rowOf(table, word);
  if (row === undefined || row.kind === "unknown") return undefined;
  if (row.kind !== "alias") return { name: word, row, spelling: undefined };
  const target = rowOf(table, row.of);
  return target === undefined || target.kind === "alias" || target.kind === "unknown"
    ? undefined
    : { name: row.of, row: target, spelling: row };
}

function push(builder: Builder, frame: Frame): void {
  builder.stack.push(frame);
  builder.closed = undefined;
}

function close(builder: Builder, brace: Line): void {
  if (builder.stack.length > 1) {
    const frame = builder.stack.pop();
    builder.closed = frame && { frame, brace };
    return;
  }
  builder.surplus++;
  extraClose(builder, brace);
}

/** A `{` after a keyword that takes none, or after nothing. */
function strayOpen(builder: Builder, index: number): number {
  const line = builder.lines[index];
  if (line === undefined) return index + 1;
  builder.report(line, 1, {
    severity: "error",
    code: "unexpected-open-brace",
    message: 'Cannot begin a block with this "{": no keyword with a block stands before it',
    hint: builder.lines[index - 1]?.text.endsWith("$") ? "is the name after $ defined" : undefined,
    status: "unexpected-open-brace",
  });
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
    const frame = builder.stack.pop();
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
  const opened = frame.opened?.line.line;
  builder.report(placeAt(at.line, word.start), widthBetween(at.line, word.start, word.end), {
    severity: "error",
    code: "missing-close-brace",
    message: at === frame.opened
      ? `Cannot find the "}" of ${frame.label}`
      : `Cannot find the "}" of ${frame.label}, which begins in line ${opened}, before this`,
    status: "missing-close-brace",
  });
}

/** Opens the block closed last again when its `}` was one too many and this word belongs to it. */
function reopen(builder: Builder, word: string): boolean {
  const { closed } = builder;
  if (closed === undefined || builder.surplus >= 0) return false;
  if (resolve(closed.frame.table ?? {}, word) === undefined) return false;
  builder.surplus++;
  extraClose(builder, closed.brace);
  push(builder, closed.frame);
  return true;
}

function extraClose(builder: Builder, brace: Line): void {
  builder.report(brace, 1, {
    severity: "error",
    code: "extra-close-brace",
    message: 'Cannot match this "}": no block is open, or it closes one too early',
    status: "unexpected-close-brace",
  });
}

function unknownKeyword(
  builder: Builder,
  frame: Frame,
  { line, word }: { readonly line: Line; readonly word: Word },
): void {
  const where = frame.label === "" ? "at the top level" : `in ${frame.label}`;
  const row = frame.table && rowOf(frame.table, word.text);
  const likely = row?.kind === "unknown" ? row.instead : nearest(word.text, usable(frame.table));
  const outside = builder.stack.findLast((other) =>
    resolve(other.table ?? {}, word.text) !== undefined
  );
  const home = outside?.label ?? homeOf(builder.stack[0]?.table ?? {}, word.text);
  const hint = likely !== undefined
    ? `did you mean ${likely}`
    : home !== undefined
    ? `it belongs ${home === "" ? "to the top level" : `to ${home}`}`
    : row?.kind === "unknown"
    ? row.hint
    : undefined;
  builder.report(placeAt(line, word.start), widthBetween(line, word.start, word.end), {
    severity: "error",
    code: "unknown-keyword",
    message: `Cannot use keyword "${word.text}" ${where}: unknown`,
    hint,
    status: "unknown-keyword",
  });
}

/** The block nearest to the top that has a keyword. */
function homeOf(root: Table, word: string): string | undefined {
  let blocks = [["", root]] as readonly (readonly [string, Table])[];
  while (blocks.length > 0) {
    const inner: (readonly [string, Table])[] = [];
    for (const [label, table] of blocks) {
      if (resolve(table, word) !== undefined) return label;
      for (const [name, row] of Object.entries(table)) {
        if (row.kind === "block") inner.push([name, row.table as Table]);
      }
    }
    blocks = inner;
  }
  return undefined;
}

function usable(table: Table | undefined): readonly string[] {
  return Object.entries(table ?? {}).filter(([, row]) => row.kind !== "unknown").map(([name]) =>
    name
  );
}

/** Reports what the row says of every use: deprecated, or not acted on yet. */
function noteSpelling(
  builder: Builder,
  { line, word, name, row, spelling }: {
    readonly line: Line;
    readonly word: Word;
    readonly name: string;
    readonly row: Keyword;
    readonly spelling: Keyword | undefined;
  },
): void {
  const place = placeAt(line, word.start);
  const width = widthBetween(line, word.start, word.end);
  const deprecated = spelling?.deprecated ?? row.deprecated;
  if (deprecated !== undefined) {
    builder.report(place, width, {
      severity: "warning",
      code: "deprecated",
      message: `Cannot recommend ${word.text}: it is deprecated`,
      hint: `write ${deprecated}`,
      status: (spelling ?? row).tolerated === true ? undefined : "deprecated",
    });
  }
  if (row.acts === false) {
    builder.report(place, width, {
      severity: "info",
      code: "not-acted-on",
      message: `Cannot act on ${name} yet: holdfast knows it and leaves it out`,
    });
  }
}
