/** Which line of the tree a finding is of, by its place. */

import type { Node } from "../../language/mod.ts";
import { type Place, placeAt, placeBefore } from "../../language/findings/place.ts";

/** A node and the blocks around it, from the top level. */
export type Path = readonly Node[];

/** A place, however it was come to. */
export type Spot = Omit<Place, "via">;

/** The nodes of the line a place is in; many, where a sequence repeats the line. */
export type NodesAt = (spot: Spot) => readonly Path[];

/** Looks for the nodes of the lines that some places are in. */
export function nodesAt(tree: readonly Node[], spots: readonly Spot[]): NodesAt {
  const lines = new Map<string, Map<number, Columns>>();
  for (const { file, line } of spots) {
    const known = lines.get(file) ?? new Map<number, Columns>();
    lines.set(file, known.set(line, new Map()));
  }
  const visit = (nodes: readonly Node[], above: Path): void => {
    for (const node of nodes) {
      const { file, line, column } = placeAt(node.line, 0);
      const columns = lines.get(file)?.get(line);
      const same = columns?.get(column);
      if (same !== undefined) same.push([...above, node]);
      else columns?.set(column, [[...above, node]]);
      if (node.children.length > 0) visit(node.children, [...above, node]);
    }
  };
  visit(tree, []);
  return ({ file, line, column }) => {
    let last = 0;
    const columns = lines.get(file)?.get(line) ?? new Map<number, Path[]>();
    for (const start of columns.keys()) if (start <= column) last = Math.max(last, start);
    const paths = columns.get(last) ?? [];
    return isBehind(paths[0]?.at(-1), { line, column }) ? [] : paths;
  };
}

/** Whether a place is behind the last word of a line: something unknown stands there, after a brace. */
function isBehind(node: Node | undefined, { line, column }: Omit<Spot, "file">): boolean {
  if (node === undefined) return false;
  const end = placeBefore(node.line, node.line.text.length);
  return end.line === line && end.column < column;
}

/** The nodes that begin in a physical line, by column. */
type Columns = Map<number, Path[]>;
