/** Preferences of rules that name none. */

import { allValues, type Bound, type Node } from "../../language/mod.ts";
import { FIRST_PRIORITY } from "../../route/rule.ts";
import type { WrittenRule } from "../../route/written.ts";
import type { ROOT } from "../table/root_table.ts";

/** They count down in the order of the file, over all blocks of rules. */
export function automaticPriorities(
  root: Bound<typeof ROOT>,
  tree: readonly Node[],
): ReadonlyMap<WrittenRule, number> {
  const lists = [
    ...allValues(root.static_rules),
    ...allValues(root.vrrp_instance).flatMap(({ body }) => allValues(body.virtual_rules)),
  ];
  const unnamed = lists.flatMap(({ entries }) => entries)
    .filter(({ value }) => value.fields.priority === undefined);
  if (unnamed.length === 0) return new Map();
  const order = new Map(ruleNodes(tree).map(({ line }, index) => [line, index]));
  return new Map(
    unnamed.toSorted((a, b) => (order.get(a.line) ?? 0) - (order.get(b.line) ?? 0))
      .map(({ value }, index) => [value, FIRST_PRIORITY - index]),
  );
}

/** Entries of blocks of rules. */
function ruleNodes(tree: readonly Node[]): readonly Node[] {
  return tree.flatMap(({ name, children }) => {
    if (name === "static_rules" || name === "virtual_rules") return children;
    return name === "vrrp_instance" ? ruleNodes(children) : [];
  });
}
