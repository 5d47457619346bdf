/**
 * `$NAME` that nothing is put in place of. keepalived takes it literally, and so it must stand in passwords, paths
 * and arguments of shells; told of is what cannot be meant so: a name that is defined below, one that resembles a
 * defined one, and one where an interface is wanted.
 */

import {
  type DefinedNames,
  type Diagnostic,
  didYouMean,
  nearest,
  type Node,
  type Report,
} from "../../language/mod.ts";
import { lineKey, placeAt } from "../../language/findings/place.ts";

/** What is known of a text besides its blocks. */
export interface NamesContext {
  readonly names: DefinedNames;
  /** Of the same text: a line with an error is told of already. */
  readonly diagnostics: readonly Diagnostic[];
  readonly report: Report;
}

/** Reports names that are meant to be defined. */
export function checkNames(
  tree: readonly Node[],
  { names: { here, elsewhere, isLeft }, diagnostics, report }: NamesContext,
): void {
  if (!isLeft) return;
  const suspects = nodesWithNames(tree);
  const hurt = new Set(diagnostics.filter(({ severity }) => severity === "error").map(lineKey));
  for (const { line, row } of suspects) {
    if (hurt.has(lineKey(line))) continue;
    const isInterface = row?.kind === "value" && row.args === "<interface>";
    for (const match of line.text.matchAll(REFERENCE)) {
      const name = match[1] ?? "";
      if (elsewhere.has(name)) continue;
      const isBelow = here.has(name);
      const meant = isBelow || name.length < MIN_RESEMBLING ? undefined : nearest(name, here);
      if (!isBelow && meant === undefined && !isInterface) continue;
      report(placeAt(line, match.index), name.length + 1, {
        severity: "warning",
        code: "unknown-name",
        message: `Cannot expand $${name}: it is not defined before this line`,
        ...didYouMean(meant && `$${meant}`),
        about: { kind: "line" },
      });
    }
  }
}

/** As keepalived finds one without braces (grammar.md §5). */
const REFERENCE = /\$([A-Za-z_][A-Za-z0-9_]*)(?=[ \t,)"]|$)/g;

/** Letters of names that may resemble others: of two letters one is easily the same. */
const MIN_RESEMBLING = 4;

function nodesWithNames(nodes: readonly Node[]): readonly Node[] {
  const found: Node[] = [];
  const visit = (inside: readonly Node[]) => {
    for (const node of inside) {
      if (node.line.text.includes("$")) found.push(node);
      visit(node.children);
    }
  };
  visit(nodes);
  return found;
}
