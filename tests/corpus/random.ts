/** Numbers that look random and are the same on every run. */

/** A source of choices. */
export interface Random {
  /** A whole number from 0 to `limit` − 1. */
  readonly below: (limit: number) => number;
  /** One of these; there must be one. */
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
  /** True `percent` times of 100. */
  readonly chance: (percent: number) => boolean;
}

/** Choices that follow from `seed` (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    pick: (items) => items[below(items.length)] ?? items[0],
    chance: (percent) => below(100) < percent,
  };
}
