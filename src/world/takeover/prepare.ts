/**
 * Prepared takeovers: what a backup will do when its watch expires is known beforehand, so it is an order too. The core
 * sends the adverts, adds the addresses and announces them, and tells of it afterwards. What that is nobody decides here: the reducer
 * itself is asked what it would do, and its answer is kept for the core. What would do more than that, or something before the
 * addresses (commands, tables of nftables, routes), is not prepared and goes by the reducer alone.
 */

import { sortedEntries, valueOf, withEntries, withoutKey } from "../../persistent/mod.ts";
import { companyOf, type Instance } from "../../vrrp/mod.ts";
import { chain, type Update } from "../chain.ts";
import type { Takeover, WorldEffect } from "../effect.ts";
import { settleTables } from "../settle/tables.ts";
import { vrrpStep } from "../step/parts.ts";
import type { World } from "../world.ts";

/** Most that are looked at in one turn: each is a step of the reducer. */
const SLICE = 16;

/** Nothing that is prepared depends on the time: what a takeover sets for later is set when it is heard of. */
const ANY_TIME = 0;

/** Whether what is prepared is what would be done. */
export function isPrepared({ takeovers }: World): boolean {
  return takeovers.stale.root === undefined;
}

/** Prepares anew what may be otherwise by now, a slice of it. */
export function prepared(world: World): Update {
  const { takeovers } = world;
  if (takeovers.stale.root === undefined) return [world, []];
  // Nobody takes over any more.
  if (world.phase !== "running") {
    return [{
      ...world,
      takeovers: { ...takeovers, stale: { ...takeovers.stale, root: undefined } },
    }, []];
  }
  const effects: WorldEffect[] = [];
  let { stale, given } = takeovers;
  for (let count = 0; count < SLICE && stale.root !== undefined; count += 1) {
    const [order] = sortedEntries(stale)[0] ?? [0];
    const company = companyOf(world.vrrp, order);
    const orders = company.map((each) => each.order);
    for (const each of [order, ...orders]) stale = withoutKey(stale, each);
    const takeover = takeoverOf(world, company);
    if (takeover !== undefined) {
      effects.push({ kind: "prepare", ...takeover });
      given = withEntries(given, takeover.watches.map((each) => [each.order, true]));
      continue;
    }
    for (const each of orders) {
      if (valueOf(given, each) === undefined) continue;
      effects.push({ kind: "withhold", order: each });
      given = withoutKey(given, each);
    }
  }
  return [{ ...world, takeovers: { stale, given } }, effects];
}

/**
 * What these, an instance or the members of a group, would do when the watches they wait for have expired; `undefined`: nothing, or
 * what the core cannot do by itself.
 */
export function takeoverOf(
  world: World,
  company: readonly Instance[],
): Takeover | undefined {
  const watches = company.flatMap(({ order, state }) =>
    state.kind === "backup" && !state.willing ? [{ order, seq: state.seq }] : []
  );
  if (watches.length === 0) return undefined;
  if (company.some(({ state }) => state.kind !== "backup" && state.kind !== "master")) {
    return undefined;
  }
  const [then, effects] = chain(
    [world, []],
    ...watches.map(({ order, seq }) => (next: World) =>
      vrrpStep(next, { kind: "expired", order, seq }, ANY_TIME)
    ),
    settleTables,
  );
  const rising = company.filter(({ state }) => state.kind === "backup");
  const risen = rising.every(({ order }) => stateOf(then, order) === "master");
  const deeds = risen ? deedsOf(effects) : undefined;
  return deeds?.transmissions.length === rising.length ? { watches, ...deeds } : undefined;
}

function stateOf({ vrrp }: World, order: number): string | undefined {
  const at = vrrp.byOrder.get(order);
  return at === undefined ? undefined : vrrp.instances[at]?.state.kind;
}

/** What is for the core; `undefined`: not all of it can be. */
function deedsOf(effects: readonly WorldEffect[]): Omit<Takeover, "watches"> | undefined {
  const transmissions: Takeover["transmissions"][number][] = [];
  const operations: Takeover["operations"][number][] = [];
  const places: Takeover["places"][number][] = [];
  for (const effect of effects) {
    switch (effect.kind) {
      case "transmit": {
        const { kind: _, ...transmission } = effect;
        transmissions.push(transmission);
        break;
      }
      case "address-apply":
        if (effect.operations.some(({ op }) => op !== "add")) return undefined;
        operations.push(...effect.operations);
        break;
      case "announce":
        places.push(...effect.places);
        break;
      // The daemon that keeps connections in step follows; nobody waits for it.
      case "kernel-apply":
        if (effect.operations.some(({ kind }) => kind !== "sync-daemon")) return undefined;
        break;
      // Said and told when it has happened.
      case "log":
      case "tell":
      case "write-fifo":
      case "mail":
      case "watch":
        break;
      default:
        return undefined;
    }
  }
  return { transmissions, operations, places };
}
