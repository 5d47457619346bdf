/** Routes and rules as keepalived's dumps and JSON show them. */

import {
  type Encapsulation,
  METRIC,
  type NextHop,
  type Prefix,
  ROUTE_TYPE,
  type RouteMetric,
  TABLE,
} from "../kernel/route.ts";
import { type Rule, RULE_ACTION, type Span } from "../kernel/rule.ts";
import { familyOf } from "../net/ip.ts";
import type { ConfiguredRoute, ConfiguredRule } from "../route/config.ts";
import { OWN_PROTOCOL, scopeOf } from "../route/route.ts";

/** `prepend 10.1.0.0/16 via inet 10.0.0.2 dev eth0 proto 18`. */
export function routeText({ route, noTrack }: ConfiguredRoute): string {
  const { nextHops, place = "prepend", type, tos, table, scope, protocol, priority } = route;
  const [only, ...more] = nextHops;
  const single = more.length === 0 ? only : undefined;
  const { expires, preference, ttlPropagate, metrics = [], preferredSource, source } = route;
  return joined([
    place,
    type === ROUTE_TYPE.unicast ? undefined : nameOf(ROUTE_TYPE, type),
    prefixText(route.destination),
    source && `from ${prefixText(source)}`,
    preferredSource && `src ${preferredSource}`,
    tos && `tos ${tos}`,
    single?.encapsulation && encapsulationText(single.encapsulation),
    single?.gateway && viaText(single.gateway),
    single?.device && `dev ${single.device}`,
    table === TABLE.main ? undefined : `table ${table}`,
    // keepalived: nothing is said of the protocol of what is not tracked, unless one was written.
    (noTrack !== true || protocol !== OWN_PROTOCOL) && `proto ${protocol}`,
    scope === scopeOf(type) ? undefined : `scope ${scope}`,
    priority !== undefined && `metric ${priority}`,
    single?.realms !== undefined && realmsText(single.realms),
    single?.onlink && "onlink",
    expires !== undefined && `expires ${expires}sec`,
    ...inOrder(metrics).map(metricText),
    preference !== undefined && `pref ${PREFERENCES[preference] ?? preference}`,
    ttlPropagate !== undefined && `ttl-propagate ${ttlPropagate ? "enabled" : "disabled"}`,
    ...(single === undefined ? nextHops.map(hopText) : []),
    noTrack && "no_track",
  ]);
}

/** `not from 10.1.0.0/16 priority 100 tos 0x0 iif eth0 protocol 18 lookup 77`. */
export function ruleText({ rule, noTrack }: ConfiguredRule): string {
  const { source, destination, priority, tos = 0, mark, inputDevice, outputDevice } = rule;
  const { suppressPrefixLength, suppressGroup, tunnelId, users, ipProtocol, realms } = rule;
  const { sourcePorts, destinationPorts, protocol } = rule;
  return joined([
    rule.not && "not",
    `from ${source === undefined ? "all" : prefixText(source)}`,
    destination && `to ${prefixText(destination)}`,
    `priority ${priority}`,
    `tos 0x${tos.toString(16)}`,
    mark &&
    `fwmark 0x${mark.value.toString(16)}${
      mark.mask === 0xffff_ffff ? "" : `/0x${mark.mask.toString(16)}`
    }`,
    inputDevice && `iif ${inputDevice}`,
    outputDevice && `oif ${outputDevice}`,
    suppressPrefixLength !== undefined && `suppress_prefixlen ${suppressPrefixLength}`,
    suppressGroup !== undefined && `suppress_ifgroup ${suppressGroup}`,
    tunnelId !== undefined && `tunnel-id ${tunnelId}`,
    users && `uidrange ${spanText(users)}`,
    rule.l3mdev && "l3mdev",
    protocol !== 0 && `protocol ${protocol}`,
    ipProtocol !== undefined && `ipproto ${ipProtocol}`,
    sourcePorts && `sport ${spanText(sourcePorts)}`,
    destinationPorts && `dport ${spanText(destinationPorts)}`,
    realms !== undefined && `realms ${halves(realms)}`,
    actionText(rule),
    noTrack && "no_track",
  ]);
}

/** Words with blanks between, without those of what is not there. */
function joined(words: readonly (string | false | 0 | undefined)[]): string {
  return words.filter((word) => typeof word === "string" && word !== "").join(" ");
}

/** A single address stands without its length. */
function prefixText({ address, prefixLength }: Prefix): string {
  const full = familyOf(address) === "inet" ? 32 : 128;
  return prefixLength === full ? address : `${address}/${prefixLength}`;
}

function viaText(gateway: string): string {
  return `via ${familyOf(gateway)} ${gateway}`;
}

function hopText(hop: NextHop<string>): string {
  return joined([
    "nexthop",
    hop.gateway && viaText(hop.gateway),
    hop.device && `dev ${hop.device}`,
    hop.weight !== undefined && `weight ${hop.weight}`,
    hop.onlink && "onlink",
    hop.encapsulation && encapsulationText(hop.encapsulation),
    hop.realms !== undefined && realmsText(hop.realms),
  ]);
}

function realmsText(realms: number): string {
  return realms < 2 ** 16 ? `realm ${realms}` : `realms ${halves(realms)}`;
}

function halves(realms: number): string {
  return `${Math.floor(realms / 2 ** 16)}/${realms % 2 ** 16}`;
}

/** keepalived: shows labels and locators as the numbers they are in memory. */
function encapsulationText(encapsulation: Encapsulation): string {
  switch (encapsulation.kind) {
    case "mpls":
      return `encap mpls ${encapsulation.labels.join("/")}`;
    case "ila":
      return `encap ila ${encapsulation.locator.replace(/(....)(?=.)/g, "$1:")}`;
    case "ip":
    case "ip6": {
      const { kind, id, destination, source, tos, ttl, flags } = encapsulation;
      return joined([
        `encap ${kind}`,
        id !== undefined && `id ${id}`,
        destination && `dst ${destination}`,
        source && `src ${source}`,
        tos !== undefined && `${kind === "ip" ? "tos" : "tc"} ${tos}`,
        ttl !== undefined && `${kind === "ip" ? "ttl" : "hoplimit"} ${ttl}`,
        flags !== undefined && `flags 0x${flags.toString(16)}`,
      ]);
    }
  }
}

const PREFERENCES: Readonly<Record<number, string>> = { 0: "medium", 1: "high", 3: "low" };

/** Metrics that keepalived shows before the others. */
const FIRST_METRICS: readonly number[] = [
  METRIC.congctl,
  METRIC.rtt,
  METRIC.rttvar,
  METRIC.rto_min,
  METRIC.features,
  METRIC.mtu,
];

function inOrder(metrics: readonly RouteMetric[]): readonly RouteMetric[] {
  const place = ({ metric }: RouteMetric) => {
    const first = FIRST_METRICS.indexOf(metric);
    return first === -1 ? FIRST_METRICS.length + metric : first;
  };
  return metrics.toSorted((a, b) => place(a) - place(b));
}

function metricText({ metric, value, locked }: RouteMetric): string {
  return joined([nameOf(METRIC, metric), locked && "lock", metricValue(metric, value)]);
}

/** Times in ms, or in s from there on. */
function metricValue(metric: number, value: number | string): string {
  if (metric === METRIC.features) return "ecn";
  const parts = PARTS_OF_MS[metric];
  if (parts === undefined || typeof value === "string") return `${value}`;
  const ms = value / parts;
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`;
}

const PARTS_OF_MS: Readonly<Record<number, number>> = {
  [METRIC.rtt]: 8,
  [METRIC.rttvar]: 4,
  [METRIC.rto_min]: 1,
};

function spanText({ from, to }: Span): string {
  return `${from}-${to}`;
}

function actionText({ action, table = 0, target = 0 }: Rule): string {
  switch (action) {
    case RULE_ACTION.table:
      return `lookup ${table}`;
    case RULE_ACTION.goto:
      return `goto ${target}`;
    case RULE_ACTION.nop:
      return "nop";
    default:
      return `type ${nameOf(RULE_ACTION, action)}`;
  }
}

function nameOf(names: Readonly<Record<string, number>>, number: number): string {
  return Object.keys(names).find((name) => names[name] === number) ?? `${number}`;
}
