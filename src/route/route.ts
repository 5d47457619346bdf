/** From routes as written to routes as the kernel takes them. */

import {
  type NextHop,
  type Prefix,
  type Route,
  ROUTE_TYPE,
  type RouteMetric,
  SCOPE,
  TABLE,
} from "../kernel/route.ts";
import type { Family } from "../net/ip.ts";
import { type Numbers, realmsOf } from "./numbers.ts";
import type { HopFields, RouteFields, WrittenRoute } from "./written.ts";

/** `RTPROT_KEEPALIVED` (`linux/rtnetlink.h`). */
export const OWN_PROTOCOL = 18;

/** Everything of a family. */
export function everything(family: Family): Prefix {
  return { address: family === "inet" ? "0.0.0.0" : "::", prefixLength: 0 };
}

/**
 * A route with what is not written filled in; `undefined` when a name in it is unknown, as it is in keepalived.
 *
 * keepalived: scope is global whatever the route leads to; the kernel refuses that of local and broadcast routes, whose own scope it
 * gets here.
 */
export function routeOf(
  { fields, family = "inet" }: Pick<WrittenRoute, "fields" | "family">,
  number: Numbers,
): Route<string> | undefined {
  const tos = number(fields.tos ?? 0);
  const table = number(fields.table ?? TABLE.main);
  const type = fields.type ?? ROUTE_TYPE.unicast;
  const scope = number(fields.scope ?? scopeOf(type));
  const protocol = protocolOf(fields, number);
  const nextHops = nextHopsOf(fields, number);
  if (
    tos === undefined || table === undefined || scope === undefined || protocol === undefined ||
    nextHops === undefined
  ) return undefined;
  const { destination = "default", place, metrics } = fields;
  return {
    family,
    destination: destination === "default" ? everything(family) : destination,
    ...(fields.source && { source: fields.source }),
    ...(tos !== 0 && { tos }),
    table: table === 0 ? TABLE.main : table,
    ...(fields.priority !== undefined && { priority: fields.priority }),
    type,
    scope,
    protocol,
    ...(fields.preferredSource && { preferredSource: fields.preferredSource }),
    nextHops,
    ...(metrics && { metrics: lastOfEach(metrics) }),
    ...(fields.expires !== undefined && { expires: fields.expires }),
    ...(fields.preference !== undefined && { preference: fields.preference }),
    ...(fields.ttlPropagate !== undefined && { ttlPropagate: fields.ttlPropagate }),
    ...(fields.vrf !== undefined && { vrf: fields.vrf }),
    ...placeOf(place ?? (type === ROUTE_TYPE.unicast ? "prepend" : "add")),
  };
}

function placeOf(place: NonNullable<RouteFields["place"]>): Pick<Route, "place"> {
  return place === "prepend" ? {} : { place };
}

/** What is tracked bears the mark of virtual routers, whatever is written. */
function protocolOf({ protocol, noTrack }: RouteFields, number: Numbers): number | undefined {
  return protocol === undefined || noTrack !== true ? OWN_PROTOCOL : number(protocol);
}

/** Scope of a route that names none. */
export function scopeOf(type: number): number {
  switch (type) {
    case ROUTE_TYPE.local:
    case ROUTE_TYPE.nat:
      return SCOPE.host;
    case ROUTE_TYPE.broadcast:
    case ROUTE_TYPE.anycast:
      return SCOPE.link;
    default:
      return SCOPE.global;
  }
}

/** The way that the route itself names, then those behind `nexthop` and `or`, which go through its interface when they name none. */
function nextHopsOf(
  fields: RouteFields,
  number: Numbers,
): readonly NextHop<string>[] | undefined {
  const { device, nextHops: more = [], gateway, encapsulation, onlink, realms } = fields;
  const isWay = gateway !== undefined || encapsulation !== undefined ||
    (more.length === 0 && (device !== undefined || realms !== undefined));
  const written: readonly HopFields[] = [
    ...(isWay
      ? [{
        ...(gateway && { gateway }),
        ...(onlink && { onlink }),
        ...(encapsulation && { encapsulation }),
        ...(realms && { realms }),
      }]
      : []),
    ...more,
  ];
  const hops = written.map((hop) =>
    nextHopOf({ ...(device !== undefined && { device }), ...hop }, number)
  );
  const known = hops.filter((hop) => hop !== undefined);
  return known.length === hops.length ? known : undefined;
}

function nextHopOf(hop: HopFields, number: Numbers): NextHop<string> | undefined {
  const { realms: written, weight, ...rest } = hop;
  const realms = written && realmsOf(written, number);
  if (written !== undefined && realms === undefined) return undefined;
  return {
    ...rest,
    ...(weight !== undefined && weight !== 1 && { weight }),
    ...(realms !== undefined && { realms }),
  };
}

/** Each metric once, in the order of their numbers. */
function lastOfEach(metrics: readonly RouteMetric[]): readonly RouteMetric[] {
  const each = new Map(metrics.map((one) => [one.metric, one]));
  return [...each.values()].sort((a, b) => a.metric - b.metric);
}
