/** Keywords among the entries of a list, `lb_algo` in a `virtual_server_group`: told once, with where they belong. */

import type { Diagnostic, Node } from "../../language/mod.ts";
import { lineKey, placeAt } from "../../language/findings/place.ts";
import { homeOfKeyword } from "../../language/recover/mod.ts";
import type { NodesAt } from "./node_places.ts";
import { ROOT } from "../table/root_table.ts";

/** Says of refused entries that are keywords where they belong; of each list the first is told. In file order. */
export function nameMisplaced(
  diagnostics: readonly Diagnostic[],
  at: NodesAt,
): readonly Diagnostic[] {
  const told = new Set<string>();
  return diagnostics.map((each): Diagnostic => {
    const found = misplacedIn(each, at);
    if (found === undefined) return each;
    if (told.has(found.list)) return { ...each, follows: true };
    told.add(found.list);
    return { ...each, hint: found.hint };
  });
}

/** The line of the list, and where the keyword belongs. */
function misplacedIn(
  { severity, code, about, hint: own, ...place }: Diagnostic,
  at: NodesAt,
): { readonly list: string; readonly hint: string } | undefined {
  if (severity !== "error") return undefined;
  if (code === "unknown-keyword" && about?.kind === "lost" && about.block !== undefined) {
    const [path] = at(about.block);
    const isList = path?.at(-1)?.row?.kind === "list";
    return isList && own !== undefined ? { list: lineKey(about.block), hint: own } : undefined;
  }
  if (code !== "not-an-address") return undefined;
  const path = at(place)[0] ?? [];
  const [list, entry] = [path.at(-2), path.at(-1)];
  if (list?.row?.kind !== "list" || !isEntry(entry)) return undefined;
  const hint = homeOfKeyword(ROOT, entry.words[0]?.text ?? "");
  return hint === undefined ? undefined : { list: lineKey(placeAt(list.line, 0)), hint };
}

function isEntry(node: Node | undefined): node is Node {
  return node !== undefined && node.row === undefined;
}
