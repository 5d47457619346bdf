/** Routes and rules of instances and static ones: what is left of them when their names are numbers. */

import { allValues, type Use } from "../../language/mod.ts";
import type { ConfiguredRoute, ConfiguredRule } from "../../route/config.ts";
import { routeOf } from "../../route/route.ts";
import { FIRST_PRIORITY, ruleOf } from "../../route/rule.ts";
import type { CommonFields, Written, WrittenRoute, WrittenRule } from "../../route/written.ts";
import type { RouteContext } from "./subject.ts";

/** Blocks of entries. */
type Lists<E> = readonly Use<{ readonly entries: readonly Use<E>[] }>[] | undefined;

/** Routes whose names are known; of the others the machine's check tells. */
export function routesOf(
  lists: Lists<WrittenRoute>,
  { number }: RouteContext,
): readonly ConfiguredRoute[] {
  return entriesIn(lists).flatMap((written) => {
    const route = routeOf(written, number);
    return route === undefined ? [] : [{ route, ...entryOf(written) }];
  });
}

/** Rules whose names are known. */
export function rulesOf(
  lists: Lists<WrittenRule>,
  { number, priorities }: RouteContext,
): readonly ConfiguredRule[] {
  return entriesIn(lists).flatMap((written) => {
    const priority = priorities.get(written) ?? FIRST_PRIORITY;
    const rule = ruleOf(written, { number, priority });
    return rule === undefined ? [] : [{ rule, ...entryOf(written) }];
  });
}

function entriesIn<E>(lists: Lists<E>): readonly E[] {
  return allValues(lists).flatMap(({ entries }) => entries.map(({ value }) => value));
}

/** keepalived: only what names an interface can concern a group. */
function entryOf(
  { fields, trackGroup, tracked }: Written<CommonFields>,
): Omit<ConfiguredRoute, "route"> {
  return {
    ...(fields.noTrack && { noTrack: true }),
    ...(trackGroup !== undefined && tracked.length > 0 && { trackGroup: trackGroup.text }),
  };
}
