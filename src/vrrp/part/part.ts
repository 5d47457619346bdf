/** The VRRP part: one reducer over all instances, called by the world. */

import { type Address, addressKey, isMarked, VIRTUAL_ROUTER } from "../../kernel/address.ts";
import { earlier, type Micros, unreachable } from "../../net/mod.ts";
import type { VrrpConfig } from "../config.ts";
import { buildDirectory } from "./directory.ts";
import type { VrrpEffect } from "../effect.ts";
import type { AddressEvent, OrderCount, VrrpEvent } from "../event.ts";
import { instanceDeadline } from "../fsm/fsm.ts";
import { onPacket } from "./inbound.ts";
import { kernelFacts, withAddress, withLink } from "../kernel_facts.ts";
import { listenWhereNeeded, nextListenRetry, onListenResult, retryListening } from "./listening.ts";
import type { VrrpPart } from "./part_state.ts";
import { concernedBy, refresh, refreshAll } from "./refresh.ts";
import { indexOrders, reload } from "./reload.ts";
import { newScripts, onScript, startScripts } from "./scripts.ts";
import { newInstance } from "../fsm/state.ts";
import { NO_STATISTICS } from "../fsm/statistics.ts";
import { countedBy } from "./core_counts.ts";
import { beginsAsBackup, groupNotice, settleGroups } from "./sync_group.ts";
import { finish, newTurn, replace, tell, type Turn } from "./turn.ts";
import { ownAddressKeys, withOwnAddresses, withOwnOfAddress } from "../own_address.ts";
import { allAddresses, carrierKey, kernelAddress, kernelAddresses } from "../virtual_address.ts";

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

/** Keys of addresses that are an interface's own, though configured. */
export function untouchableAddresses(part: VrrpPart): ReadonlySet<string> {
  return ownAddressKeys(part.kernel);
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
    case "clear-statistics":
      for (const [at, self] of turn.part.instances.entries()) {
        replace(turn, at, { ...self, statistics: NO_STATISTICS });
      }
      return;
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
  const kernel = withOwnAddresses(found, turn.part.directory);
  turn.part = { ...turn.part, phase: "running", kernel };
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
  const { link, removed } = event;
  const linked = withLink(before, link, removed);
  if (linked === before) return;
  const { directory } = turn.part;
  const old = before.byIndex.get(link.ifindex);
  const renamed = old?.ifname !== link.ifname;
  const kernel = renamed ? withOwnAddresses(linked, directory) : linked;
  turn.part = { ...turn.part, kernel };
  if (turn.part.phase !== "running") return;
  const names = [...new Set([link.ifname, ...(old === undefined ? [] : [old.ifname])])];
  const places = (name: string) => [before, kernel].map((facts) => facts.byName.get(name));
  const moved = names.filter((name) => {
    const [from, to] = places(name);
    return from?.ifindex !== to?.ifindex;
  });
  listenWhereNeeded(turn);
  const { ifindex } = link;
  const sources = kernel.held === before.held ? [] : before.addresses.get(ifindex) ?? [];
  refresh(turn, [
    ...names.flatMap((ifname) => concernedBy(turn.part, { ifindex, ifname })),
    ...sources.flatMap(({ address }) => directory.bySource.get(address) ?? []),
    ...(kernel.own === linked.own ? [] : turn.part.instances.keys()),
  ]);
  placeAnew(turn, moved.flatMap((name) => directory.byDevice.get(name) ?? []));
  for (const name of names) {
    const [from, to] = places(name);
    // Down, an interface has no IPv6 addresses.
    if (from?.up === false && to?.up === true) turn.reconcile = true;
  }
}

/** Addresses of masters among these are elsewhere, or are not theirs any more: the kernel and the will in the core are told. */
function placeAnew(turn: Turn, positions: readonly number[]): void {
  for (const at of new Set(positions)) {
    const self = turn.part.instances[at];
    if (self?.state.kind !== "master") continue;
    turn.reconcile = true;
    turn.wanted.push([self, { kind: "transmit", immediately: false }]);
  }
}

function onAddress(turn: Turn, event: AddressEvent): void {
  const { removed, ordered = false } = event;
  // A kernel that does not remember who added it has just said so.
  const address = ordered ? { ...event.address, protocol: VIRTUAL_ROUTER } : event.address;
  const before = turn.part.kernel;
  const noticed = withAddress(before, address, removed);
  if (noticed === before) return;
  const { directory } = turn.part;
  const held = (key: string) =>
    directory.carriers.get(key)?.some((at) => turn.part.instances[at]?.state.kind === "master") ??
      false;
  const kernel = isMarked(address)
    ? noticed
    : withOwnOfAddress(noticed, directory, { address, removed, held });
  turn.part = { ...turn.part, kernel };
  if (turn.part.phase !== "running") return;
  const ifname = kernel.byIndex.get(address.ifindex)?.ifname ?? "";
  if (kernel.own !== before.own) {
    const carried = directory.byDevice.get(ifname) ?? [];
    refresh(turn, carried);
    placeAnew(turn, carried);
  }
  if (directory.virtual.has(address.address)) {
    if (removed && !ordered) putBack(turn, address, ifname);
    if (!directory.virtualMatters) return;
  }
  const moved = kernel.held !== before.held;
  const sent = moved ? directory.bySource.get(address.address) ?? [] : [];
  if (moved && directory.roaming.length > 0) listenWhereNeeded(turn);
  refresh(turn, [...directory.byInterface.get(ifname) ?? [], ...sent]);
}

/** Somebody removed what should be there: it is put back and announced. */
function putBack(turn: Turn, address: Address, ifname: string): void {
  const { kernel, directory } = turn.part;
  const key = addressKey(address);
  // The kernel takes addresses from what is deleted, and those of IPv6 from what goes down.
  if (kernel.byIndex.get(address.ifindex)?.up !== true) return;
  for (const at of directory.carriers.get(carrierKey(ifname, address.address)) ?? []) {
    const self = turn.part.instances[at];
    if (self?.state.kind !== "master") continue;
    const want = allAddresses(self.config).filter((each) => each.address === address.address)
      .map((each) => kernelAddress(each, self.config, kernel))
      .find((each) => each !== undefined && addressKey(each) === key);
    if (want === undefined) continue;
    turn.reconcile = true;
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
