/** Routes and rules that should be in the kernel: those of masters, and the static ones. */

import type { Route } from "../../kernel/route.ts";
import { type Thing, thingKey } from "../../kernel/thing.ts";
import type { ConfiguredRoute, ConfiguredRule } from "../../route/config.ts";
import type { VrrpConfig, VrrpInstanceConfig } from "../config.ts";
import { type KernelFacts, linkNamed } from "../kernel_facts.ts";
import type { VrrpPart } from "./part_state.ts";

/** Who wants what, by key, as long as links and configuration are the same. */
interface Index {
  readonly byName: KernelFacts["byName"];
  readonly wishes: ReadonlyMap<string, Wish>;
}

/** A thing, and who has it. */
interface Wish {
  readonly thing: Thing;
  /** Positions of instances; `always`: it is static. */
  readonly holders: readonly number[] | "always";
}

/** What should be there now under a key. */
export function desiredThing(part: VrrpPart, key: string): Thing | undefined {
  if (part.phase !== "running") return undefined;
  const wish = wishesOf(part).get(key);
  if (wish === undefined) return undefined;
  const { thing, holders } = wish;
  const wanted = holders === "always" ||
    holders.some((at) => part.instances[at]?.state.kind === "master");
  return wanted ? thing : undefined;
}

/** Everything that could be there, whatever the states. */
export function configuredThings(part: VrrpPart): readonly Thing[] {
  return [...wishesOf(part).values()].map(({ thing }) => thing);
}

/** Instances that have a thing. */
export function holdersOf(part: VrrpPart, key: string): readonly number[] {
  const holders = wishesOf(part).get(key)?.holders;
  return holders === undefined || holders === "always" ? [] : holders;
}

/** Keys of what an instance has, or would have. */
export function thingKeysOf(config: VrrpInstanceConfig, kernel: KernelFacts): readonly string[] {
  const { virtualRoutes, virtualRules } = config;
  if (virtualRoutes === undefined && virtualRules === undefined) return [];
  return thingsOf({ routes: virtualRoutes, rules: virtualRules }, kernel).map((each) =>
    thingKey(each)
  );
}

/** Whether a configuration speaks of anything of this kind. */
export function speaksOfThings({ instances, staticRoutes, staticRules }: VrrpConfig): boolean {
  const some = (list: readonly unknown[] | undefined) => list !== undefined && list.length > 0;
  return some(staticRoutes) || some(staticRules) ||
    instances.some(({ virtualRoutes, virtualRules }) => some(virtualRoutes) || some(virtualRules));
}

function wishesOf({ config, kernel }: VrrpPart): ReadonlyMap<string, Wish> {
  const known = remembered.get(config);
  if (known?.byName === kernel.byName) return known.wishes;
  const wishes = new Map<string, Wish>();
  const { staticRoutes, staticRules } = config;
  for (const thing of thingsOf({ routes: staticRoutes, rules: staticRules }, kernel)) {
    wishes.set(thingKey(thing), { thing, holders: "always" });
  }
  for (const [at, { virtualRoutes, virtualRules }] of config.instances.entries()) {
    for (const thing of thingsOf({ routes: virtualRoutes, rules: virtualRules }, kernel)) {
      const key = thingKey(thing);
      const before = wishes.get(key);
      if (before?.holders === "always") continue;
      wishes.set(key, {
        thing: before?.thing ?? thing,
        holders: [...before?.holders ?? [], at],
      });
    }
  }
  remembered.set(config, { byName: kernel.byName, wishes });
  return wishes;
}

const remembered = new WeakMap<VrrpConfig, Index>();

function thingsOf(
  { routes = [], rules = [] }: {
    readonly routes: readonly ConfiguredRoute[] | undefined;
    readonly rules: readonly ConfiguredRule[] | undefined;
  },
  kernel: KernelFacts,
): readonly Thing[] {
  return [
    ...routes.flatMap(({ route }): readonly Thing[] => {
      const value = placed(route, kernel);
      return value === undefined ? [] : [{ kind: "route", value }];
    }),
    ...rules.map(({ rule }): Thing => ({ kind: "rule", value: rule })),
  ];
}

/** A route with its interfaces by index; none while one of them is not there or down, when the kernel would refuse it. */
function placed(route: Route<string>, kernel: KernelFacts): Route | undefined {
  const nextHops = route.nextHops.flatMap((hop): Route["nextHops"] => {
    const { device, ...rest } = hop;
    if (device === undefined) return [rest];
    const link = linkNamed(kernel, device);
    return link?.up === true ? [{ ...rest, device: link.ifindex }] : [];
  });
  return nextHops.length === route.nextHops.length ? { ...route, nextHops } : undefined;
}
