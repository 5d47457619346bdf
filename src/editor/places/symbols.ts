/** The outline of a document: its blocks, includes and definitions. */

import { rangeOf, type Statement } from "../text/outline.ts";
import { isBefore, type Range } from "../text/range.ts";
import type { View } from "../text/view.ts";

/** One line of the outline, with what is in it. */
export interface DocumentSymbol {
  /** As in the file: `vrrp_instance VI_1`. */
  readonly name: string;
  readonly kind: "block" | "include" | "definition";
  /** All of it. */
  readonly range: Range;
  /** Its name. */
  readonly selection: Range;
  readonly children: readonly DocumentSymbol[];
}

/** The outline of a document, in file order. */
export function symbolsOf(
  { pieces, outline }: Pick<View, "pieces" | "outline">,
): readonly DocumentSymbol[] {
  const others = pieces.flatMap((piece): DocumentSymbol[] => {
    if (piece.kind === "definition") {
      const range = { start: piece.range.start, end: piece.end };
      const selection = piece.range;
      return [{ name: `$${piece.name}`, kind: "definition", range, selection, children: [] }];
    }
    if (piece.kind !== "include") return [];
    const { range, include } = piece;
    const name = `include ${include.pattern}`;
    return [{ name, kind: "include", range, selection: range, children: [] }];
  });
  return place(blocks(outline.statements, 0), others);
}

/** Blocks further in are left out: no configuration has them, and the answer must stay within the client's stack. */
const MAX_DEPTH = 16;

function blocks(statements: readonly Statement[], depth: number): readonly DocumentSymbol[] {
  return statements.flatMap((statement) => {
    const { words, opens } = statement;
    if (opens === undefined) return [];
    const range = rangeOf(statement);
    const { line, character } = opens.range.end;
    return [{
      name: words.map(({ text }) => text).join(" "),
      kind: "block" as const,
      range: {
        start: range.start,
        end: { line, character: opens.closed ? character + 1 : character },
      },
      selection: range,
      children: depth < MAX_DEPTH ? blocks(opens.statements, depth + 1) : [],
    }];
  });
}

/** Puts includes and definitions among the blocks they stand between or in. */
function place(
  symbols: readonly DocumentSymbol[],
  others: readonly DocumentSymbol[],
): readonly DocumentSymbol[] {
  const inner = new Map<DocumentSymbol, DocumentSymbol[]>();
  const outer: DocumentSymbol[] = [];
  let index = 0;
  for (const other of others) {
    while (
      symbols[index] && isBefore(symbols[index]?.range.end ?? other.range.start, other.range.start)
    ) {
      index++;
    }
    const around = symbols[index];
    if (around === undefined || isBefore(other.range.start, around.range.start)) outer.push(other);
    else {
      const own = inner.get(around);
      if (own === undefined) inner.set(around, [other]);
      else own.push(other);
    }
  }
  const filled = symbols.map((symbol) => {
    const own = inner.get(symbol);
    return own === undefined ? symbol : { ...symbol, children: place(symbol.children, own) };
  });
  return [...filled, ...outer].toSorted((a, b) => isBefore(a.range.start, b.range.start) ? -1 : 1);
}
