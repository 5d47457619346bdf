/**
 * A new configuration. Instances are the same when interface, family and VRID are; what did not change goes on
 * undisturbed.
 */

import type { VrrpConfig, VrrpInstanceConfig } from "../config.ts";
import { firewallWish } from "../firewall.ts";
import { isSameRouter, multicastGroup } from "../router_identity.ts";
import type { TrackerStates } from "../../track/tracker.ts";
import { deadlinesOf } from "../../net/deadlines.ts";
import { buildDirectory, type Directory, interestIn, meaningIn, vridKey } from "./directory.ts";
import { sameValue } from "../../net/equal.ts";
import { hearsOf } from "./hearing/hearing.ts";
import type { GroupState, VrrpPart } from "./part_state.ts";
import { awaitLinks } from "./health/awaited.ts";
import { listenWhereNeeded } from "./hearing/listening.ts";
import { withMeaning } from "../kernel_facts.ts";
import { withOwnAddresses } from "../own_address.ts";
import { linksOf } from "../vmac.ts";
import { healths, refreshAll } from "./health/refresh.ts";
import { endAllResting } from "./health/rest.ts";
import { instanceDeadline } from "../fsm/fsm.ts";
import { type Instance, newInstance } from "../fsm/state.ts";
import { thingKeysOf } from "./wanted/things.ts";
import { change, changeThings, placesOf, tell, type Turn } from "./turn.ts";

/** Positions by the number of the orders. */
export function indexOrders(instances: readonly Instance[]): ReadonlyMap<number, number> {
  return new Map(instances.map((instance, at) => [instance.order, at]));
}

/** Moves the part to a new configuration. An equal one changes nothing but what is known of trackers. */
export function reload(turn: Turn, config: VrrpConfig, trackers: TrackerStates): void {
  if (trackers !== turn.part.trackers) turn.part = { ...turn.part, trackers };
  if (sameValue(turn.part.config, config)) return;
  endAllResting(turn);
  const before = turn.part;
  const kept = successors(before.config, config);
  const survives = new Set(kept.values());
  for (const at of before.instances.keys()) {
    if (survives.has(at)) continue;
    const { config: old, state } = before.instances[at] ?? {};
    // What it has is on links that may concern nobody from now on.
    if (state?.kind === "master" && old) {
      change(turn, placesOf(old, before.kernel));
      changeThings(turn, thingKeysOf(old, before.kernel));
    }
    tell(turn, at, { kind: "delete" });
  }
  const directory = buildDirectory(config);
  const { groupOf } = directory;
  let { nextOrder } = before;
  const instances = config.instances.map((each, at) => {
    const self = before.instances[kept.get(at) ?? -1];
    if (self !== undefined) return self;
    const group = groupOf.get(each.name)?.name;
    const options = { order: nextOrder, group, headStart: false, since: turn.now };
    nextOrder += 1;
    return newInstance(each, options);
  });
  adopt(turn, { config, directory, instances, nextOrder });
  tellChanges(turn, before);
  // Groups may have other members, in another order.
  for (const at of instances.keys()) turn.stale.add(at);
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
  const { interfaces } = interestIn(directory, config.linkbeat);
  const known = withMeaning(part.kernel, meaningIn(directory), interfaces);
  const kernel = withOwnAddresses(known, directory);
  if (kernel.own !== part.kernel.own) turn.changed = "all";
  turn.part = {
    ...part,
    config,
    instances,
    nextOrder,
    directory,
    kernel,
    byOrder: indexOrders(instances),
    groups: groupStates(part, { directory, instances, names }),
    deadlines: deadlinesOf(instances.map((each) => [each.order, instanceDeadline(each)])),
  };
  if (!sameStatics(part.config, config)) turn.changedThings = "all";
  if (!sameValue(part.config.staticAddresses, config.staticAddresses)) turn.changed = "all";
  for (const name of names) turn.groups.add(name);
  // Positions are new, and who was removed pulls nobody along.
  turn.lost.clear();
  turn.moved.clear();
  turn.told.clear();
}

/** Whether nothing changes of what stands whatever the states. */
function sameStatics(before: VrrpConfig, after: VrrpConfig): boolean {
  const links = ({ instances }: VrrpConfig) => instances.flatMap(linksOf);
  const promoted = ({ instances }: VrrpConfig) =>
    instances.flatMap((each) => each.promoteSecondaries === true ? [each.interface] : []);
  return before.silentIgmp === after.silentIgmp &&
    sameValue(firewallWish(before), firewallWish(after)) &&
    sameValue(promoted(before), promoted(after)) &&
    sameValue(before.staticRoutes, after.staticRoutes) &&
    sameValue(before.staticRules, after.staticRules) && sameValue(links(before), links(after));
}

/** States of the groups so far. One under another name, but of the same instances, is the same one. */
function groupStates(
  before: VrrpPart,
  { directory, instances, names }: Pick<Adopted, "directory" | "instances"> & {
    readonly names: readonly string[];
  },
): ReadonlyMap<string, GroupState> {
  const membersOf = (name: string, of: Pick<VrrpPart, "directory" | "instances">) =>
    (of.directory.members.get(name) ?? []).map((at) => of.instances[at]?.order)
      .toSorted().join(" ");
  const gone = [...before.groups].filter(([name]) => !names.includes(name));
  const renamed = new Map(gone.map(([name, state]) => [membersOf(name, before), state]));
  return new Map(names.map((name) => {
    const state = before.groups.get(name) ?? renamed.get(membersOf(name, { directory, instances }));
    return [name, state ?? "init"];
  }));
}

function tellChanges(turn: Turn, old: VrrpPart): void {
  const before = old.config;
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
      multicastGroup(self.config, before) === multicastGroup(next.config, config) &&
      (self.state.kind !== "backup" || sameValue(hearsOf(self, old), hearsOf(next, turn.part)));
    if (same) continue;
    if (self.state.kind === "master") {
      change(turn, placesOf(self.config, old.kernel));
      changeThings(turn, thingKeysOf(self.config, old.kernel));
    }
    tell(turn, at, { kind: "reconfigured", config: next.config, group, health });
  }
  awaitLinks(turn);
  refreshAll(turn);
  listenWhereNeeded(turn);
}

/**
 * Which instance of the old configuration each of the new one is, by positions: of those with its interface, family and
 * VRID, where there are several, the one with its group or peers, else that of its name, else any.
 */
function successors(before: VrrpConfig, after: VrrpConfig): ReadonlyMap<number, number> {
  const old = Map.groupBy(before.instances.entries(), ([, each]) => linkKey(each));
  const found = new Map<number, number>();
  const taken = new Set<number>();
  const isSame = (one: VrrpInstanceConfig, other: VrrpInstanceConfig) =>
    isSameRouter(
      { ...one, mcastDstIp: multicastGroup(one, before) },
      { ...other, mcastDstIp: multicastGroup(other, after) },
      after,
    );
  const tests: readonly ((one: VrrpInstanceConfig, other: VrrpInstanceConfig) => boolean)[] = [
    (one, other) => isSame(one, other) && one.name === other.name,
    isSame,
    (one, other) => one.name === other.name,
    () => true,
  ];
  for (const test of tests) {
    for (const [at, each] of after.instances.entries()) {
      if (found.has(at)) continue;
      const match = old.get(linkKey(each))?.find(([from, one]) =>
        !taken.has(from) && test(one, each)
      );
      if (match === undefined) continue;
      found.set(at, match[0]);
      taken.add(match[0]);
    }
  }
  return found;
}

function linkKey({ family, interface: ifname, virtualRouterId }: VrrpInstanceConfig): string {
  return vridKey(ifname, virtualRouterId, family);
}
