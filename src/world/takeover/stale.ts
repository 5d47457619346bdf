/** Whose takeover may be another by now. */

import { withEntries } from "../../persistent/mod.ts";
import { backupsAt, backupsOf } from "../../vrrp/mod.ts";
import type { Where } from "../kernel/addresses.ts";
import type { World } from "../world.ts";

/** With these orders to be looked at. */
export function staled(world: World, orders: readonly number[]): World {
  if (orders.length === 0) return world;
  const { takeovers } = world;
  const stale = withEntries(takeovers.stale, orders.map((order) => [order, true]));
  return { ...world, takeovers: { ...takeovers, stale } };
}

/** With those of backups that would have addresses in these places. */
export function staleAmong(world: World, where: Where): World {
  return staled(world, where === "all" ? backupsOf(world.vrrp) : backupsAt(world.vrrp, where));
}
