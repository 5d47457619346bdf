/** Every keyword of the language by block, from the tables: for documentation, coverage and tests. */

import { rowOf, type Table } from "../../language/mod.ts";
import type { Keyword } from "../../language/mod.ts";
import { ROOT } from "./root_table.ts";

/** One keyword of one block. */
export interface ListedKeyword {
  /** Path of the block, `(root)` at the top: `virtual_server/real_server/HTTP_GET`. */
  readonly block: string;
  readonly name: string;
  readonly row: Keyword;
  /** Whether holdfast acts on it: its own row, and the blocks around it. */
  readonly acts: boolean;
}

/** All of them, blocks before what they hold. */
export function allKeywords(): readonly ListedKeyword[] {
  return keywordsOf(ROOT, { block: "(root)", acts: true });
}

function keywordsOf(
  table: Table,
  { block, acts }: { readonly block: string; readonly acts: boolean },
): readonly ListedKeyword[] {
  return Object.entries(table).flatMap(([name, row]) => {
    const target = row.kind === "alias" ? rowOf(table, row.of) ?? row : row;
    const own = acts && target.acts !== false && row.acts !== false && row.kind !== "unknown";
    const inner = { block: block === "(root)" ? name : `${block}/${name}`, acts: own };
    const inside = row.kind === "block"
      ? keywordsOf(row.table as Table, inner)
      : row.kind === "list"
      ? keywordsOf(row.options ?? {}, inner)
      : [];
    return [{ block, name, row, acts: own }, ...inside];
  });
}
