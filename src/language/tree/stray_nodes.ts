/**
 * Where keepalived reads what stands behind a brace out of place, which it passes over: the `}` of an unknown block
 * ends the block around it, and so on (grammar.md §3). It is only for what keepalived would stop at there; what a
 * text means is the tree.
 */

import { ofText } from "../source/known_texts.ts";
import type { Line } from "../findings/place.ts";
import type { Table } from "../rows/table.ts";
import type { Node } from "./tree.ts";
import { resolve } from "../recover/mod.ts";
import { splitWords, type Word } from "../source/words.ts";

/** A block being read; without a table it is a list of entries. */
interface Frame {
  /** Its first; absent: the top level. */
  readonly line: Line | undefined;
  readonly table: Table | undefined;
  readonly children: Node[];
  /** It lacks its `{`: its `}` ends the block around it as well. */
  unopened?: true;
}

/** A line, and that of the block it stands in. */
type Parents = ReadonlyMap<Line, Line | undefined>;

/** Blocks and lines of the top level that hold something which the tree of a text has elsewhere, or not at all. */
export function strayNodes(
  lines: readonly Line[],
  root: Table,
  tree: readonly Node[],
): readonly Node[] {
  const parents = parentsOf(tree);
  const top: Frame = { line: undefined, table: root, children: [] };
  const stack: Frame[] = [];
  const stray = new Set<Node>();
  const known = new Map<string, readonly Word[]>();
  let mayOpen = false;
  for (const line of lines) {
    const { text } = line;
    if (mayOpen && text !== "{") lackBrace(stack);
    mayOpen = false;
    if (text === "{") continue;
    if (text === "}") {
      if (stack.pop()?.unopened) stack.pop();
      continue;
    }
    const { line: parent, table, children } = stack.at(-1) ?? top;
    const words = ofText(known, text, splitWords);
    const found = table && words[0] && resolve(table, words[0].text);
    if (found !== undefined) {
      const { name, row } = found;
      const inside: Node[] = [];
      children.push({ line, words, name, row, children: inside });
      mayOpen = row.kind !== "value";
      const own = row.kind === "block" ? row.table as Table : undefined;
      if (mayOpen) stack.push({ line, table: own, children: inside });
    } else if (table === undefined) {
      children.push({ line, words, name: "", children: [] });
    } else continue;
    const outermost = top.children.at(-1);
    if (outermost && (!parents.has(line) || parents.get(line) !== parent)) stray.add(outermost);
  }
  return [...stray];
}

function parentsOf(tree: readonly Node[]): Parents {
  const parents = new Map<Line, Line | undefined>();
  const visit = (nodes: readonly Node[], parent: Line | undefined) => {
    for (const { line, children } of nodes) {
      parents.set(line, parent);
      visit(children, line);
    }
  };
  visit(tree, undefined);
  return parents;
}

/** A block at the top level without its `{` is not begun. */
function lackBrace(stack: Frame[]): void {
  const last = stack.at(-1);
  if (stack.length === 1) stack.pop();
  else if (last !== undefined) last.unopened = true;
}
