/**
 * The end of a turn: what the kernel's tables should be is compared with what they are (`tables.ts`), and what backups would do on
 * their expiry is prepared (`../takeover`).
 */

import type { Update } from "../chain.ts";
import { chain } from "../chain.ts";
import { isPrepared, prepared } from "../takeover/mod.ts";
import type { World } from "../world.ts";
import { areTablesSettled, settleTables } from "./tables.ts";

/**
 * Orders what leads from the kernel as it is to the world as it is, then what backups prepare for; of much a part, so that no turn is
 * long: the rest follows by settling again, see {@linkcode isSettled}. Nothing for a world that is settled.
 */
export function settle(world: World): Update {
  return chain(
    settleTables(world),
    (next) => areTablesSettled(next) ? prepared(next) : [next, []],
  );
}

/** Settles to the end, where nobody waits meanwhile. */
export function settleAll(world: World): Update {
  let all = settle(world);
  while (!isSettled(all[0])) all = chain(all, settle);
  return all;
}

/** Whether nothing is left to be ordered. */
export function isSettled(world: World): boolean {
  return areTablesSettled(world) && isPrepared(world);
}
