/** The plan of a reload: what the world that runs would do if it were given another configuration now. */

import type { ConnectionTable } from "./connections.ts";
import { ipvsTable, type ServiceTable } from "../kernel/mod.ts";
import { withoutDeparting } from "../lvs/mod.ts";
import type { Micros } from "../net/micros.ts";
import { linkAt } from "../vrrp/mod.ts";
import {
  type Found,
  freshEvents,
  type World,
  type WorldConfig,
  type WorldEffect,
} from "../world/mod.ts";
import { type Compared, configurationSteps } from "./configuration.ts";
import { endsOf } from "./ends.ts";
import { instanceMoves } from "./instances.ts";
import { operationSteps } from "./operations.ts";
import type { ConfigurationChange, Plan } from "./plan.ts";
import { ran } from "./steps.ts";
import { turning } from "./turn.ts";

/** What a plan is made from, beside the world. */
export interface PlanOptions {
  /** What would be reloaded. */
  readonly config: WorldConfig;
  readonly now: Micros;
  /** Links and addresses the new configuration speaks of; absent: what the world knows. */
  readonly found?: Found;
  /** The kernel's IPVS table, for a world that has not asked for it yet. */
  readonly table?: readonly ServiceTable[];
  /** How many connections each server has; absent: not known. */
  readonly connections?: ConnectionTable;
}

/** What is configured beside the parts, before and after. */
export interface Settings {
  readonly before: Pick<Compared, "global" | "process" | "track">;
  readonly after: Pick<Compared, "global" | "process">;
}

/** What a reload would do. Changes nothing, asks nobody. */
export function planReload(
  world: World,
  options: PlanOptions & { readonly settings?: Settings },
): Plan {
  return ran(planSteps(world, options));
}

/** The same a step at a time, of the world as it was when it began. */
export function* planSteps(
  world: World,
  options: PlanOptions & { readonly settings?: Settings },
): Generator<void, Plan> {
  const deeds = yield* deedSteps(world, options);
  const configuration: ConfigurationChange[] = [];
  for (const changes of configurationOf(world, options.config, options.settings)) {
    configuration.push(...changes);
    yield;
  }
  return { configuration, ...deeds };
}

/** What would be written differently, a piece at a time, see {@linkcode configurationSteps}. */
function configurationOf(
  { vrrp, lvs }: World,
  config: WorldConfig,
  settings?: Settings,
): ReturnType<typeof configurationSteps> {
  // Of the parts that run: what a whole configuration says beside them is not theirs.
  const parts = { vrrp: vrrp.config, lvs: withoutDeparting(lvs.config), track: config.track };
  if (settings === undefined) return configurationSteps(parts, config);
  const { before, after } = settings;
  return configurationSteps(
    { ...parts, track: before.track, ...beside(before) },
    { ...config, ...beside(after) },
  );
}

function beside(
  { global, process }: Pick<Compared, "global" | "process">,
): Pick<Compared, "global" | "process"> {
  return { ...(global && { global }), ...(process && { process }) };
}

/** What would be done, and by whom. */
export function planDeeds(world: World, options: PlanOptions): Omit<Plan, "configuration"> {
  return ran(deedSteps(world, options));
}

function* deedSteps(
  world: World,
  { config, now, found, table, connections }: PlanOptions,
): Generator<void, Omit<Plan, "configuration">> {
  const events = found === undefined ? [] : freshEvents(world, found);
  const { world: after, effects } = yield* turning(world, [...events, { kind: "reload", config }], {
    now,
    ...(table !== undefined && { table }),
  });
  const known = world.services.actual ?? (table && ipvsTable(table));
  const names = [after.vrrp.kernel, world.vrrp.kernel];
  const operations = yield* operationSteps(effects, {
    ...(known !== undefined && { table: known }),
    ...(connections !== undefined && { connections }),
    interfaceName: (ifindex) =>
      names.map((kernel) => linkAt(kernel, ifindex)?.ifname).find((name) => name !== undefined) ??
        `interface ${ifindex}`,
  });
  const instances = instanceMoves(world.vrrp, after.vrrp);
  return {
    instances,
    operations,
    scripts: scriptsIn(effects),
    checks: checksIn(effects),
    ends: endsOf(instances, operations),
  };
}

/** Command lines, as they would be started. */
export function scriptsIn(effects: readonly WorldEffect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === "tell" ? effect.commands.map(({ argv }) => argv.join(" ")) : []
  );
}

/** Checks that begin, and that end. */
export function checksIn(effects: readonly WorldEffect[]): Plan["checks"] {
  const all = effects.flatMap((effect) => effect.kind === "probes" ? effect.orders : []);
  const orders = (wanted: "probe" | "unprobe") =>
    new Set(all.filter(({ kind }) => kind === wanted).map(({ order }) => order)).size;
  return { begun: orders("probe"), ended: orders("unprobe") };
}
