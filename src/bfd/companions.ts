/** Sessions that cannot be: an address of the other family, or a neighbour that another session has. */

import { type Bound, lastUse, tell, type Use } from "../language/mod.ts";
import { familyOf } from "../net/ip.ts";
import type { BFD_INSTANCE } from "./keywords.ts";

/** A session as written. */
export type BoundSession = Use<
  { readonly header: string; readonly body: Bound<typeof BFD_INSTANCE> }
>;

/** Reports sessions that keepalived leaves out. */
export function checkSessions(sessions: readonly BoundSession[]): void {
  const taken = new Map<string, string>();
  for (const session of sessions) {
    const { header: name, body } = session.value;
    const neighbor = lastUse(body.neighbor_ip);
    if (neighbor === undefined) continue;
    const source = lastUse(body.source_ip);
    if (source !== undefined && familyOf(source.value) !== familyOf(neighbor.value)) {
      tell(
        source,
        "conflict",
        `Cannot run bfd_instance ${name}: source_ip and neighbor_ip are of different families`,
        { severity: "error" },
      );
      continue;
    }
    const other = taken.get(neighbor.value);
    if (other === undefined) taken.set(neighbor.value, name);
    else {
      tell(
        session,
        "duplicate-name",
        `Cannot run bfd_instance ${name}: ${other} has neighbor_ip ${neighbor.value} already`,
        { severity: "error" },
      );
    }
  }
}
