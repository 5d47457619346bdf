/** The VRRP part: one reducer over all instances, called by the world. */

import { type Address, addressKey } from "../../kernel/address.ts";
import { sameAddress } from "../../kernel/address_diff.ts";
import { earlier, type Micros, unreachable } from "../../net/mod.ts";
import type { VrrpConfig } from "../config.ts";
import { buildDirectory } from "./directory.ts";
import type { VrrpEffect } from "../effect.ts";
import type { OrderCount, VrrpEvent } from "../event.ts";
import { instanceDeadline } from "../fsm/fsm.ts";
import { onPacket } from "./inbound.ts";
import { kernelFacts, withAddress, withLink } from "../kernel_facts.ts";
import { listenWhereNeeded, nextListenRetry, onListenResult, retryListening } from "./listening.ts";
import type { VrrpPart } from "./part_state.ts";
import { concernedBy, refresh, refreshAll } from "./refresh.ts";
import { indexOrders, reload } from "./reload.ts";
import { newScripts, onScript, startScripts } from "./scripts.ts";
import { newInstance } from "../fsm/state.ts";
import { countedBy } from "./core_counts.ts";
import { beginsAsBackup, groupNotice, settleGroups } from "./sync_group.ts";
import { finish, newTurn, replace, tell, type Turn } from "./turn.ts";
import { kernelAddresses, ownersAddresses } from "../virtual_address.ts";

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
  return {
    config,
    phase: "waiting",
    takesPartAt: config.startupDelay > 0 ? now + config.startupDelay : undefined,
    instances,
    groups: new Map(config.groups.map((group) => [group.name, "init"])),
    scripts: newScripts(config, directory, now),
    lastRun: 0,
    kernel: kernelFacts([], []),
    directory,
    byOrder: indexOrders(instances),
    nextOrder: instances.length + 1,
    listening: new Map(),
    socketFailures: new Map(),
    coreCounts: new Map(),
  };
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
  let next: Micros | undefined;
  for (const instance of part.instances) next = earlier(next, instanceDeadline(instance));
  for (const script of part.scripts.values()) next = earlier(next, script.dueAt);
  return earlier(earlier(next, part.takesPartAt), nextListenRetry(part));
}

/** All addresses that should be installed now. */
export function desiredAddresses(part: VrrpPart): readonly Address[] {
  return addressesOf(part, (kind) => kind === "master");
}

/** All addresses that could be ours, whatever the states: leftovers among them are removed. */
export function configuredAddresses(part: VrrpPart): readonly Address[] {
  return addressesOf(part, () => true);
}

function addressesOf(part: VrrpPart, counts: (kind: string) => boolean): readonly Address[] {
  const found = new Map<string, Address>();
  for (const { state, config } of part.instances) {
    if (!counts(state.kind)) continue;
    for (const address of kernelAddresses(config, part.kernel)) {
      found.set(addressKey(address), address);
    }
  }
  return [...found.values()];
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
    case "deadline":
      return onDeadline(turn);
    case "link":
      return onLink(turn, event);
    case "address":
      return onAddress(turn, event);
    case "script-result":
    case "script-gone":
    case "script-not-begun":
      return onScript(turn, event);
    case "listen-result":
      return onListenResult(turn, event.ifindex, event.failure);
    case "counters":
      return onCounters(turn, event.transmissions, event.watches);
    case "reload":
      if (turn.part.phase === "running") return reload(turn, event.config);
      turn.part = { ...startVrrp(event.config, turn.now), takesPartAt: turn.part.takesPartAt };
      return;
    case "shutdown":
      return onShutdown(turn);
    default:
      return unreachable(event);
  }
}

/** The kernel is known, or known anew after lost notifications. Leftover addresses go first. */
function onStart(turn: Turn, event: VrrpEvent & { readonly kind: "start" }): void {
  const sources = new Set(turn.part.directory.bySource.keys());
  const found = kernelFacts(event.links, event.addresses, sources);
  const own = ownersAddresses(turn.part.config.instances, found);
  turn.part = { ...turn.part, phase: "running", kernel: { ...found, own } };
  turn.reconcile = true;
  listenWhereNeeded(turn);
  endStartupDelay(turn);
  refreshAll(turn);
  startScripts(turn);
}

function onDeadline(turn: Turn): void {
  if (turn.part.phase !== "running") return;
  for (const [at, instance] of turn.part.instances.entries()) {
    const due = instanceDeadline(instance);
    if (due !== undefined && due <= turn.now) tell(turn, at, { kind: "deadline" });
  }
  endStartupDelay(turn);
  retryListening(turn);
  startScripts(turn);
}

function endStartupDelay(turn: Turn): void {
  const { takesPartAt } = turn.part;
  if (takesPartAt === undefined || turn.now < takesPartAt) return;
  turn.part = { ...turn.part, takesPartAt: undefined };
  refreshAll(turn);
}

function onLink(turn: Turn, event: VrrpEvent & { readonly kind: "link" }): void {
  const before = turn.part.kernel;
  const kernel = withLink(before, event.link, event.removed);
  if (kernel === before) return;
  turn.part = { ...turn.part, kernel };
  if (turn.part.phase !== "running") return;
  const { directory } = turn.part;
  const old = before.byIndex.get(event.link.ifindex);
  const names = new Set([event.link.ifname, ...(old === undefined ? [] : [old.ifname])]);
  for (const name of names) {
    const moved = before.byName.get(name)?.ifindex !== kernel.byName.get(name)?.ifindex;
    const masters = (directory.byDevice.get(name) ?? [])
      .filter((at) => turn.part.instances[at]?.state.kind === "master");
    if (moved && masters.length > 0) turn.reconcile = true;
  }
  listenWhereNeeded(turn);
  const { ifindex } = event.link;
  const sources = kernel.held === before.held ? [] : before.addresses.get(ifindex) ?? [];
  refresh(turn, [
    ...[...names].flatMap((ifname) => concernedBy(turn.part, { ifindex, ifname })),
    ...sources.flatMap(({ address }) => directory.bySource.get(address) ?? []),
  ]);
}

function onAddress(turn: Turn, event: VrrpEvent & { readonly kind: "address" }): void {
  const { address, removed } = event;
  const before = turn.part.kernel;
  const kernel = withAddress(before, address, removed);
  if (kernel === before) return;
  turn.part = { ...turn.part, kernel };
  if (turn.part.phase !== "running") return;
  const { directory } = turn.part;
  if (directory.virtual.has(address.address)) {
    if (removed) putBack(turn, address);
    if (!directory.virtualMatters) return;
  }
  const ifname = kernel.byIndex.get(address.ifindex)?.ifname ?? "";
  const moved = kernel.held !== before.held;
  const sent = moved ? directory.bySource.get(address.address) ?? [] : [];
  if (moved && directory.roaming.length > 0) listenWhereNeeded(turn);
  refresh(turn, [...directory.byInterface.get(ifname) ?? [], ...sent]);
}

/** Somebody removed what should be there: it is put back and announced. */
function putBack(turn: Turn, address: Address): void {
  const key = addressKey(address);
  for (const self of turn.part.instances) {
    if (self.state.kind !== "master") continue;
    const want = kernelAddresses(self.config, turn.part.kernel)
      .find((each) => addressKey(each) === key);
    if (want === undefined) continue;
    turn.reconcile = true;
    // With other attributes it was removed by ourselves, to be replaced.
    if (!sameAddress(want, address)) continue;
    const { name, garp } = self.config;
    const text = `(${name}) Address ${address.address}/${address.prefixLength} was removed ` +
      "by somebody else: puts it back";
    turn.wanted.push([self, { kind: "log", level: "warning", text }]);
    const announce = { kind: "announce", repeat: garp.masterRepeat } as const;
    turn.wanted.push([self, { ...announce, only: [address.address] }]);
  }
}

function onCounters(
  turn: Turn,
  transmissions: readonly OrderCount[],
  watches: readonly OrderCount[],
): void {
  const [coreCounts, deltas] = countedBy(turn.part.coreCounts, transmissions, watches);
  if (deltas.size === 0) return;
  turn.part = { ...turn.part, coreCounts };
  for (const [order, { transmissions: sent, watched }] of deltas) {
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
    replace(turn, at, { ...self, statistics });
  }
}

/** Farewells of all instances first, then addresses, then notifications; groups last. */
function onShutdown(turn: Turn): void {
  const known = turn.part.phase === "running";
  for (const at of turn.part.instances.keys()) tell(turn, at, { kind: "shutdown" });
  turn.groups.clear();
  const groups = known ? turn.part.config.groups : [];
  for (const group of groups) turn.groupNotices.push(groupNotice(group, "STOP"));
  turn.part = { ...turn.part, phase: "stopped" };
}
