/** From names to numbers. */

import type { RouteNames } from "./config.ts";
import type { Named, WrittenRealms } from "./written.ts";

/** The number something stands for; `undefined` when its name is unknown. */
export type Numbers = (named: Named) => number | undefined;

/** Numbers by the names of this machine. */
export function numbersBy(names: RouteNames): Numbers {
  return (named) => typeof named === "number" ? named : names(named.table, named.name);
}

/** Realms as the kernel takes them: from << 16 | to. */
export function realmsOf({ from = 0, to }: WrittenRealms, number: Numbers): number | undefined {
  const source = number(from);
  const target = number(to);
  return source === undefined || target === undefined ? undefined : source * 2 ** 16 + target;
}
