/** Rows of route and rule entries, written much as for `ip route` and `ip rule`. None is acted on yet. */

import {
  alias,
  type Args,
  choice,
  complain,
  complainOfLine,
  custom,
  flag,
  ifname,
  integer,
  list,
  nearest,
  needWord,
  networkOf,
  nextWord,
  peekWord,
  refuse,
  restWords,
  rowOf,
  type Table,
  word,
} from "../config/mod.ts";

/** `[lock] <value>`. */
const metric = (text: string, what = "number") =>
  custom({
    text,
    args: `[lock] <${what}>`,
    read: (args) => {
      const lock = peekWord(args)?.text === "lock" && nextWord(args) !== undefined;
      const value = needWord(args, `a ${what}`);
      return value && { lock, value: value.text };
    },
  });

const network = (text: string, names: readonly string[] = []) =>
  custom({
    text,
    args: "<address>[/<length>]",
    read: (args) => {
      if (FAMILIES.includes(peekWord(args)?.text ?? "")) nextWord(args);
      const value = needWord(args, "an address");
      if (value === undefined || names.includes(value.text)) return value?.text;
      return networkOf(args, value)?.address;
    },
  });

const named = (text: string, what: string) => word({ text, what });

const FAMILIES = ["inet", "inet6"];
const DESTINATIONS = ["default", "any", "all", "default6"];

/** What routes and rules of both kinds share. */
const COMMON = {
  inet: flag({ default: "from the address", text: "Forces IPv4" }),
  inet6: flag({ default: "from the address", text: "Forces IPv6" }),
  dev: ifname({ text: "Interface" }),
  tos: named("Type of service", "a name or number"),
  dsfield: alias("tos"),
  protocol: named("Protocol id", "a name or number"),
  realms: named("Realm ids", "[<from>/]<to>"),
  table: named("Routing table", "a name or number"),
  no_track: flag({ text: "Removal by somebody else does not cause FAULT" }),
} satisfies Table;

/** Words of a route. */
export const ROUTE_OPTIONS = {
  ...COMMON,
  to: network("Introduces the destination explicitly", DESTINATIONS),
  via: network("Next-hop address"),
  gw: alias("via", { deprecated: "via" }),
  or: network("Old form of a second next hop"),
  src: network("Preferred source address"),
  from: network("IPv6 source selector"),
  as: custom({
    text: "Accepted and ignored",
    args: "[to] <address>",
    read: (args) => {
      if (peekWord(args)?.text === "to") nextWord(args);
      return needWord(args, "an address")?.text;
    },
  }),
  oif: alias("dev"),
  vrf: ifname({ build: "VRF", text: "Uses the table of this VRF device" }),
  scope: named("Route scope", "a name or number"),
  metric: integer({ default: "0", text: "Route metric" }),
  priority: alias("metric"),
  preference: alias("metric"),
  onlink: flag({ text: "Treats the gateway as directly reachable" }),
  encap: custom({
    text: "Encapsulation of routed packets",
    args: "ip|ip6|mpls|ila ...",
    read: (args) => restWords(args).map(({ text }) => text),
  }),
  expires: named("IPv6 route lifetime", "seconds"),
  mtu: metric("Path MTU"),
  hoplimit: integer({ max: 255, text: "Hop limit" }),
  advmss: metric("Advertised MSS"),
  rtt: metric("Initial round-trip estimate", "time"),
  rttvar: metric("Initial round-trip variance", "time"),
  reordering: metric("Allowed reordering"),
  window: integer({ text: "Maximum advertised window" }),
  cwnd: metric("Congestion window clamp"),
  ssthresh: metric("Initial slow start threshold"),
  rto_min: metric("Minimum retransmission timeout", "time"),
  initcwnd: integer({ text: "Initial congestion window" }),
  initrwnd: integer({ text: "Initial receive window" }),
  features: choice(["ecn"], { text: "Enables ECN for the route" }),
  quickack: integer({ max: 1, text: "Quick ACK mode" }),
  congctl: metric("Congestion control algorithm", "name"),
  pref: named("IPv6 router preference", "low, medium, high or a number"),
  "ttl-propagate": choice(["enabled", "disabled"], { text: "MPLS TTL propagation" }),
  fastopen_no_cookie: integer({ max: 1, text: "TCP Fast Open without cookie" }),
  nexthop: custom({
    text: "One of several next hops; repeat for multipath",
    args: "via <address>|dev <interface> [weight 1 to 256] [onlink] [encap ...] [realms ...]",
    read: (args) => restWords(args).map(({ text }) => text),
  }),
  weight: integer({ min: 1, max: 256, default: "1", text: "Share of a next hop" }),
  add: flag({ default: "off; prepend holds", text: "Fails if the route already exists" }),
  prepend: flag({ default: "on", text: "Places the route before equal ones" }),
  append: flag({ text: "Places the route after equal ones" }),
} satisfies Table;

const ROUTE_TYPES = [
  "unicast",
  "local",
  "broadcast",
  "multicast",
  "throw",
  "unreachable",
  "prohibit",
  "blackhole",
  "nat",
];

const PREFERENCES = ["preference", "order", "priority"];
const preference = integer({ text: "Rule priority", default: "automatic, from 16384 downwards" });
const action = (text: string) => flag({ text });

/** Words of a rule. */
export const RULE_OPTIONS = {
  ...COMMON,
  not: flag({ text: "Inverts the selector" }),
  from: network("Source selector", ["all"]),
  to: network("Destination selector", ["all"]),
  lookup: alias("table"),
  preference,
  order: alias("preference"),
  priority: alias("preference"),
  fwmark: named("Firewall mark selector", "a number[/<mask>]"),
  suppress_prefixlength: integer({
    max: 128,
    text: "Ignores answers with a shorter or equal prefix",
  }),
  sup_pl: alias("suppress_prefixlength"),
  suppress_ifgroup: named("Ignores answers leaving via that interface group", "a name or number"),
  sup_group: alias("suppress_ifgroup"),
  iif: alias("dev"),
  oif: ifname({ text: "Outgoing interface" }),
  "tunnel-id": named("Tunnel key selector", "a number"),
  uidrange: range("Socket owner selector"),
  l3mdev: flag({ text: "Uses the table of the VRF the packet belongs to" }),
  ipproto: named("Layer-4 protocol selector", "a name or number"),
  sport: range("Source port range"),
  dport: range("Destination port range"),
  goto: integer({ text: "Continues at another rule; preceded by type" }),
  nop: action("Does nothing"),
  blackhole: action("Drops silently"),
  unreachable: action("Rejects as unreachable"),
  prohibit: action("Rejects as prohibited"),
  type: choice(["goto", "nop", "blackhole", "unreachable", "prohibit"], {
    text: "Introduces a rule action explicitly",
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
    entry: (args) =>
      readEntry(args, options, (value) =>
        ROUTE_TYPES.includes(value) || DESTINATIONS.includes(value) ||
        /^[0-9a-fA-F:.]+(\/\d+)?$/.test(value)),
  });

const rules = (options: Table, text: string) =>
  list({
    acts: false,
    text,
    build: "routes",
    entryArgs: "[inet|inet6] [not] [selectors] [action]",
    options,
    entry: (args) => {
      const words = readEntry(args, options, () => false);
      if (words !== undefined && !words.some((text) => PREFERENCES.includes(text))) {
        complainOfLine(args, {
          severity: "warning",
          code: "default-used",
          message: "Cannot find the preference of this rule: keepalived counts down from 16384",
          status: "general",
        });
      }
      return words;
    },
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

/** Words of one entry, each checked by its row; `free` words need none. */
function readEntry(
  args: Args,
  options: Table,
  free: (word: string) => boolean,
): readonly string[] | undefined {
  const all = args.words.slice(args.at).map(({ text }) => text);
  for (let current = nextWord(args); current !== undefined; current = nextWord(args)) {
    let row = rowOf(options, current.text);
    if (row?.kind === "alias") {
      if (row.deprecated !== undefined) {
        complain(args, current, {
          severity: "warning",
          code: "deprecated",
          message: `Cannot recommend ${current.text} in ${args.name}: it is deprecated`,
          hint: `write ${row.deprecated}`,
          status: "deprecated",
        });
      }
      row = rowOf(options, row.of);
    }
    if (row?.kind === "value") {
      const option: Args = { ...args, name: current.text };
      if (row.read(option) === undefined) {
        args.at = args.words.length;
        return undefined;
      }
      args.at = option.at;
    } else if (!free(current.text)) {
      const likely = nearest(current.text, Object.keys(options));
      args.at = args.words.length;
      return refuse(args, current, "unknown option", {
        code: "unknown-keyword",
        message: `Cannot use "${current.text}" in ${args.name}: unknown option`,
        hint: likely && `did you mean ${likely}`,
      });
    }
  }
  return all;
}

function range(text: string) {
  return custom({
    text,
    args: "<a>-<b>",
    read: (args) => {
      const value = needWord(args, "a range");
      if (value === undefined || /^\d+-\d+$/.test(value.text)) return value?.text;
      return refuse(args, value, "must be a range like 1-2");
    },
  });
}
