/**
 * The plan of a start: a virtual node with the interfaces, addresses and services that are there begins,
 * alone on its network, and what it does until it is master is told.
 */

import { ipvsTable, type ServiceTable } from "../kernel/mod.ts";
import { type Micros, SECOND } from "../net/mod.ts";
import type { ConnectionTable } from "../plan/connections.ts";
import { endsOf } from "../plan/ends.ts";
import { operationsIn } from "../plan/operations.ts";
import type { InstanceMove, Operation, Plan } from "../plan/plan.ts";
import { checksIn, scriptsIn } from "../plan/reload.ts";
import { linkAt } from "../vrrp/mod.ts";
import type { Claims, Found, World, WorldConfig } from "../world/mod.ts";
import { createCluster } from "./cluster.ts";

/** What is there before the start. */
export interface Before extends Found {
  /** What a run before has left. */
  readonly left?: Claims;
  readonly services: readonly ServiceTable[];
  /** How many connections each server has; absent: not known. */
  readonly connections?: ConnectionTable;
}

/** Longest time of a virtual node: longer than any election of whole seconds and its delays. */
const LONGEST: Micros = 300 * SECOND;

const STEP: Micros = SECOND;

/** What was looked at before: what of it goes is there. */
const DUMPED: ReadonlySet<Operation["subject"]> = new Set(["address", "service", "server"]);

/** What a start would do, at once and when nobody else is there. */
export function planStart(
  config: WorldConfig,
  { links, addresses, left, services, connections }: Before,
): Plan {
  const cluster = createCluster({
    seed: 1,
    hosts: [{
      name: "here",
      config,
      interfaces: links.map((link) => ({
        link,
        segment: link.ifname,
        addresses: addresses.filter(({ ifindex }) => ifindex === link.ifindex),
      })),
      kernel: { services },
      ...(left !== undefined && { left }),
    }],
    watched: [],
  });
  const host = cluster.host("here");
  const known = { table: ipvsTable(services), ...(connections !== undefined && { connections }) };
  const effectsFrom = (from: number) => cluster.deeds.slice(from).map(({ effect }) => effect);
  host.start();
  const atOnce = effectsFrom(0);
  const first = host.world();
  for (let at = 0; at < LONGEST && mayMove(host.world()); at += STEP) cluster.run(STEP);
  const later = effectsFrom(atOnce.length);
  const last = host.world();
  const interfaceName = (index: number) =>
    (last && linkAt(last.vrrp.kernel, index))?.ifname ??
      links.find(({ ifindex }) => ifindex === index)?.ifname ?? `interface ${index}`;
  const operations = [
    ...operationsIn(atOnce, { ...known, interfaceName }).map((operation) =>
      operation.op === "delete" && !DUMPED.has(operation.subject)
        ? { ...operation, ifThere: true as const }
        : operation
    ),
    ...operationsIn(later, { ...known, interfaceName })
      .map((operation) => ({ ...operation, when: "master" }) as const),
  ];
  const instances = (last?.vrrp.instances ?? []).map(
    ({ config: { name }, state }): InstanceMove => {
      const to = first?.vrrp.instances.find((each) => each.config.name === name)?.state.kind ??
        "init";
      return {
        name,
        change: "added",
        to,
        ...(state.kind === "master" &&
          { mastership: "to-come", why: "becomes master unless somebody stronger is there" }),
        ...(state.kind === "fault" && { why: "something it needs is missing" }),
      };
    },
  );
  return {
    configuration: [],
    instances,
    operations,
    scripts: scriptsIn(atOnce),
    checks: checksIn(atOnce),
    ends: endsOf(instances, operations),
  };
}

/** Whether somebody waits for an election. */
function mayMove(world: World | undefined): boolean {
  return world !== undefined &&
    world.vrrp.instances.some(({ state }) => state.kind === "init" || state.kind === "backup");
}
