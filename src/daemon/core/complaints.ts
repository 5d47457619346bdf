/**
 * What the kernel refuses, for people: said when it begins, when the reason is another one, and when it is over; not at every try,
 * which are one a minute for as long as something is wanted.
 */

import { type Micros, SECOND } from "../../net/micros.ts";
import type { Log } from "../log.ts";

/** Longer than between two tries: what is refused after that is another matter. */
const EPISODE: Micros = 180 * SECOND;

/** As many are remembered; of more every try is said. */
const AT_MOST = 10_000;

/** Says what is refused. */
export interface Complaints {
  /** `act` could not be done. */
  refused(act: string, reason: string): void;
  /** It was done. */
  obeyed(act: string): void;
}

interface Complaint {
  readonly reason: string;
  readonly at: Micros;
  /** Tries since it was said. */
  readonly tries: number;
}

/** Complaints into a log, at times of a monotonic clock. */
export function openComplaints(log: Log, now: () => Micros): Complaints {
  const known = new Map<string, Complaint>();
  return {
    refused(act, reason) {
      const before = known.get(act);
      const at = now();
      const again = before?.reason === reason && at - before.at <= EPISODE;
      if (again || known.size < AT_MOST) {
        known.set(act, { reason, at, tries: again ? before.tries + 1 : 1 });
      }
      if (!again) log({ level: "error", from: "core", text: `Cannot ${act}: ${reason}` });
    },
    obeyed(act) {
      const before = known.get(act);
      if (before === undefined) return;
      known.delete(act);
      const tries = before.tries === 1 ? "" : ` (tried ${before.tries} times in vain)`;
      log({ level: "notice", from: "core", text: `Could ${act} now${tries}` });
    },
  };
}
