/**
 * The blocks of one text with their extent, and in which of them a position stands. Unlike the reader's
 * tree (src/language/tree/tree.ts), unknown words and unfinished blocks stay in it: they are what somebody types.
 */

import type { Line } from "../../language/findings/place.ts";
import { rowOf, type Table, type UsableKeyword } from "../../language/rows/table.ts";
import { splitWords, type Word } from "../../language/source/words.ts";
import { ROOT } from "../../document/table/root_table.ts";
import { type Piece, piecesOf, startOfPiece } from "./pieces.ts";
import { endOf, type Position, type Range, rangeIn, touches } from "./range.ts";

/** A keyword or an entry, with what it opens. */
export interface Statement {
  readonly line: Line;
  /** Never empty. */
  readonly words: readonly Word[];
  /** The block it stands in. */
  readonly inside: BlockKind;
  /** Canonical keyword; the word itself when its block does not know it. */
  readonly name: string;
  /** Absent for an entry and an unknown word. */
  readonly row: UsableKeyword | undefined;
  readonly opens: Block | undefined;
}

/** What may stand in a block. */
export interface BlockKind {
  /** Canonical keywords from the top level to the block. */
  readonly path: readonly string[];
  /** Keywords of the block. */
  readonly table: Table | undefined;
  /** Row of the block when it holds entries. */
  readonly list: UsableKeyword & { readonly kind: "list" } | undefined;
  /** Whether holdfast acts on what stands in it. */
  readonly acts: boolean;
}

/** A block of a text. */
export interface Block {
  readonly kind: BlockKind;
  readonly statements: readonly Statement[];
  /** Between the braces. */
  readonly range: Range;
  /** Whether its `}` is there. */
  readonly closed: boolean;
}

/** The top level of a file. */
export const TOP_LEVEL: BlockKind = { path: [], table: ROOT, list: undefined, acts: true };

const UNKNOWN: BlockKind = { path: [], table: undefined, list: undefined, acts: true };
const NOWHERE: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/**
 * What a block may hold that its statement opens; nothing is known inside an unknown word's. Its path says
 * no more then: it grows with the tables only, whatever the text.
 */
function kindOf({ inside, name, row }: Pick<Statement, "inside" | "name" | "row">): BlockKind {
  if (inside.table === undefined) return { ...UNKNOWN, path: inside.path };
  const path = [...inside.path, name];
  const acts = inside.acts && row?.acts !== false;
  if (row?.kind === "block") return { path, table: row.table as Table, list: undefined, acts };
  return { path, table: undefined, list: row?.kind === "list" ? row : undefined, acts };
}

/** The row a word means in a block, and its canonical name; aliases are followed. */
export function usableRow(
  table: Table | undefined,
  word: string,
): { readonly name: string; readonly row: UsableKeyword } | undefined {
  const row = table && rowOf(table, word);
  if (row === undefined || row.kind === "unknown") return undefined;
  if (row.kind !== "alias") return { name: word, row };
  const target = table && rowOf(table, row.of);
  return target === undefined || target.kind === "alias" || target.kind === "unknown"
    ? undefined
    : { name: row.of, row: target };
}

/** The innermost block around a position. */
export function blockAt(block: Block, at: Position): Block {
  let around = block;
  for (let inner = openedAt(around, at); inner !== undefined; inner = openedAt(around, at)) {
    around = inner;
  }
  return around;
}

/** The statement at a position. */
export function statementAt(block: Block, at: Position): Statement | undefined {
  for (
    let around: Block | undefined = block;
    around !== undefined;
    around = openedAt(around, at)
  ) {
    const found = around.statements.find((statement) => touches(rangeOf(statement), at));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** From the keyword to the last word. */
export function rangeOf({ line }: Pick<Statement, "line">): Range {
  return rangeIn(line, 0, line.text.length);
}

/** The block in a block that a position is in. */
function openedAt({ statements }: Block, at: Position): Block | undefined {
  return statements.find(({ opens }) => opens !== undefined && touches(opens.range, at))?.opens;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** A block being built. */
interface OpenBlock {
  readonly kind: BlockKind;
  readonly statements: Draft<Statement>[];
  readonly start: Position;
  readonly owner: Draft<Statement> | undefined;
  /** Depth of the nearest block around it whose keywords are known. */
  readonly known: number | undefined;
}

/** Builds the blocks of a text that stands in a block of the kind `outer`. Takes linear time and never throws. */
export function outlineOf(text: string, outer: BlockKind = TOP_LEVEL): Block {
  return blocksOf(piecesOf(text), endOf(text), outer);
}

/** The same for a text that is cut already and ends at `end`. */
export function blocksOf(
  pieces: readonly Piece[],
  end: Position,
  outer: BlockKind = TOP_LEVEL,
): Block {
  const known = new Map<string, readonly Word[]>();
  const stack: OpenBlock[] = [
    { kind: outer, statements: [], start: NOWHERE.start, owner: undefined, known: undefined },
  ];
  let surplus = 0;
  for (const { kind } of pieces) surplus += kind === "open" ? 1 : kind === "close" ? -1 : 0;
  const close = (end: Position, closed: boolean): Block | undefined => {
    const block = stack.pop();
    if (block === undefined) return undefined;
    const { kind, statements, start, owner } = block;
    const done = { kind, statements, range: { start, end }, closed };
    if (owner !== undefined) owner.opens = done;
    return done;
  };
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index];
    const inner = stack.at(-1);
    if (piece === undefined || inner === undefined) break;
    if (piece.kind === "open") {
      const owner = inner.statements.at(-1);
      const kind = owner?.opens === undefined && owner !== undefined ? kindOf(owner) : UNKNOWN;
      stack.push({
        kind: kind === UNKNOWN ? { ...kind, path: inner.kind.path } : kind,
        statements: [],
        start: { line: piece.at.line, character: piece.at.character + 1 },
        owner: kind === UNKNOWN ? undefined : owner,
        known: inner.kind.table === undefined ? inner.known : stack.length - 1,
      });
    } else if (piece.kind === "close") {
      if (stack.length > 1) close(piece.at, true);
    } else if (piece.kind === "text") {
      const { text } = piece.line;
      let words = known.get(text);
      if (words === undefined) known.set(text, words = splitWords(text));
      const first = words[0];
      if (first === undefined) continue;
      const opens = pieces[index + 1]?.kind === "open";
      const depth = surplus > 0 ? fittingDepth(stack, first.text, opens) : undefined;
      while (depth !== undefined && stack.length > depth && surplus > 0) {
        close(startOfPiece(piece), false);
        surplus--;
      }
      addStatement(stack.at(-1) ?? inner, piece, words);
    }
  }
  while (stack.length > 1) close(end, false);
  return close(end, true) ?? { kind: outer, statements: [], range: NOWHERE, closed: true };
}

function addStatement(
  { kind, statements }: OpenBlock,
  { line }: Piece & { readonly kind: "text" },
  words: readonly Word[],
): void {
  const first = words[0]?.text ?? "";
  const found = usableRow(kind.table, first);
  statements.push({
    line,
    words,
    inside: kind,
    name: found?.name ?? first,
    row: found?.row,
    opens: undefined,
  });
}

/** Depth of the block around the innermost one that a word belongs to, where only that one knows it. */
function fittingDepth(
  stack: readonly OpenBlock[],
  word: string,
  opens: boolean,
): number | undefined {
  const inner = stack.at(-1);
  if (usableRow(inner?.kind.table, word) !== undefined) return undefined;
  for (let depth = inner?.known; depth !== undefined; depth = stack[depth]?.known) {
    const found = usableRow(stack[depth]?.kind.table, word);
    if (found !== undefined && (found.row.kind !== "value") === opens) return depth + 1;
  }
  return undefined;
}
