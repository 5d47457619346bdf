/** `track_group`: whether the static addresses, routes and rules that instances depend on are, or can be, in the kernel. */

import { thingKey } from "../../../kernel/thing.ts";
import { familyOf } from "../../../net/mod.ts";
import type { StaticAddress, VrrpConfig } from "../../config.ts";
import { type KernelFacts, linkNamed } from "../../kernel_facts.ts";
import { placedThing } from "./things.ts";

/** Whether each group is complete. `lost` cannot be put back, see `VrrpPart`. */
export function completeGroups(
  { trackGroups, staticAddresses, staticRoutes, staticRules }: VrrpConfig,
  kernel: Pick<KernelFacts, "byName">,
  lost: ReadonlyMap<string, string>,
): readonly (readonly [name: string, complete: boolean])[] {
  if (trackGroups.length === 0) return [];
  const incomplete = new Set([
    ...staticAddresses.filter((each) => !canBe(each, kernel)),
    ...staticRoutes.filter(({ route: value }) => {
      const thing = placedThing({ kind: "route", value }, { kernel });
      return thing === undefined || lost.has(thingKey(thing));
    }),
    ...staticRules.filter(({ rule: value }) => lost.has(thingKey({ kind: "rule", value }))),
  ].map(({ trackGroup }) => trackGroup));
  return trackGroups.map(({ name }) => [name, !incomplete.has(name)]);
}

/** Whether its interface can have it: one that is down keeps addresses of IPv4 only. */
function canBe({ dev, address }: StaticAddress, kernel: Pick<KernelFacts, "byName">): boolean {
  const link = linkNamed(kernel, dev);
  return link !== undefined && (link.up || familyOf(address) === "inet");
}
