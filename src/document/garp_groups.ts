/** Interfaces of `garp_group`: each is in one. */

import { allValues, type Bound, tell } from "../language/mod.ts";
import type { ROOT } from "./root_table.ts";

/** Reports an interface that a group names again; keepalived leaves it in the first one. */
export function checkGarpGroups(groups: Bound<typeof ROOT>["garp_group"]): void {
  const taken = new Set<string>();
  for (const { body } of allValues(groups)) {
    const listed = allValues(body.interfaces).flatMap(({ entries }) => entries);
    const uses = [...body.interface ?? [], ...listed];
    for (const use of uses) {
      if (taken.has(use.value)) {
        tell(use, "duplicate-name", `Cannot use ${use.value} again: it has a garp_group already`);
      }
      taken.add(use.value);
    }
  }
}
