/** Rows of route and rule entries, written much as for `ip route` and `ip rule`. None is acted on yet. */

import {
  alias,
  choice,
  custom,
  list,
  needWord,
  nextWord,
  peekWord,
  type Table,
  word,
} from "../language/mod.ts";
import { readEncapsulation } from "./route_encap.ts";
import { readRoute } from "./route_entry.ts";
import { readNextHop } from "./route_next_hop.ts";
import {
  count,
  device,
  mark,
  masked,
  metric,
  metricName,
  metricTime,
  named,
  network,
  realms,
  span,
} from "./route_values.ts";
import { readRule } from "./rule_entry.ts";

/** What routes and rules of both kinds share. */
const COMMON = {
  inet: mark({ default: "from the address", text: "Forces IPv4" }),
  inet6: mark({ default: "from the address", text: "Forces IPv6" }),
  dev: device({ text: "Interface" }),
  tos: named("rt_dsfield", 255, { text: "Type of service" }),
  dsfield: alias("tos"),
  protocol: named("rt_protos", 255, {
    default: "keepalived, 18",
    text: "Protocol id; what is tracked must have the default",
  }),
  realms: realms({ text: "Realm ids" }),
  table: named("rt_tables", 4_294_967_295, { default: "main", text: "Routing table" }),
  no_track: mark({ text: "Removal by somebody else does not cause FAULT" }),
} satisfies Table;

/** Words of a route. */
export const ROUTE_OPTIONS = {
  ...COMMON,
  to: network({
    prefix: true,
    words: ["default", "any", "all", "default6"],
    text: "Introduces the destination explicitly",
  }),
  via: network({ family: true, text: "Next-hop address" }),
  gw: alias("via", { deprecated: "via" }),
  or: network({ deprecated: "nexthop", text: "Old form of a second next hop" }),
  src: network({ text: "Preferred source address" }),
  from: network({ prefix: true, text: "IPv6 source selector" }),
  as: custom({
    text: "Accepted and ignored",
    args: "[to] <address>",
    missing: "reported",
    read: (args) => {
      if (peekWord(args)?.text === "to") nextWord(args);
      return needWord(args, "an address") && {};
    },
  }),
  oif: alias("dev"),
  vrf: device({ build: "VRF", text: "Uses the table of this VRF device" }),
  scope: named("rt_scopes", 255, { default: "derived", text: "Route scope" }),
  metric: count({ default: "0", text: "Route metric" }),
  priority: alias("metric"),
  preference: alias("metric"),
  onlink: mark({ text: "Treats the gateway as directly reachable" }),
  encap: custom({
    text: "Encapsulation of routed packets",
    args: "ip|ip6 id <n>|dst <address> [src <address>] [tos|tc|ttl|hoplimit <n>] [flags <n>] | " +
      "mpls <labels> | ila <locator>",
    read: readEncapsulation,
  }),
  expires: count({ text: "IPv6 route lifetime, s" }),
  mtu: metric("Path MTU"),
  hoplimit: count({ max: 255, text: "Hop limit" }),
  advmss: metric("Advertised MSS"),
  rtt: metricTime("Initial round-trip estimate", 8),
  rttvar: metricTime("Initial round-trip variance", 4),
  reordering: metric("Allowed reordering"),
  window: count({ text: "Maximum advertised window" }),
  cwnd: metric("Congestion window clamp"),
  ssthresh: metric("Initial slow start threshold"),
  rto_min: metricTime("Minimum retransmission timeout", 1),
  initcwnd: count({ text: "Initial congestion window" }),
  initrwnd: count({ text: "Initial receive window" }),
  features: choice(["ecn"], { text: "Enables ECN for the route" }),
  quickack: count({ max: 1, text: "Quick ACK mode" }),
  congctl: metricName("Congestion control algorithm"),
  pref: word({ what: "low, medium, high or a number", text: "IPv6 router preference" }),
  "ttl-propagate": choice(["enabled", "disabled"], { text: "MPLS TTL propagation" }),
  fastopen_no_cookie: count({ max: 1, text: "TCP Fast Open without cookie" }),
  nexthop: custom({
    text: "One of several next hops; repeat for multipath",
    args: "via <address>|dev <interface> [weight 1 to 256] [onlink] [encap ...] [realms ...]",
    read: readNextHop,
  }),
  weight: count({ min: 1, max: 256, default: "1", text: "Share of a next hop, behind nexthop" }),
  add: mark({ default: "off; prepend holds", text: "Fails if the route already exists" }),
  prepend: mark({ default: "on", text: "Places the route before equal ones" }),
  append: mark({ text: "Places the route after equal ones" }),
} satisfies Table;

const preference = count({ text: "Rule priority", default: "automatic, from 16384 downwards" });

/** Words of a rule. */
export const RULE_OPTIONS = {
  ...COMMON,
  not: mark({ text: "Inverts the selector" }),
  from: network({ prefix: true, words: ["all", "any", "default"], text: "Source selector" }),
  to: network({ prefix: true, words: ["all", "any", "default"], text: "Destination selector" }),
  lookup: alias("table"),
  preference,
  order: alias("preference"),
  priority: alias("preference"),
  fwmark: masked("Firewall mark selector"),
  suppress_prefixlength: count({
    max: 128,
    text: "Ignores answers with a shorter or equal prefix",
  }),
  sup_pl: alias("suppress_prefixlength"),
  suppress_ifgroup: named("group", 4_294_967_295, {
    text: "Ignores answers leaving via that interface group",
  }),
  sup_group: alias("suppress_ifgroup"),
  iif: alias("dev"),
  oif: device({ text: "Outgoing interface" }),
  "tunnel-id": count({ max: Number.MAX_SAFE_INTEGER, text: "Tunnel key selector" }),
  uidrange: span("Socket owner selector"),
  l3mdev: mark({ text: "Uses the table of the VRF the packet belongs to" }),
  ipproto: named("protocols", 255, { text: "Layer-4 protocol selector" }),
  sport: span("Source port range"),
  dport: span("Destination port range"),
  goto: count({ text: "Continues at another rule; preceded by type" }),
  nop: mark({ text: "Does nothing" }),
  blackhole: mark({ text: "Drops silently" }),
  unreachable: mark({ text: "Rejects as unreachable" }),
  prohibit: mark({ text: "Rejects as prohibited" }),
  type: custom({
    text: "Introduces a rule action explicitly",
    args: "goto|nop|blackhole|unreachable|prohibit",
    read: (args) => peekWord(args) === undefined ? needWord(args, "an action") && {} : {},
  }),
} satisfies Table;

const trackGroup = word({ text: "Losing this faults the members of the group" });

/** Words of a static route. */
export const STATIC_ROUTE_OPTIONS = { ...ROUTE_OPTIONS, track_group: trackGroup } satisfies Table;

/** Words of a static rule. */
export const STATIC_RULE_OPTIONS = { ...RULE_OPTIONS, track_group: trackGroup } satisfies Table;

const routes = (options: Table, text: string) =>
  list({
    acts: false,
    text,
    build: "routes",
    entryArgs: "[type] <destination> [option ...]",
    options,
    entry: (args) => readRoute(args, options),
  });

const rules = (options: Table, text: string) =>
  list({
    acts: false,
    text,
    build: "routes",
    entryArgs: "[inet|inet6] [not] [selectors] [action]",
    options,
    entry: (args) => readRule(args, options),
  });

/** Rows of an instance. */
export const VIRTUAL_ROUTES = {
  virtual_routes: routes(ROUTE_OPTIONS, "Routes present only while master"),
  virtual_rules: rules(RULE_OPTIONS, "Policy-routing rules present only while master"),
} satisfies Table;

/** Row of `static_routes`. */
export const staticRoutes = routes(
  STATIC_ROUTE_OPTIONS,
  "Routes installed at start and removed at exit independent of VRRP state",
);

/** Row of `static_rules`. */
export const staticRules = rules(
  STATIC_RULE_OPTIONS,
  "Policy-routing rules installed at start and removed at exit independent of VRRP state",
);
