/** The VRRP part: one reducer over all instances, called by the world. */

import { deadlinesOf, earliest, whoIsDue } from "../../net/deadlines.ts";
import { earlier, type Micros, unreachable } from "../../net/mod.ts";
import { byNumber, byText, emptySorted } from "../../persistent/mod.ts";
import { trackerKey } from "../../track/tracker.ts";
import type { VrrpConfig } from "../config.ts";
import { awaitLinks, endAwaiting } from "./health/awaited.ts";
import { countedBy } from "./hearing/core_counts.ts";
import { buildDirectory, meaningIn } from "./directory.ts";
import type { VrrpEffect } from "../effect.ts";
import type { OrderCount, VrrpEvent, WatchCount } from "../event.ts";
import { remarkOn } from "../fsm/action.ts";
import { instanceDeadline } from "../fsm/fsm.ts";
import { newInstance } from "../fsm/state.ts";
import { type Counter, NO_STATISTICS } from "../fsm/statistics.ts";
import { onClaimed } from "./claimed.ts";
import { onPacket } from "./hearing/inbound.ts";
import { kernelFacts } from "../kernel_facts.ts";
import { onAddress, onLink } from "./health/kernel_news.ts";
import {
  listenWhereNeeded,
  nextListenRetry,
  onListenResult,
  retryListening,
} from "./hearing/listening.ts";
import { withOwnAddresses } from "../own_address.ts";
import type { VrrpPart } from "./part_state.ts";
import { refresh, refreshAll } from "./health/refresh.ts";
import { indexOrders, reload } from "./reload.ts";
import { endResting, nextRest } from "./health/rest.ts";
import { resume } from "./resume.ts";
import { beginsAsBackup, groupNews, settleGroups } from "./sync_group.ts";
import { speaksOfThings } from "./wanted/things.ts";
import { finish, newTurn, replace, tell, type Turn } from "./turn.ts";

/** The part before `start`. `now` begins the start-up delay. */
export function startVrrp(config: VrrpConfig, now: Micros): VrrpPart {
  const directory = buildDirectory(config);
  const instances = config.instances.map((each, at) => {
    const group = directory.groupOf.get(each.name);
    const members = directory.members.get(group?.name ?? "") ?? [];
    const mates = members.flatMap((member) => config.instances[member] ?? []);
    return newInstance(each, {
      order: at + 1,
      group: group?.name,
      headStart: each.wantState === "master" && beginsAsBackup(mates),
      since: now,
    });
  });
  const kernel = kernelFacts([], []);
  return {
    config,
    phase: "waiting",
    takesPartAt: beginsAt(config, now),
    instances,
    groups: new Map(config.groups.map((group) => [group.name, "init"])),
    trackers: emptySorted(byText),
    deadlines: deadlinesOf(instances.map((each) => [each.order, instanceDeadline(each)])),
    kernel,
    directory,
    byOrder: indexOrders(instances),
    nextOrder: instances.length + 1,
    listening: emptySorted(byNumber),
    socketFailures: new Map(),
    resting: new Map(),
    lost: new Map(),
    coreCounts: new Map(),
  };
}

/** Whether there is an instance of that name, and it is master. */
export function isMasterNamed({ instances }: VrrpPart, name: string): boolean {
  return instances.some(({ config, state }) => config.name === name && state.kind === "master");
}

/** The later end of the two delays; the clock began when the machine did. */
function beginsAt({ startupDelay, delayAfterBoot = 0 }: VrrpConfig, now: Micros) {
  const at = Math.max(now + startupDelay, delayAfterBoot);
  return at > now ? at : undefined;
}

/** Moves the part by one event. An event without consequence returns `part` itself and nothing. */
export function stepVrrp(
  part: VrrpPart,
  event: VrrpEvent,
  now: Micros,
): readonly [VrrpPart, readonly VrrpEffect[]] {
  if (part.phase === "stopped") return [part, []];
  const turn = newTurn(part, now);
  handle(turn, event);
  settleGroups(turn);
  return finish(turn);
}

/** When `deadline` is due next, if at all. */
export function nextVrrpDeadline(part: VrrpPart): Micros | undefined {
  if (part.phase !== "running") return undefined;
  return [
    earliest(part.deadlines),
    part.takesPartAt,
    part.awaited?.until,
    nextListenRetry(part),
    nextRest(part),
  ].reduce(earlier, undefined);
}

function handle(turn: Turn, event: VrrpEvent): void {
  switch (event.kind) {
    case "start":
      return onStart(turn, event);
    case "packet":
      return onPacket(turn, event);
    case "expired": {
      const at = turn.part.byOrder.get(event.order);
      if (at !== undefined) tell(turn, at, { kind: "expired", seq: event.seq });
      return;
    }
    case "lapsed": {
      const at = turn.part.byOrder.get(event.order);
      if (at !== undefined) tell(turn, at, { kind: "lapsed" });
      return;
    }
    case "hook-over": {
      const at = turn.part.byOrder.get(event.order);
      if (at !== undefined) tell(turn, at, { kind: "hook-over", run: event.run });
      return;
    }
    case "sending":
      return onSending(turn, event);
    case "claimed":
      return onClaimed(turn, event);
    case "deadline":
      return onDeadline(turn);
    case "link":
      return onLink(turn, event);
    case "address":
      return onAddress(turn, event);
    case "tracked":
      return onTracked(turn, event);
    case "lost": {
      const before = turn.part.lost;
      turn.part = { ...turn.part, lost: event.lost };
      if (before.size === 0 && event.lost.size === 0) return;
      return refreshAll(turn);
    }
    case "listen-result":
      return onListenResult(turn, event);
    case "counters":
      return onCounters(turn, event.transmissions, event.watches);
    case "clear-statistics":
      for (const [at, self] of turn.part.instances.entries()) {
        replace(turn, at, { ...self, statistics: NO_STATISTICS });
      }
      return;
    case "reload":
      if (turn.part.phase === "running") return reload(turn, event.config, event.trackers);
      turn.part = { ...startVrrp(event.config, turn.now), takesPartAt: turn.part.takesPartAt };
      return;
    case "shutdown":
      return onShutdown(turn);
    default:
      return unreachable(event);
  }
}

/** The kernel is known. Leftover addresses go first. */
function onStart(turn: Turn, event: VrrpEvent & { readonly kind: "start" }): void {
  const { directory } = turn.part;
  const found = kernelFacts(event.links, event.addresses, meaningIn(directory));
  const kernel = withOwnAddresses(found, directory);
  const { trackers } = event;
  turn.part = { ...turn.part, phase: "running", kernel, trackers };
  turn.changed = "all";
  if (speaksOfThings(turn.part.config)) turn.changedThings = "all";
  listenWhereNeeded(turn);
  awaitLinks(turn);
  endStartupDelay(turn);
  if (event.before === undefined) refreshAll(turn);
  else resume(turn, event.before);
}

/** Whoever follows what changed looks at it anew. */
function onTracked(
  turn: Turn,
  { trackers, changed }: VrrpEvent & { readonly kind: "tracked" },
): void {
  turn.part = { ...turn.part, trackers };
  const { byTracker } = turn.part.directory;
  const concerned = changed.flatMap((each) => byTracker.get(trackerKey(each)) ?? []);
  if (concerned.length > 0) refresh(turn, concerned);
}

/** Who could not be heard says again what it has. */
function onSending(
  turn: Turn,
  { order, errno }: Extract<VrrpEvent, { readonly kind: "sending" }>,
): void {
  const at = turn.part.byOrder.get(order);
  const self = at === undefined ? undefined : turn.part.instances[at];
  if (at === undefined || self?.state.kind !== "master") return;
  if (errno === 0) tell(turn, at, { kind: "audible" });
  turn.wanted.push([self, remarkOn(self, { kind: "sending", errno })]);
}

function onDeadline(turn: Turn): void {
  if (turn.part.phase !== "running") return;
  for (const order of whoIsDue(turn.part.deadlines, turn.now)) {
    const at = turn.part.byOrder.get(order);
    if (at !== undefined) tell(turn, at, { kind: "deadline" });
  }
  endStartupDelay(turn);
  endAwaiting(turn);
  retryListening(turn);
  endResting(turn);
}

function endStartupDelay(turn: Turn): void {
  const { takesPartAt } = turn.part;
  if (takesPartAt === undefined || turn.now < takesPartAt) return;
  turn.part = { ...turn.part, takesPartAt: undefined };
  refreshAll(turn);
}

function onCounters(
  turn: Turn,
  transmissions: readonly OrderCount[],
  watches: readonly WatchCount[],
): void {
  const [coreCounts, deltas] = countedBy(turn.part.coreCounts, transmissions, watches);
  if (deltas.size === 0) return;
  turn.part = { ...turn.part, coreCounts };
  for (const [order, { transmissions: sent, watched, counters }] of deltas) {
    const at = turn.part.byOrder.get(order);
    const self = at === undefined ? undefined : turn.part.instances[at];
    if (at === undefined || self === undefined) continue;
    const { advert_sent, advert_rcvd, addr_list_err } = self.statistics;
    const foreign = self.state.kind === "backup" && self.state.heard?.foreign === true &&
      !self.config.skipCheckAdvAddr;
    const statistics = {
      ...self.statistics,
      advert_sent: advert_sent + sent,
      advert_rcvd: advert_rcvd + watched,
      addr_list_err: addr_list_err + (foreign ? watched : 0),
    };
    for (const name of Object.keys(counters) as Counter[]) statistics[name] += counters[name] ?? 0;
    replace(turn, at, { ...self, statistics });
  }
}

/** Farewells of all instances first, then addresses, then notifications; groups last. */
function onShutdown(turn: Turn): void {
  const known = turn.part.phase === "running";
  for (const at of turn.part.instances.keys()) tell(turn, at, { kind: "shutdown" });
  turn.groups.clear();
  for (const group of known ? turn.part.config.groups : []) {
    const from = turn.part.groups.get(group.name) ?? "init";
    turn.groupNews.push(groupNews(group, { from, to: "stop", cause: { kind: "shutdown" } }));
  }
  turn.part = { ...turn.part, phase: "stopped" };
}
