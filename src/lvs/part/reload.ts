/**
 * Reload by difference. Virtual servers are the same if their names are, real servers if address and port
 * are, checkers if everything they are told is: what is the same keeps its state, its orders run on
 * undisturbed, and so do its connections in the kernel.
 *
 * keepalived: deletes and makes anew a service whose scheduler, forwarding method or persistence changes
 * (its FNAT fork: also syn_proxy and laddr_group_name). Here the kernel is told the new values and
 * connections live on; only another name, that is another identity in the kernel, is another service.
 */

import type { CheckerConfig } from "../../check/config.ts";
import { sameValue } from "../../net/equal.ts";
import type { Micros } from "../../net/micros.ts";
import { begin, endOrder } from "./inquiries.ts";
import { judged, labelsOf, newRealServer, newVirtualServer } from "./build.ts";
import { chunkedFrom, elementsOf } from "../../persistent/mod.ts";
import {
  type Draft,
  draftOf,
  dueToClimb,
  effectsOf,
  judgeQuorum,
  partAfter,
  say,
} from "./draft.ts";
import { watchPorts } from "./ports.ts";
import { dueToLeave, leavingServer } from "./slowly.ts";
import { departed, servicesLost, withDeparting } from "./departing.ts";
import {
  type CheckerSlot,
  giveUpUnused,
  join,
  keep,
  type Places,
  placesAgain,
  type Position,
} from "../asking/mod.ts";
import { waitsFor } from "../beside/presence.ts";
import type { LvsConfig, RealServerConfig, VirtualServerConfig } from "../config.ts";
import type { LvsEffect } from "./effect.ts";
import { followersIn, type LvsPart } from "./part.ts";
import { beginClimb, climbAt } from "../slowly/climb.ts";
import { leavingOf, type LeavingServer } from "../slowly/leaving.ts";
import { liveWeightOf, type RealServer, type VirtualServer } from "../servers/virtual_server.ts";
import { quorumNews, serverNews, weightNews } from "./news.ts";
import { realServerLabel } from "../servers/words.ts";

/** What changed because the configuration did. */
const RELOAD = { kind: "reload" } as const;
const REMOVAL = { kind: "removal" } as const;

/** Moves `part` to another configuration. */
export function reload(
  part: LvsPart,
  config: LvsConfig,
  now: Micros,
): readonly [LvsPart, readonly LvsEffect[]] {
  if (sameValue(config, part.config)) return [part, []];
  const draft = draftOf(part, now);
  const [checkers, inquiries] = [elementsOf(part.checkers), elementsOf(part.inquiries)];
  const places = placesAgain(checkers, inquiries, part.free);
  const all = elementsOf(part.virtualServers);
  const leaving = all.filter(({ config }) => config.departing);
  const before = new Map(
    all.filter(({ config }) => !config.departing).map((one) => [one.label, one] as const),
  );
  const labels = labelsOf(config.virtualServers);
  const moved = config.virtualServers.map((next, index) => {
    const label = labels[index] ?? "";
    const old = before.get(label);
    before.delete(label);
    if (old === undefined) {
      const made = newVirtualServer(places, next, { index, label, patient: true });
      return announce(draft, comesBack(made, leaving.find((one) => one.label === label)));
    }
    leaving.push(...servicesLost(draft, old, next));
    return judgeQuorum(draft, moveVirtualServer(draft, places, { old, next, index }), RELOAD);
  });
  const departing = departed(draft, [...leaving, ...before.values()], config);
  const ended = giveUpUnused(places);
  draft.virtualServers = chunkedFrom([...moved, ...departing]);
  draft.checkers = chunkedFrom(places.checkers.map((slot, at) => unlessSame(slot, checkers[at])));
  draft.inquiries = chunkedFrom(places.inquiries);
  draft.changed = "all";
  for (const { order, inquiry, checker } of ended) endOrder(draft, order, inquiry, checker);
  watchPorts(draft, config);
  begin(draft, places.begun, places.changed);
  for (const [index, virtualServer] of [...moved, ...departing].entries()) {
    dueToLeave(draft, index, virtualServer);
    for (const [realServer, { climb }] of elementsOf(virtualServer.servers).entries()) {
      dueToClimb(draft, { virtualServer: index, realServer }, climb);
    }
  }
  const followers = followersIn(places.checkers);
  const after = { ...partAfter(part, draft), free: places.free, followers };
  return [{ ...after, config: withDeparting(config, departing) }, effectsOf(draft)];
}

/** The slot there was, if a checker has the users it had. */
function unlessSame(
  after: CheckerSlot | undefined,
  before: CheckerSlot | undefined,
): CheckerSlot | undefined {
  if (after === undefined || before?.checker !== after.checker) return after;
  return sameValue(before.users, after.users) ? before : after;
}

/** A virtual server that was leaving: those of its servers that are not configured again still do. */
function comesBack(virtualServer: VirtualServer, old: VirtualServer | undefined): VirtualServer {
  const leaving = old?.leaving &&
    { ...old.leaving, servers: stillLeaving(old, virtualServer.config) };
  return leaving === undefined || leaving.servers.length === 0
    ? virtualServer
    : { ...virtualServer, leaving };
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
  if (sameValue(next, old.config)) return keepVirtualServer(places, old, index);
  const before = new Map(
    elementsOf(old.servers).map((server) => [serverKey(server.config), server] as const),
  );
  const servers = next.realServers.map((config, realServer) => {
    const at: Position = { virtualServer: index, realServer };
    const server = before.get(serverKey(config));
    before.delete(serverKey(config));
    return server === undefined
      ? slowly(newRealServer(places, config, { at, of: next, patient: true }), draft)
      : moveRealServer(draft, places, { server, config, at, old, next });
  });
  const gone = [...before.values()];
  for (const server of gone) removeRealServer(draft, server, old);
  const kept = chunkedFrom(servers);
  const { leaving: _leaving, ...rest } = old;
  const leaving = leavingOf([
    ...stillLeaving(old, next),
    ...gone.flatMap((server) => leavingServer(draft, server, old, next.drainTimeout) ?? []),
  ], draft.now);
  return {
    ...rest,
    config: next,
    servers: kept,
    liveWeight: liveWeightOf(kept),
    ...(leaving && { leaving }),
  };
}

/** One that is configured as it was goes on, wherever it stands now. */
function keepVirtualServer(places: Places, old: VirtualServer, index: number): VirtualServer {
  for (const [realServer, { checkers }] of elementsOf(old.servers).entries()) {
    for (const number of checkers) keep(places, number, { virtualServer: index, realServer });
  }
  return old;
}

/** Servers that leave already and have not been configured again. */
function stillLeaving(
  { leaving }: VirtualServer,
  { realServers }: VirtualServerConfig,
): readonly LeavingServer[] {
  if (leaving === undefined) return [];
  const configured = new Set(realServers.map(serverKey));
  return leaving.servers.filter(({ config }) => !configured.has(serverKey(config)));
}

/** A server that is new to a virtual server in service. */
function slowly(server: RealServer, { now }: Draft): RealServer {
  const climb = server.alive ? beginClimb(server.weight, server.config.slowStart, now) : undefined;
  return climb === undefined ? server : { ...server, climb };
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
  const left = [...server.checkers];
  const waiting = waitsFor(next);
  const checkers = config.checkers.map((checker) => {
    const number = takeSame(places, left, checker, waiting);
    if (number === undefined) {
      return join(places, checker, { at, waitsFor: waiting, up: server.alive, patient: true });
    }
    keep(places, number, at);
    return number;
  });
  const label = realServerLabel(config, next);
  const now = judged(places, { config, label, checkers });
  const climb = now.alive && server.climb && climbAt(server.climb, config.slowStart, draft.now);
  const moved: RealServer = { ...now, ...(climb && { climb }) };
  if (moved.weight !== server.weight) {
    say(draft, weightNews(moved, old, { from: server.weight, cause: RELOAD }));
  }
  if (moved.alive !== server.alive) {
    say(draft, serverNews(moved, old, { up: moved.alive, cause: RELOAD }));
  }
  return moved;
}

/** Takes the number of a checker with the same configuration out of `left`. */
function takeSame(
  { checkers, inquiries }: Places,
  left: number[],
  config: CheckerConfig,
  waiting: string,
): number | undefined {
  const at = left.findIndex((number) => {
    const slot = checkers[number];
    if (!sameValue(slot?.checker.config, config)) return false;
    return slot?.order === undefined || inquiries[slot.order]?.waitsFor === waiting;
  });
  return at < 0 ? undefined : left.splice(at, 1)[0];
}

function removeRealServer(draft: Draft, server: RealServer, of: VirtualServer): void {
  if (server.alive) say(draft, serverNews(server, of, { up: false, cause: REMOVAL }));
}

function serverKey({ address, port }: RealServerConfig): string {
  return `[${address}]:${port}`;
}
