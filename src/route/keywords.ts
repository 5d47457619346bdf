/** Rows of route and rule entries, written much as for `ip route` and `ip rule`. */

import { METRIC } from "../kernel/route.ts";
import { RULE_ACTION } from "../kernel/rule.ts";
import {
  alias,
  custom,
  list,
  needWord,
  nextWord,
  peekWord,
  type Table,
  UINT32,
  word,
} from "../language/mod.ts";
import { readEncapsulation } from "./route_encap.ts";
import { readRoute } from "./route_entry.ts";
import { readNextHop } from "./route_next_hop.ts";
import {
  address,
  choiceOf,
  count,
  device,
  mark,
  masked,
  metric,
  metricName,
  metricTime,
  named,
  network,
  plainMetric,
  readPreference,
  realms,
  span,
} from "./route_values.ts";
import { readRule } from "./rule_entry.ts";
import type { CommonFields, RouteFields, RuleFields, Said } from "./written.ts";

/** What routes and rules of both kinds share. */
const COMMON = {
  inet: mark({ family: "inet", says: {}, default: "from the address", text: "Forces IPv4" }),
  inet6: mark({ family: "inet6", says: {}, default: "from the address", text: "Forces IPv6" }),
  tos: named("rt_dsfield", 255, {
    text: "Type of service",
    to: (tos): CommonFields => ({ tos }),
  }),
  dsfield: alias("tos"),
  protocol: named("rt_protos", 255, {
    default: "keepalived, 18",
    text: "Protocol id; what is tracked must have the default",
    to: (protocol): CommonFields => ({ protocol }),
  }),
  realms: realms({ text: "Realm ids", to: (realms): CommonFields => ({ realms }) }),
  table: named("rt_tables", UINT32, {
    default: "main",
    text: "Routing table",
    to: (table): CommonFields => ({ table }),
  }),
  no_track: mark<CommonFields>({
    says: { noTrack: true },
    text: "Removal by somebody else does not cause FAULT",
  }),
} satisfies Table;

/** `RTAX_FEATURE_ECN`. */
const ECN: RouteFields = { metrics: [{ metric: METRIC.features, value: 1 }] };

/** Words of a route. */
export const ROUTE_OPTIONS = {
  ...COMMON,
  to: network({
    words: ["default", "any", "all", "default6"],
    text: "Introduces the destination explicitly",
    to: (destination): RouteFields => ({ destination }),
  }),
  via: address({
    family: true,
    text: "Next-hop address",
    to: (gateway): RouteFields => ({ gateway }),
  }),
  gw: alias("via", { deprecated: "via" }),
  or: address({
    deprecated: "nexthop",
    text: "Old form of a second next hop",
    to: (gateway): RouteFields => ({ nextHops: [{ gateway }] }),
  }),
  src: address({
    text: "Preferred source address",
    to: (preferredSource): RouteFields => ({ preferredSource }),
  }),
  from: network({
    text: "IPv6 source selector",
    to: (source): RouteFields => source === "default" ? {} : ({ source }),
  }),
  as: custom({
    text: "Accepted and ignored",
    args: "[to] <address>",
    missing: "reported",
    read: (args) => {
      if (peekWord(args)?.text === "to") nextWord(args);
      return needWord(args, "an address") && { fields: {} };
    },
  }),
  dev: device({ text: "Interface", to: (device): RouteFields => ({ device }) }),
  oif: alias("dev"),
  vrf: device({
    build: "VRF",
    text: "Uses the table of this VRF, whatever table says; without the VRF there is no route",
    to: (vrf): RouteFields => ({ vrf }),
  }),
  scope: named("rt_scopes", 255, {
    default: "global; of local and nat routes host, of broadcast and anycast routes link",
    text: "Route scope",
    to: (scope): RouteFields => ({ scope }),
  }),
  metric: count({
    default: "0",
    text: "Route metric",
    to: (priority): RouteFields => ({ priority }),
  }),
  priority: alias("metric"),
  preference: alias("metric"),
  onlink: mark<RouteFields>({
    says: { onlink: true },
    text: "Treats the gateway as directly reachable",
  }),
  encap: custom({
    text: "Encapsulation of routed packets",
    args: "ip|ip6 id <n>|dst <address> [src <address>] [tos|tc|ttl|hoplimit <n>] [flags <n>] | " +
      "mpls <labels> | ila <locator>",
    read: (args): Said<RouteFields> | undefined => {
      const encapsulation = readEncapsulation(args);
      return encapsulation && { fields: { encapsulation } };
    },
  }),
  expires: count({
    text: "IPv6 route lifetime, s",
    to: (expires): RouteFields => ({ expires }),
  }),
  mtu: metric("mtu", "Path MTU"),
  hoplimit: plainMetric("hoplimit", { max: 255, text: "Hop limit" }),
  advmss: metric("advmss", "Advertised MSS"),
  rtt: metricTime("rtt", "Initial round-trip estimate", 8),
  rttvar: metricTime("rttvar", "Initial round-trip variance", 4),
  reordering: metric("reordering", "Allowed reordering"),
  window: plainMetric("window", { text: "Maximum advertised window" }),
  cwnd: metric("cwnd", "Congestion window clamp"),
  ssthresh: metric("ssthresh", "Initial slow start threshold"),
  rto_min: metricTime("rto_min", "Minimum retransmission timeout", 1),
  initcwnd: plainMetric("initcwnd", { text: "Initial congestion window" }),
  initrwnd: plainMetric("initrwnd", { text: "Initial receive window" }),
  features: choiceOf<RouteFields>({ ecn: ECN }, { text: "Enables ECN for the route" }),
  quickack: plainMetric("quickack", { max: 1, text: "Quick ACK mode" }),
  congctl: metricName("congctl", "Congestion control algorithm"),
  pref: custom({
    text: "IPv6 router preference",
    args: "low|medium|high|<number>",
    read: readPreference,
  }),
  "ttl-propagate": choiceOf<RouteFields>(
    { enabled: { ttlPropagate: true }, disabled: { ttlPropagate: false } },
    { text: "MPLS TTL propagation" },
  ),
  fastopen_no_cookie: plainMetric("fastopen_no_cookie", {
    max: 1,
    text: "TCP Fast Open without cookie",
  }),
  nexthop: custom({
    text: "One of several next hops; repeat for multipath",
    args: "via <address>|dev <interface> [weight 1 to 256] [onlink] [encap ...] [realms ...]",
    read: readNextHop,
  }),
  weight: count({
    min: 1,
    max: 256,
    default: "1",
    text: "Share of a next hop, behind nexthop",
    to: (): RouteFields => ({}),
  }),
  add: mark<RouteFields>({
    says: { place: "add" },
    default: "for other types than unicast",
    text: "Fails if the route already exists",
  }),
  prepend: mark<RouteFields>({
    says: { place: "prepend" },
    default: "for unicast",
    text: "Places the route before equal ones",
  }),
  append: mark<RouteFields>({
    says: { place: "append" },
    text: "Places the route after equal ones",
  }),
} satisfies Table;

const preference = count({
  text: "Rule priority",
  default: "automatic, from 16384 downwards",
  to: (priority): RuleFields => ({ priority }),
});

/** A word that is the whole action of a rule. */
const action = (name: keyof typeof RULE_ACTION, text: string) =>
  mark<RuleFields>({ says: { action: RULE_ACTION[name] }, text });

/** Words of a rule. */
export const RULE_OPTIONS = {
  ...COMMON,
  not: mark<RuleFields>({ says: { not: true }, text: "Inverts the selector" }),
  from: network({
    words: ["all", "any", "default"],
    text: "Source selector",
    to: (source): RuleFields => ({ source }),
  }),
  to: network({
    words: ["all", "any", "default"],
    text: "Destination selector",
    to: (destination): RuleFields => ({ destination }),
  }),
  lookup: alias("table"),
  preference,
  order: alias("preference"),
  priority: alias("preference"),
  fwmark: masked({ text: "Firewall mark selector", to: (mark): RuleFields => ({ mark }) }),
  suppress_prefixlength: count({
    max: 128,
    text: "Ignores answers with a shorter or equal prefix",
    to: (suppressPrefixLength): RuleFields => ({ suppressPrefixLength }),
  }),
  sup_pl: alias("suppress_prefixlength"),
  suppress_ifgroup: named("group", UINT32, {
    text: "Ignores answers leaving via that interface group",
    to: (suppressGroup): RuleFields => ({ suppressGroup }),
  }),
  sup_group: alias("suppress_ifgroup"),
  dev: device({ text: "Interface", to: (inputDevice): RuleFields => ({ inputDevice }) }),
  iif: alias("dev"),
  oif: device({
    text: "Outgoing interface",
    to: (outputDevice): RuleFields => ({ outputDevice }),
  }),
  "tunnel-id": count({
    max: Number.MAX_SAFE_INTEGER,
    text: "Tunnel key selector",
    to: (tunnelId): RuleFields => ({ tunnelId }),
  }),
  uidrange: span({ text: "Socket owner selector", to: (users): RuleFields => ({ users }) }),
  l3mdev: mark<RuleFields>({
    says: { l3mdev: true },
    text: "Uses the table of the VRF the packet belongs to",
  }),
  ipproto: named("protocols", 255, {
    text: "Layer-4 protocol selector",
    to: (ipProtocol): RuleFields => ({ ipProtocol }),
  }),
  sport: span({
    text: "Source port range",
    to: (sourcePorts): RuleFields => ({ sourcePorts }),
  }),
  dport: span({
    text: "Destination port range",
    to: (destinationPorts): RuleFields => ({ destinationPorts }),
  }),
  goto: count({
    text: "Continues at another rule; preceded by type",
    to: (target): RuleFields => ({ action: RULE_ACTION.goto, target }),
  }),
  nop: action("nop", "Does nothing"),
  blackhole: action("blackhole", "Drops silently"),
  unreachable: action("unreachable", "Rejects as unreachable"),
  prohibit: action("prohibit", "Rejects as prohibited"),
  type: custom({
    text: "Introduces a rule action explicitly",
    args: "goto|nop|blackhole|unreachable|prohibit",
    read: (args): Said<RuleFields> | undefined =>
      peekWord(args) === undefined ? needWord(args, "an action") && { fields: {} } : { fields: {} },
  }),
} satisfies Table;

const trackGroup = word({ text: "Losing this faults the members of the group" });

/** Words of a static route. */
export const STATIC_ROUTE_OPTIONS = { ...ROUTE_OPTIONS, track_group: trackGroup } satisfies Table;

/** Words of a static rule. */
export const STATIC_RULE_OPTIONS = { ...RULE_OPTIONS, track_group: trackGroup } satisfies Table;

const routes = (options: Table, text: string) =>
  list({
    text,
    build: "routes",
    entryArgs: "[type] <destination> [option ...]",
    options,
    entry: (args) => readRoute(args, options),
  });

const rules = (options: Table, text: string) =>
  list({
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
