/** `static_ipaddress`, `static_routes`, `static_rules` and the groups of instances that follow them. */

import { allValues, type Bound, type Use } from "../../language/mod.ts";
import type { GlobalDefs } from "../../global/config.ts";
import type { staticRoutes, staticRules } from "../../route/keywords.ts";
import type { TrackGroupConfig, VrrpConfig } from "../config.ts";
import { entriesOf } from "./addresses.ts";
import type { RouteContext } from "./subject.ts";
import { routesOf, rulesOf } from "./routes.ts";
import type { TRACK_GROUP } from "./keywords.ts";
import type { staticAddresses } from "./keywords_address.ts";

/** Static blocks of a file. */
export type StaticBlocks =
  & Bound<{
    readonly static_ipaddress: typeof staticAddresses;
    readonly static_routes: typeof staticRoutes;
    readonly static_rules: typeof staticRules;
  }>
  & {
    readonly track_group?: readonly Use<
      { readonly header: string; readonly body: Bound<typeof TRACK_GROUP> }
    >[];
  };

/** What is there from start to end. An address that names no interface is that of `default_interface`. */
export function readStatics(
  { static_ipaddress, static_routes, static_rules }: StaticBlocks,
  { global, routes }: { readonly global: GlobalDefs; readonly routes: RouteContext },
): Pick<VrrpConfig, "staticAddresses" | "staticRoutes" | "staticRules"> {
  return {
    staticAddresses: entriesOf(static_ipaddress).map((entry) => ({
      ...entry,
      dev: entry.dev ?? global.defaultInterface,
    })),
    staticRoutes: routesOf(static_routes, routes),
    staticRules: rulesOf(static_rules, routes),
  };
}

/** Groups with the instances of them that run. */
export function readTrackGroups(
  { track_group }: StaticBlocks,
  instances: ReadonlySet<string>,
): readonly TrackGroupConfig[] {
  return allValues(track_group).map(({ header: name, body }) => ({
    name,
    members: allValues(body.group).flatMap(({ entries }) => entries.map(({ value }) => value))
      .filter((member) => instances.has(member)),
  }));
}
