/**
 * Random configurations of a cluster: what all nodes must agree on is a law, the rest is each node's own. They are texts, read as a
 * daemon reads them.
 */

import { type Micros, SECOND } from "../../src/net/mod.ts";
import type { Random } from "../../src/sim/mod.ts";

/** One virtual router, as all nodes have it. */
export interface Router {
  readonly name: string;
  readonly vrid: number;
  readonly segment: Segment;
  readonly family: 4 | 6;
  readonly version: 2 | 3;
  /** The longest anybody is configured with. */
  readonly interval: Micros;
  readonly missed: number;
  readonly unicast: boolean;
  readonly password?: string;
  /** Changes state with all others of this group. */
  readonly group?: string;
}

/** What all nodes agree on. */
export interface Law {
  readonly routers: readonly Router[];
}

/** Networks every node is plugged into. */
export type Segment = "lan" | "inside";

/** Interface in each. */
export const INTERFACES: Readonly<Record<Segment, string>> = { lan: "eth0", inside: "eth1" };

const PREFIXES = { lan: ["10.0.0.", "2001:db8::"], inside: ["10.1.0.", "2001:db8:1::"] } as const;

/** Address of a node, of the number `node`, on a segment. */
export function addressOf(node: number, segment: Segment, family: 4 | 6): string {
  return PREFIXES[segment][family === 4 ? 0 : 1] + node;
}

/** Address of a virtual router. */
export function virtualAddress({ vrid, segment, family }: Router): string {
  return PREFIXES[segment][family === 4 ? 0 : 1] + (100 + vrid);
}

/** The longest time a master may be missing: so many intervals, and the longest skew. */
export function longestDown({ interval, missed, version }: Router): Micros {
  return missed * interval + (version === 2 ? Math.max(SECOND, interval) : interval);
}

/** All virtual routers there may be: what they are called, where, and of which family never changes. */
export const ROUTERS: readonly Pick<Router, "name" | "vrid" | "segment" | "family">[] = [
  { name: "A4", vrid: 1, segment: "lan", family: 4 },
  { name: "A6", vrid: 1, segment: "lan", family: 6 },
  { name: "B4", vrid: 2, segment: "lan", family: 4 },
  { name: "C4", vrid: 3, segment: "inside", family: 4 },
  { name: "C6", vrid: 3, segment: "inside", family: 6 },
];

export function pick<T>(random: Random, all: readonly T[]): T {
  const found = all[Math.floor(random() * all.length)];
  if (found === undefined) throw new RangeError("Cannot pick one of none");
  return found;
}

export function chance(random: Random, share: number): boolean {
  return random() < share;
}

/** A law of one to all virtual routers, perhaps some of them in a group. */
export function randomLaw(random: Random): Law {
  const grouped = chance(random, 0.4);
  const routers = ROUTERS.flatMap((fixed): Router[] => {
    const present = chance(random, 0.6) || fixed.name === "A4";
    const version = fixed.family === 6 || chance(random, 0.5) ? 3 : 2;
    const interval = version === 2
      ? pick(random, [1, 1, 2]) * SECOND
      : pick(random, [0.25, 0.5, 1, 1, 2]) * SECOND;
    const router: Router = {
      ...fixed,
      version,
      interval,
      missed: chance(random, 0.2) ? pick(random, [2, 4, 5]) : 3,
      unicast: chance(random, 0.3),
      ...(version === 2 && chance(random, 0.5) && { password: pick(random, ["one", "other"]) }),
      ...(grouped && chance(random, 0.6) && { group: "G" }),
    };
    return present ? [router] : [];
  });
  const together = routers.filter(({ group }) => group !== undefined);
  return {
    routers: together.length > 1 ? routers : routers.map(({ group: _, ...alone }) => alone),
  };
}

/** A node's own part: its `keepalived.conf` under a law, of `nodes` nodes. */
export function randomText(
  random: Random,
  { law, node, nodes }: { readonly law: Law; readonly node: number; readonly nodes: number },
): string {
  /** Priorities and what goes with them are the same in a group, or it could never agree. */
  const own = new Map<string, readonly string[]>();
  const ownOf = (router: Router): readonly string[] => {
    const key = router.group ?? router.name;
    const lines = own.get(key) ?? election(random);
    own.set(key, lines);
    return lines;
  };
  const instances = law.routers.map((router) => {
    const shorter = router.version === 3 && chance(random, 0.2) ? 2 : 1;
    const others = Array.from({ length: nodes }, (_, at) => at + 1).filter((each) => each !== node);
    return block(`vrrp_instance ${router.name}`, [
      `interface ${INTERFACES[router.segment]}`,
      `virtual_router_id ${router.vrid}`,
      `version ${router.version}`,
      `advert_int ${router.interval / SECOND / shorter}`,
      ...(router.missed === 3 ? [] : [`down_timer_adverts ${router.missed}`]),
      ...ownOf(router),
      ...(router.password === undefined
        ? []
        : block("authentication", ["auth_type PASS", `auth_pass ${router.password}`])),
      ...(router.unicast
        ? [
          `unicast_src_ip ${addressOf(node, router.segment, router.family)}`,
          ...block(
            "unicast_peer",
            others.map((each) => addressOf(each, router.segment, router.family)),
          ),
        ]
        : []),
      ...block("virtual_ipaddress", [
        ...(router.family === 6
          ? [`fe80::${router.segment === "lan" ? 1 : 2}:${router.vrid}`]
          : []),
        `${virtualAddress(router)}/${router.family === 6 ? 64 : 24}`,
      ]),
    ]);
  });
  const members = law.routers.filter(({ group }) => group !== undefined).map(({ name }) => name);
  const group = members.length > 0 ? block("vrrp_sync_group G", block("group", members)) : [];
  return [...instances.flat(), ...group, ""].join("\n");
}

/** How a node stands in the election. */
function election(random: Random): readonly string[] {
  const nopreempt = chance(random, 0.25);
  return [
    `priority ${
      chance(random, 0.5) ? pick(random, [50, 100, 150]) : 1 + Math.floor(random() * 254)
    }`,
    `state ${!nopreempt && chance(random, 0.3) ? "MASTER" : "BACKUP"}`,
    ...(nopreempt ? ["nopreempt"] : []),
    ...(!nopreempt && chance(random, 0.2) ? [`preempt_delay ${pick(random, [1, 5, 30])}`] : []),
    ...(chance(random, 0.1) ? ["higher_prio_send_advert"] : []),
    ...(chance(random, 0.1) ? ["garp_master_refresh 7"] : []),
  ];
}

function block(head: string, lines: readonly string[]): readonly string[] {
  return [`${head} {`, ...lines, "}"];
}
