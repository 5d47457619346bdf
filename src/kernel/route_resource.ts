/** Routes as things of the kernel. */

import { sameValue } from "../net/equal.ts";
import type { Resource } from "./resource.ts";
import type { NextHop, Route } from "./route.ts";

/** What the kernel takes for `priority` in IPv6 (`IP6_RT_PRIO_USER`). */
const IPV6_PRIORITY = 1024;

/** The place of a route: what the kernel looks for first. What is told of routes names no more. */
export type RouteSpot = Pick<Route, "family" | "table" | "destination" | "tos" | "priority">;

/** A place as text. */
export function routeSpot({ family, table, destination, tos, priority }: RouteSpot): string {
  const { address, prefixLength } = destination;
  const metric = priority ?? 0;
  return family === "inet"
    ? `${table},${address}/${prefixLength},${tos ?? 0},${metric}`
    : `${table},${address}/${prefixLength},0,${metric === 0 ? IPV6_PRIORITY : metric}`;
}

/**
 * IPv4 has any number of routes in one place, the one before the others counts; a deletion finds its own by all it says. IPv6 takes
 * routes of one place and gateway for the same, whatever else they say.
 */
export const ROUTE: Resource<Route> = {
  key: (route) => {
    const { address, prefixLength } = route.source ?? { address: "", prefixLength: 0 };
    const hops = route.nextHops.map(hopText).join("|");
    return `${routeSpot(route)} ${route.type} ${address}/${prefixLength} ${hops}`;
  },
  spot: routeSpot,
  same: ({ place: _, ...want }, { place: _place, ...held }) => sameValue(want, held),
  change: ({ family }) => family === "inet" ? "add-first" : "delete-first",
  phase: 2,
};

function hopText({ device, gateway, weight, encapsulation }: NextHop): string {
  const over = encapsulation === undefined ? "" : JSON.stringify(encapsulation);
  return `${gateway ?? ""}%${device ?? ""}*${weight ?? 1}${over}`;
}

/** Whether the kernel loses a route without a word when an interface goes down or loses its IPv4 addresses. */
export function restsOn({ family, nextHops, preferredSource }: Route, ifindex: number): boolean {
  // Without a device it is not known which one reaches the gateway.
  const via = nextHops.some(({ device }) => device === undefined || device === ifindex);
  return via || (preferredSource !== undefined && family === "inet");
}
