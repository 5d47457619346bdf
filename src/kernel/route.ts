/** Routes as the kernel takes them (`linux/rtnetlink.h`, ip-route(8)). */

import type {
  Encapsulation,
  NextHop as CoreNextHop,
  Prefix,
  Route as CoreRoute,
  RouteMetric,
} from "../core/protocol.ts";

export type { Encapsulation, Prefix, RouteMetric };

/** `RTN_*`: what becomes of a packet. By the names of ip-route(8). */
export const ROUTE_TYPE = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
  xresolve: 11,
} as const;

/** `RT_SCOPE_*` of routes and addresses: how far away the destination is. */
export const SCOPE = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;

/** `RT_TABLE_*`: the tables that are there always. */
export const TABLE = { default: 253, main: 254, local: 255 } as const;

/** `RTAX_*`: what a connection through the route goes by. By the names of ip-route(8). */
export const METRIC = {
  mtu: 2,
  window: 3,
  rtt: 4,
  rttvar: 5,
  ssthresh: 6,
  cwnd: 7,
  advmss: 8,
  reordering: 9,
  hoplimit: 10,
  initcwnd: 11,
  features: 12,
  rto_min: 13,
  initrwnd: 14,
  quickack: 15,
  congctl: 16,
  fastopen_no_cookie: 17,
} as const;

/** One way. Its interface is an index for the kernel, a name in a configuration. */
export type NextHop<Device = number> = Omit<CoreNextHop, "device"> & { readonly device?: Device };

/** A route. The kernel tells equal ones apart by {@linkcode NextHop}, type and scope only. */
export type Route<Device = number> = Omit<CoreRoute, "nextHops"> & {
  /** In a configuration the name of the VRF whose table it is in, instead of `table`. */
  readonly vrf?: Device extends string ? string : never;
  /** One way, several (`RTA_MULTIPATH`), or none (`blackhole` and the like). */
  readonly nextHops: readonly NextHop<Device>[];
};
