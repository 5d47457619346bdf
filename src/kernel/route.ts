/** Routes as the kernel takes them (`linux/rtnetlink.h`, ip-route(8)). */

import type { Family, Ip } from "../net/ip.ts";

/** An address with the length of its network: `10.0.0.0/8`, `::/0`. */
export interface Prefix {
  readonly address: Ip;
  /** 0 to 32 or 128. */
  readonly prefixLength: number;
}

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

/** One entry of `RTA_METRICS`. */
export interface RouteMetric {
  /** Of {@linkcode METRIC}. */
  readonly metric: number;
  /** 32 bits; the name of the algorithm for `congctl`. `rtt` in 1/8 ms, `rttvar` in 1/4 ms, `rto_min` in ms. */
  readonly value: number | string;
  /** `RTAX_LOCK`: the kernel does not change it by what it learns. */
  readonly locked?: true;
}

/** Encapsulation of what goes this way (`linux/lwtunnel.h`). */
export type Encapsulation =
  /** `LWTUNNEL_ENCAP_MPLS`. */
  | {
    readonly kind: "mpls";
    /** Outermost first, each 0 to 1048575. */
    readonly labels: readonly number[];
  }
  /** `LWTUNNEL_ENCAP_IP` and `LWTUNNEL_ENCAP_IP6`. */
  | {
    readonly kind: "ip" | "ip6";
    /** Tunnel key, 0 to 2^53 − 1. */
    readonly id?: number;
    readonly source?: Ip;
    readonly destination?: Ip;
    /** `tos` or `tc`, 0 to 255. */
    readonly tos?: number;
    /** `ttl` or `hoplimit`, 0 to 255. */
    readonly ttl?: number;
    /** 16 bits (`LWTUNNEL_IP_FLAGS`). */
    readonly flags?: number;
  }
  /** `LWTUNNEL_ENCAP_ILA`. */
  | {
    readonly kind: "ila";
    /** 64 bits as 16 hexadecimal digits. */
    readonly locator: string;
  };

/** One way (`struct rtnexthop`, or the attributes of the route itself). */
export interface NextHop<Device = number> {
  /** Interface (`RTA_OIF`): its index, by name in a configuration. Absent: the one that reaches the gateway. */
  readonly device?: Device;
  /** `RTA_GATEWAY`; `RTA_VIA` when it is of another family than the route. */
  readonly gateway?: Ip;
  /** Share among several, 1 to 256 (`rtnh_hops` + 1); absent: 1. */
  readonly weight?: number;
  /** `RTNH_F_ONLINK`: the gateway is there whatever addresses the interface has. */
  readonly onlink?: true;
  readonly encapsulation?: Encapsulation;
  /** `RTA_FLOW`: from << 16 | to. */
  readonly realms?: number;
}

/** A route. The kernel tells equal ones apart by {@linkcode NextHop}, type and scope only. */
export interface Route<Device = number> {
  readonly family: Family;
  /** `RTA_DST`; length 0 for the default route. */
  readonly destination: Prefix;
  /** `RTA_SRC`, IPv6 only: only for packets from there. */
  readonly source?: Prefix;
  /** `rtm_tos`, 0 to 255; absent: 0. */
  readonly tos?: number;
  /** `RTA_TABLE`, 1 to 4294967295. */
  readonly table: number;
  /** `RTA_PRIORITY`, the metric; absent: the kernel's, which is 0 for IPv4 and 1024 for IPv6. */
  readonly priority?: number;
  /** Of {@linkcode ROUTE_TYPE}. */
  readonly type: number;
  /** Of {@linkcode SCOPE}, or another number up to 255. The kernel keeps none for IPv6. */
  readonly scope: number;
  /** `RTPROT_*`: who adds it, 0 to 255; 18 for virtual routers. */
  readonly protocol: number;
  /** `RTA_PREFSRC`. */
  readonly preferredSource?: Ip;
  /** One way, several (`RTA_MULTIPATH`), or none (`blackhole` and the like). */
  readonly nextHops: readonly NextHop<Device>[];
  /** In the order of their numbers. */
  readonly metrics?: readonly RouteMetric[];
  /** `RTA_EXPIRES`, IPv6 only, s. */
  readonly expires?: number;
  /** `RTA_PREF`, IPv6 only (RFC 4191): 0 medium, 1 high, 3 low. */
  readonly preference?: number;
  /** `RTA_TTL_PROPAGATE`, MPLS only. */
  readonly ttlPropagate?: boolean;
  /**
   * Among equal ones: refused (`NLM_F_EXCL`), behind them (`NLM_F_APPEND`), absent: before them. How it is added, no property of what
   * is there.
   */
  readonly place?: "add" | "append";
}
