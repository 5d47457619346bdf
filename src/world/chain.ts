/** Updates one after another. */

import type { WorldEffect } from "./effect.ts";
import type { World } from "./world.ts";

/** A world and what it wants done. */
export type Update = readonly [World, readonly WorldEffect[]];

/** Runs updates one after another and collects their effects. */
export function chain(first: Update, ...rest: readonly ((world: World) => Update)[]): Update {
  return rest.reduce<Update>(([world, effects], next) => {
    const [moved, more] = next(world);
    if (more.length === 0) return [moved, effects];
    return [moved, effects.length === 0 ? more : [...effects, ...more]];
  }, first);
}
