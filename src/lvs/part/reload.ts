/**
 * Reload by difference. Virtual servers are the same if their names are, real servers if address and port
 * are, checkers if everything they are told is: what is the same keeps its state, its orders run on
 * undisturbed, and so do its connections in the kernel.
 *
 * keepalived: deletes and makes anew a service whose scheduler, forwarding method or persistence changes
 * (its FNAT fork: also syn_proxy and laddr_group_name). Here the kernel is told the new values and
 * connections live on; only another name, that is another identity in the kernel, is another service.
 */

import { type Checker, newChecker } from "../../check/checker/checker.ts";
import type { CheckerConfig } from "../../check/config.ts";
import type { Micros } from "../../net/micros.ts";
import {
  labelsOf,
  newRealServer,
  newVirtualServer,
  placeChecker,
  type Places,
  type Position,
} from "./build.ts";
import { chunkedFrom, elementsOf } from "../../persistent/mod.ts";
import {
  activate,
  type Draft,
  draftOf,
  effectsOf,
  judgeQuorum,
  partAfter,
  say,
  suspend,
} from "./draft.ts";
import { same } from "./same.ts";
import type { LvsConfig, RealServerConfig, VirtualServerConfig } from "../config.ts";
import type { LvsEffect } from "./effect.ts";
import { followersIn, type LvsPart, type Slot } from "./part.ts";
import {
  isAlive,
  liveWeightOf,
  type RealServer,
  type VirtualServer,
  weightOf,
} from "./virtual_server.ts";
import { isSuspended } from "../beside/presence.ts";
import { quorumNews, serverNews, weightNews } from "./news.ts";
import { realServerLabel } from "./words.ts";

/** What changed because the configuration did. */
const RELOAD = { kind: "reload" } as const;
const REMOVAL = { kind: "removal" } as const;

/** Moves `part` to another configuration. */
export function reload(
  part: LvsPart,
  config: LvsConfig,
  now: Micros,
): readonly [LvsPart, readonly LvsEffect[]] {
  if (same(config, part.config)) return [part, []];
  const draft = draftOf(part, now);
  const places: Places = { slots: [...elementsOf(part.slots)], free: [...part.free] };
  const before = new Map(elementsOf(part.virtualServers).map((one) => [one.label, one] as const));
  const labels = labelsOf(config.virtualServers);
  const moved = config.virtualServers.map((next, index) => {
    const label = labels[index] ?? "";
    const old = before.get(label);
    before.delete(label);
    return old === undefined
      ? announce(draft, newVirtualServer(places, next, { index, label, patient: true }))
      : judgeQuorum(draft, moveVirtualServer(draft, places, { old, next, index }), RELOAD);
  });
  for (const old of before.values()) removeVirtualServer(draft, places, old);
  draft.virtualServers = chunkedFrom(moved);
  draft.slots = chunkedFrom(places.slots);
  draft.changed = "all";
  for (const [order, slot] of places.slots.entries()) {
    const to = slot && moved[slot.virtualServer];
    if (slot === undefined || to === undefined) continue;
    if (slot.seq === 0) activate(draft, order);
    else if (isSuspended(to.config, part.presence)) suspend(draft, order);
  }
  const followers = followersIn(draft.slots);
  return [{ ...partAfter(part, draft), config, free: places.free, followers }, effectsOf(draft)];
}

/** Says how a virtual server begins, and gives it back. */
export function announce(draft: Draft, virtualServer: VirtualServer): VirtualServer {
  say(draft, quorumNews(virtualServer, { up: virtualServer.quorate, cause: { kind: "start" } }));
  return virtualServer;
}

/** A virtual server with a new configuration; quorum is judged afterwards. */
function moveVirtualServer(
  draft: Draft,
  places: Places,
  { old, next, index }: {
    readonly old: VirtualServer;
    readonly next: VirtualServerConfig;
    readonly index: number;
  },
): VirtualServer {
  const before = new Map(
    elementsOf(old.servers).map((server) => [serverKey(server.config), server] as const),
  );
  const unchanged = same(next, old.config);
  const servers = next.realServers.map((config, realServer) => {
    const at: Position = { virtualServer: index, realServer };
    const server = before.get(serverKey(config));
    before.delete(serverKey(config));
    return server === undefined
      ? newRealServer(places, config, { ...at, of: next, patient: true })
      : moveRealServer(draft, places, { server, config, at, old, next });
  });
  for (const server of before.values()) removeRealServer(draft, places, server, old);
  if (unchanged) return old;
  const kept = chunkedFrom(servers);
  return { ...old, config: next, servers: kept, liveWeight: liveWeightOf(kept) };
}

/** A real server with a new configuration, its checkers kept where they are the same. */
function moveRealServer(
  draft: Draft,
  places: Places,
  { server, config, at, old, next }: {
    readonly server: RealServer;
    readonly config: RealServerConfig;
    readonly at: Position;
    readonly old: VirtualServer;
    readonly next: VirtualServerConfig;
  },
): RealServer {
  const left = [...server.orders];
  const orders = config.checkers.map((checker) => {
    const order = takeSame(places, left, checker);
    if (order === undefined) {
      return placeChecker(places, newChecker(checker, { up: server.alive, patient: true }), at);
    }
    const slot = places.slots[order];
    if (slot !== undefined) places.slots[order] = { ...slot, ...at };
    return order;
  });
  for (const order of left) endOrder(draft, places, order);
  const checkers = orders.flatMap((order): readonly Checker[] => slotChecker(places.slots[order]));
  const moved: RealServer = {
    config,
    label: realServerLabel(config, next),
    orders,
    alive: isAlive(checkers),
    weight: weightOf(config, checkers),
  };
  if (moved.weight !== server.weight) {
    say(draft, weightNews(moved, old, { from: server.weight, cause: RELOAD }));
  }
  if (moved.alive !== server.alive) {
    say(draft, serverNews(moved, old, { up: moved.alive, cause: RELOAD }));
  }
  return moved;
}

function slotChecker(slot: Slot | undefined): readonly Checker[] {
  return slot === undefined ? [] : [slot.checker];
}

/** Takes the order of a checker with the same configuration out of `left`. */
function takeSame(places: Places, left: number[], config: CheckerConfig): number | undefined {
  const at = left.findIndex((order) => same(places.slots[order]?.checker.config, config));
  return at < 0 ? undefined : left.splice(at, 1)[0];
}

function removeVirtualServer(draft: Draft, places: Places, old: VirtualServer): void {
  say(draft, { kind: "virtual-server-removed", name: old.label });
  for (const server of elementsOf(old.servers)) removeRealServer(draft, places, server, old);
  if (old.quorate) say(draft, quorumNews(old, { up: false, cause: REMOVAL }));
}

function removeRealServer(
  draft: Draft,
  places: Places,
  server: RealServer,
  of: VirtualServer,
): void {
  for (const order of server.orders) endOrder(draft, places, order);
  if (server.alive) say(draft, serverNews(server, of, { up: false, cause: REMOVAL }));
}

/** Ends the order of a checker that is gone; its number is free again. */
function endOrder(draft: Draft, places: Places, order: number): void {
  const slot = places.slots[order];
  const kind = slot?.checker.config.kind;
  if (slot !== undefined && kind === "misc") {
    draft.orders.push({ kind: "end-check", order, seq: slot.seq });
  } else if (kind !== "file") draft.orders.push({ kind: "unprobe", order });
  places.slots[order] = undefined;
  places.free.push(order);
}

function serverKey({ address, port }: RealServerConfig): string {
  return `[${address}]:${port}`;
}
