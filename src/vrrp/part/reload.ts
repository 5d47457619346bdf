/**
 * A new configuration. Instances are the same when interface, family and VRID are; what did not
 * change goes on undisturbed, scripts keep their results.
 */

import type { VrrpConfig, VrrpInstanceConfig } from "../config.ts";
import { buildDirectory, type Directory, multicastGroup } from "./directory.ts";
import { sameValue } from "../equal.ts";
import { listenWhereNeeded } from "./listening.ts";
import { healths, refreshAll } from "./refresh.ts";
import { endAbandoned, reloadScripts, startScripts } from "./scripts.ts";
import { type Instance, newInstance } from "../fsm/state.ts";
import { tell, type Turn } from "./turn.ts";

/** Positions by the number of the orders. */
export function indexOrders(instances: readonly Instance[]): ReadonlyMap<number, number> {
  return new Map(instances.map((instance, at) => [instance.order, at]));
}

/** Moves the part to a new configuration. An equal one changes nothing. */
export function reload(turn: Turn, config: VrrpConfig): void {
  if (sameValue(turn.part.config, config)) return;
  const before = turn.part;
  const old = new Map(identities(before.instances.map((each) => each.config)));
  const wanted = identities(config.instances);
  const kept = new Set(wanted.map(([key]) => key));
  for (const [key, at] of old) if (!kept.has(key)) tell(turn, at, { kind: "delete" });
  const directory = buildDirectory(config);
  const { groupOf } = directory;
  let { nextOrder } = before;
  const instances = wanted.map(([key, at]) => {
    const self = before.instances[old.get(key) ?? -1];
    const each = config.instances[at];
    if (self !== undefined || each === undefined) return self;
    const group = groupOf.get(each.name)?.name;
    const options = { order: nextOrder, group, headStart: false, since: turn.now };
    nextOrder += 1;
    return newInstance(each, options);
  }).filter((each) => each !== undefined);
  adopt(turn, { config, directory, instances, nextOrder });
  tellChanges(turn, before.config);
}

interface Adopted {
  readonly config: VrrpConfig;
  readonly directory: Directory;
  /** In the order of `config.instances`, those that stay still with their old configuration. */
  readonly instances: readonly Instance[];
  readonly nextOrder: number;
}

function adopt(turn: Turn, { config, directory, instances, nextOrder }: Adopted): void {
  const { part } = turn;
  const names = config.groups.map((group) => group.name);
  turn.part = {
    ...part,
    config,
    instances,
    nextOrder,
    directory,
    byOrder: indexOrders(instances),
    groups: new Map(names.map((name) => [name, part.groups.get(name) ?? "init"])),
    scripts: reloadScripts(part.scripts, { config, directory, now: turn.now }),
  };
  endAbandoned(turn, part.scripts);
  for (const name of names) turn.groups.add(name);
  // Positions are new, and who was removed pulls nobody along.
  turn.lost.clear();
}

function tellChanges(turn: Turn, before: VrrpConfig): void {
  const { config, directory } = turn.part;
  const instances = turn.part.instances.map((self, at) => ({
    ...self,
    config: config.instances[at] ?? self.config,
  }));
  const future = { ...turn.part, instances };
  const all = healths(future, [...instances.keys()]);
  for (const [at, next] of instances.entries()) {
    const self = turn.part.instances[at];
    const health = all.get(at);
    if (self === undefined || health === undefined) continue;
    const group = directory.groupOf.get(next.config.name)?.name;
    const same = self.group === group && sameValue(self.config, next.config) &&
      multicastGroup(self.config, before) === multicastGroup(next.config, config);
    if (!same) tell(turn, at, { kind: "reconfigured", config: next.config, group, health });
  }
  refreshAll(turn);
  listenWhereNeeded(turn);
  startScripts(turn);
}

/** Key and position of each instance; a key that occurs again (unicast) is numbered. */
function identities(
  configs: readonly VrrpInstanceConfig[],
): readonly (readonly [key: string, at: number])[] {
  const seen = new Map<string, number>();
  return configs.map((each, at) => {
    const key = `${each.family} ${each.interface} ${each.virtualRouterId}`;
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return [`${key} ${nth}`, at];
  });
}
