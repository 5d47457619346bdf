/** `garp_group`: interfaces whose announcements share a pace, each in one group. */

import { announcePace } from "../../global/read.ts";
import { allValues, type Bound, lastValue, tell } from "../../language/mod.ts";
import type { GarpGroup } from "../../vrrp/config.ts";
import type { ROOT } from "../table/root_table.ts";

/** The groups. An interface that a group names again is reported; as in keepalived it stays in the first one. */
export function readGarpGroups(groups: Bound<typeof ROOT>["garp_group"]): readonly GarpGroup[] {
  const taken = new Set<string>();
  return allValues(groups).flatMap(({ body }): readonly GarpGroup[] => {
    const listed = allValues(body.interfaces).flatMap(({ entries }) => entries);
    const interfaces = [...body.interface ?? [], ...listed].flatMap((use) => {
      if (!taken.has(use.value)) return [...taken.add(use.value)].slice(-1);
      tell(use, "duplicate-name", `Cannot use ${use.value} again: it has a garp_group already`);
      return [];
    });
    const arp = lastValue(body.garp_interval);
    const na = lastValue(body.gna_interval);
    if (interfaces.length === 0 || (arp === undefined && na === undefined)) return [];
    return [{ interfaces, ...announcePace({ arp, na }) }];
  });
}
