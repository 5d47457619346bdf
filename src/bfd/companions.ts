/** Sessions that cannot be: an address of the other family, or the ends of another session. */

import { type Bound, lastUse, lastValue, tell, type Use } from "../language/mod.ts";
import { familyOf, type Ip } from "../net/ip.ts";
import type { BFD_INSTANCE } from "./keywords.ts";

/** A session as written. */
export type BoundSession = Use<
  { readonly header: string; readonly body: Bound<typeof BFD_INSTANCE> }
>;

/** A session that is kept: packets find it by these. */
interface Ends {
  readonly name: string;
  readonly source: Ip | undefined;
  readonly multihop: boolean;
}

/** Reports sessions that keepalived leaves out. */
export function checkSessions(sessions: readonly BoundSession[]): void {
  const byNeighbor = new Map<Ip, Ends[]>();
  for (const session of sessions) {
    const { header: name, body } = session.value;
    const neighbor = lastValue(body.neighbor_ip);
    if (neighbor === undefined) continue;
    const source = lastUse(body.source_ip);
    if (source !== undefined && familyOf(source.value) !== familyOf(neighbor)) {
      tell(
        source,
        "conflict",
        `Cannot run bfd_instance ${name}: source_ip and neighbor_ip are of different families`,
        { severity: "error" },
      );
      continue;
    }
    const multihop = lastValue(body.multihop) ?? false;
    const ends: Ends = { name, source: source?.value, multihop };
    const kept = byNeighbor.get(neighbor) ?? [];
    const other = kept.find((each) => isSame(each, ends));
    if (other === undefined) byNeighbor.set(neighbor, [...kept, ends]);
    else {
      const from = ends.source === undefined ? "" : ` from ${ends.source}`;
      tell(
        session,
        "duplicate-name",
        `Cannot run bfd_instance ${name}: ${other.name} has neighbor_ip ${neighbor}${from} already`,
        { severity: "error" },
      );
    }
  }
}

/** Whether two sessions with one neighbour could not be told apart; without a source any may be used. */
function isSame(one: Ends, other: Ends): boolean {
  if (one.multihop !== other.multihop) return false;
  return one.source === undefined || other.source === undefined || one.source === other.source;
}
