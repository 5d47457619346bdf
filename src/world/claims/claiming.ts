/** What is said of claims as the world goes on. */

import { sizeOf } from "../../persistent/mod.ts";
import type { Update } from "../chain.ts";
import { claimKey, type Claims, isCovered } from "./claims.ts";
import type { WorldEffect } from "../effect.ts";
import type { World } from "../world.ts";

/** Says what is to be kept, where that is not what was said. Comes before anything of it is put into the kernel. */
export function claimed(world: World): Update {
  const { claims, vrrp: { kernel: { own } } } = world;
  const { held, said, saidFor } = claims;
  if (saidFor?.held === held && saidFor.own === own) return [world, []];
  const next = own.size === 0 ? held : withoutOwn(held, own);
  const state = { ...claims, said: next, saidFor: { held, own } };
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
    services: options.keepServices || failed.services !== undefined,
  };
  const held: Claims = {
    ...(keeps.things && claims.held.things !== undefined ? { things: claims.held.things } : {}),
    addresses: keeps.addresses ? claims.held.addresses : [],
    services: keeps.services ? claims.held.services : [],
  };
  return { ...world, claims: { ...claims, held } };
}

function withoutOwn(claims: Claims, own: ReadonlySet<string>): Claims {
  const addresses = claims.addresses.filter((each) => !own.has(claimKey(each)));
  return { ...claims, addresses };
}

function isSame(a: Claims, b: Claims): boolean {
  return isCovered(a, b) && isCovered(b, a);
}
