/** What is said of claims as the world goes on. */

import { type Changed, withChanged, withoutChanged } from "../../kernel/changed.ts";
import { thingKey } from "../../kernel/thing.ts";
import { sizeOf } from "../../persistent/mod.ts";
import type { Update } from "../chain.ts";
import { claimedThings, claimKey, type Claims, isCovered } from "./claims.ts";
import type { WorldEffect } from "../effect.ts";
import type { WorldEvent } from "../event.ts";
import type { World } from "../world.ts";

/** Says what is to be kept, where that is not what was said. Comes before anything of it is put into the kernel. */
export function claimed(world: World): Update {
  const { claims, vrrp: { kernel: { own } } } = world;
  const { held, said, saidFor, settings } = claims;
  if (saidFor?.held === held && saidFor.own === own && saidFor.settings === settings) {
    return [world, []];
  }
  const next = {
    ...(own.size === 0 ? held : withoutOwn(held, own)),
    ...(settings.length === 0 ? {} : { settings }),
  };
  const state = { ...claims, said: next, saidFor: { held, own, settings } };
  const effects: readonly WorldEffect[] = isSame(next, said)
    ? []
    : [{ kind: "claim", claims: next }];
  return [{ ...world, claims: state }, effects];
}

/** Gives up what has gone. */
export function givenUp(world: World): World {
  const { claims, addresses, things, services, options } = world;
  if (!claims.surplus && world.phase !== "stopping") return world;
  if (addresses.pending > 0 || things.pending > 0 || services.pending > 0) return world;
  const failed = {
    addresses: addresses.retry,
    things: sizeOf(things.failed) > 0,
    services: services.retry,
  };
  if (world.phase !== "stopping") {
    const some = failed.addresses !== undefined || failed.things ||
      failed.services !== undefined;
    if (some) return world;
    return { ...world, claims: { ...claims, held: claims.configured, surplus: false } };
  }
  const keeps = {
    addresses: options.keepAddresses || failed.addresses !== undefined,
    things: options.keepAddresses || failed.things,
    beside: options.keepServices || failed.things,
    services: options.keepServices || failed.services !== undefined,
  };
  const held: Claims = {
    ...(keeps.things ? claimedThings("things", claims.held.things ?? []) : {}),
    ...(keeps.beside ? claimedThings("beside", claims.held.beside ?? []) : {}),
    addresses: keeps.addresses ? claims.held.addresses : [],
    services: keeps.services ? claims.held.services : [],
  };
  return { ...world, claims: { ...claims, held } };
}

/** A setting is other than it was, or is about to be. */
export function withSetting(world: World, changed: Changed): World {
  const { claims } = world;
  return { ...world, claims: { ...claims, settings: withChanged(claims.settings, changed) } };
}

/** What was put back needs no claim any more. */
export function withoutRestored(
  world: World,
  { operations, errnos }: Extract<WorldEvent, { readonly kind: "kernel-applied" }>,
): World {
  const { claims } = world;
  let { settings } = claims;
  if (settings.length === 0) return world;
  for (const [index, operation] of operations.entries()) {
    const restored = operation.op === "delete" && errnos[index] === 0;
    if (restored) settings = withoutChanged(settings, thingKey(operation));
  }
  return settings === claims.settings ? world : { ...world, claims: { ...claims, settings } };
}

function withoutOwn(claims: Claims, own: ReadonlySet<string>): Claims {
  const addresses = claims.addresses.filter((each) => !own.has(claimKey(each)));
  return { ...claims, addresses };
}

function isSame(a: Claims, b: Claims): boolean {
  return isCovered(a, b) && isCovered(b, a);
}
