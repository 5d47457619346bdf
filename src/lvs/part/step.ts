/** The LVS part as a function: start, step. */

import {
  type Checker,
  type CheckerStep,
  stepExit,
  stepFile,
  stepNotBegun,
  stepOutcome,
} from "../../check/checker/checker.ts";
import { isProbed } from "../../check/checker/kind.ts";
import type { Micros } from "../../net/micros.ts";
import { stateOf, trackerKey } from "../../track/tracker.ts";
import { unreachable } from "../../net/unreachable.ts";
import { withoutEarliest } from "./agenda.ts";
import { begin, heard, memberOf, resume, sayOfChecks, suspend } from "./inquiries.ts";
import { labelsOf, newVirtualServer } from "./build.ts";
import { chunkedFrom, elementAt, elementsOf } from "../../persistent/mod.ts";
import { checkerAt, type Draft, draftOf, effectsOf, partAfter, say, takeStep } from "./draft.ts";
import { countPorts, watchPorts, withPorts } from "./ports.ts";
import { adoptLeaving, partAfterLeaving } from "./departing.ts";
import { announce, reload } from "./reload.ts";
import { climb, lookAtLeaving, takeCounts } from "./slowly.ts";
import { noPlaces } from "../asking/mod.ts";
import type { LvsConfig } from "../config.ts";
import type { LvsEffect } from "./effect.ts";
import type { LvsEvent } from "./event.ts";
import { followersIn, type LvsPart } from "./part.ts";
import {
  type HostAddress,
  isSuspended,
  NOBODY_PRESENT,
  presenceOf,
  withPresence,
} from "../beside/presence.ts";
import type { ConnectionCount } from "../slowly/leaving.ts";
import { quorumNews, serverNews } from "./news.ts";

/** The part and what it wants done, in order. */
export type LvsStep = readonly [LvsPart, readonly LvsEffect[]];

/** The part before its `start` event. Servers without `alpha` count as alive from the beginning. */
export function startLvs(config: LvsConfig, _now: Micros): LvsPart {
  const places = noPlaces();
  const labels = labelsOf(config.virtualServers);
  const virtualServers = config.virtualServers.map((virtualServer, index) =>
    newVirtualServer(places, virtualServer, { index, label: labels[index] ?? "", patient: false })
  );
  return {
    config,
    stage: "new",
    virtualServers: chunkedFrom(virtualServers),
    checkers: chunkedFrom(places.checkers),
    inquiries: chunkedFrom(places.inquiries),
    followers: followersIn(places.checkers),
    free: places.free,
    agenda: undefined,
    crowded: new Set(),
    presence: NOBODY_PRESENT,
    seq: 0,
  };
}

/**
 * Moves `part` by one event. Reads no clock, does no I/O, never throws. An event that changes nothing
 * (stale, too early, too late) gives back the same part and no effects.
 */
export function stepLvs(part: LvsPart, event: LvsEvent, now: Micros): LvsStep {
  if (part.stage === "new") return beforeStart(part, event, now);
  if (part.stage === "stopped") return [part, []];
  switch (event.kind) {
    case "start":
      return [part, []];
    case "outcome":
      return onOutcome(part, event, now);
    case "check-result":
    case "check-not-begun":
      return onCheck(part, event, now);
    case "tracked":
      return onTracked(part, event, now);
    case "connections":
      return onConnections(part, event.counts, now);
    case "found": {
      const draft = draftOf(part, now);
      adoptLeaving(draft, event.table);
      return [partAfter(part, draft), effectsOf(draft)];
    }
    case "ports": {
      const draft = draftOf(part, now);
      return [withPorts(part, draft, event.uses), effectsOf(draft)];
    }
    case "deadline":
      return onDeadline(part, now);
    case "address":
      return onAddress(part, event, now);
    case "reload":
      return reload(withPresent(part, event), event.config, now);
    case "shutdown":
      return onShutdown(part, now);
    default:
      return unreachable(event);
  }
}

/** A configuration that comes before the start replaces the first; there is nothing else to happen. */
function beforeStart(part: LvsPart, event: LvsEvent, now: Micros): LvsStep {
  switch (event.kind) {
    case "start":
      return onStart(withPresent(part, event), now);
    case "reload":
      return [startLvs(event.config, now), []];
    case "shutdown":
      return [{ ...part, stage: "stopped" }, []];
    default:
      return [part, []];
  }
}

/** Tells about every virtual server, as keepalived does; about real servers only when they change. */
function onStart(part: LvsPart, now: Micros): LvsStep {
  const draft = draftOf(part, now);
  draft.changed = "all";
  const { told, ...rest } = part;
  for (const [at, virtualServer] of elementsOf(part.virtualServers).entries()) {
    if (told?.has(at)) continue;
    announce(draft, virtualServer);
    if (part.config.initNotifies) {
      for (const server of elementsOf(virtualServer.servers)) {
        const up = { up: true, cause: { kind: "start" } } as const;
        if (server.alive) say(draft, serverNews(server, virtualServer, up));
      }
    }
  }
  const begun = elementsOf(part.virtualServers).flatMap(({ servers }, virtualServer) =>
    elementsOf(servers).flatMap(({ checkers }, realServer) =>
      checkers.map((checker) => ({ checker, at: { virtualServer, realServer } }))
    )
  );
  watchPorts(draft, part.config);
  begin(draft, begun, new Set(elementsOf(part.inquiries).keys()));
  return [{ ...partAfter(rest, draft), stage: "running" }, effectsOf(draft)];
}

function onOutcome(
  part: LvsPart,
  { order, seq, outcome }: Extract<LvsEvent, { readonly kind: "outcome" }>,
  now: Micros,
): LvsStep {
  return onAnswer(part, { order, seq, now }, (checker) => {
    const { config } = checker;
    return isProbed(config) ? stepOutcome(checker, config, { outcome, now }) : { checker };
  });
}

function onCheck(
  part: LvsPart,
  event: Extract<LvsEvent, { readonly kind: "check-result" | "check-not-begun" }>,
  now: Micros,
): LvsStep {
  const { order, seq } = event;
  return onAnswer(part, { order, seq, now }, (checker) => {
    const { config } = checker;
    if (config.kind !== "misc") return { checker };
    return event.kind === "check-result"
      ? stepExit(checker, config, { code: event.code, now })
      : stepNotBegun(checker, event.why, now);
  });
}

function onAnswer(
  part: LvsPart,
  { order, seq, now }: { readonly order: number; readonly seq: number; readonly now: Micros },
  judge: (checker: Checker) => CheckerStep,
): LvsStep {
  if (elementAt(part.inquiries, order)?.seq !== seq) return [part, []];
  const draft = draftOf(part, now);
  heard(draft, order, judge);
  return [partAfter(part, draft), effectsOf(draft)];
}

/** The part that knows which addresses this host has. */
function withPresent(
  part: LvsPart,
  { present }: { readonly present?: readonly HostAddress[] },
): LvsPart {
  return present === undefined ? part : { ...part, presence: presenceOf(present) };
}

/** An address comes or goes: checkers that are suspended without it begin, or end. */
function onAddress(
  part: LvsPart,
  { address, present }: Extract<LvsEvent, { readonly kind: "address" }>,
  now: Micros,
): LvsStep {
  const presence = withPresence(part.presence, address, present);
  if (presence === part.presence) return [part, []];
  const draft = draftOf({ ...part, presence }, now);
  for (const [index, { config, servers }] of elementsOf(part.virtualServers).entries()) {
    const suspended = isSuspended(config, presence);
    if (suspended === isSuspended(config, part.presence)) continue;
    for (const [realServer, { checkers }] of elementsOf(servers).entries()) {
      for (const number of checkers) {
        const { order } = checkerAt(draft, number);
        const kind = suspended ? "checker-suspended" : "checker-begun";
        sayOfChecks(draft, { virtualServer: index, realServer }, kind);
        if (order !== undefined) (suspended ? suspend : resume)(draft, order);
      }
    }
  }
  return [{ ...partAfter(part, draft), presence }, effectsOf(draft)];
}

function onTracked(
  part: LvsPart,
  { trackers, changed }: Extract<LvsEvent, { readonly kind: "tracked" }>,
  now: Micros,
): LvsStep {
  if (part.followers.size === 0) return [part, []];
  const keys = changed === "all" ? [...part.followers.keys()] : changed.map(trackerKey);
  const draft = draftOf(part, now);
  for (const number of keys.flatMap((key) => part.followers.get(key) ?? [])) {
    const { checker } = checkerAt(draft, number);
    if (checker.config.kind !== "file") continue;
    const state = stateOf(trackers, checker.config.tracker);
    takeStep(draft, number, stepFile(checker, checker.config, { state, now }));
  }
  return [partAfter(part, draft), effectsOf(draft)];
}

/** Does what is due. */
function onDeadline(part: LvsPart, now: Micros): LvsStep {
  const draft = draftOf(part, now);
  while (draft.agenda !== undefined && draft.agenda.due.at <= now) {
    const { task } = draft.agenda.due;
    draft.agenda = withoutEarliest(draft.agenda);
    switch (task.kind) {
      case "run":
        run(draft, task);
        break;
      case "climb":
        climb(draft, task);
        break;
      case "ports":
        countPorts(draft, part.config);
        break;
      case "leave":
        lookAtLeaving(draft, task.virtualServer);
        break;
      default:
        return unreachable(task);
    }
  }
  return [partAfterLeaving(part, draft), effectsOf(draft)];
}

/** Runs a command, unless it is that of a checker that is gone. */
function run(draft: Draft, { order, seq }: { readonly order: number; readonly seq: number }): void {
  const inquiry = elementAt(draft.inquiries, order);
  if (inquiry === undefined || inquiry.seq !== seq) return;
  const { config } = memberOf(draft, inquiry);
  if (config.kind !== "misc") return;
  const { command, timeout } = config;
  draft.orders.push({ kind: "run-check", order, seq, command, timeout });
}

/** Connections of servers that leave were counted. */
function onConnections(
  part: LvsPart,
  counts: readonly ConnectionCount[],
  now: Micros,
): LvsStep {
  const draft = draftOf(part, now);
  takeCounts(draft, counts);
  return [partAfterLeaving(part, draft), effectsOf(draft)];
}

/**
 * Ends all probes and wants an empty table. With `omega` those who were told that a server or service is
 * up are told that it is down.
 */
function onShutdown(part: LvsPart, now: Micros): LvsStep {
  const draft = draftOf(part, now);
  draft.changed = "all";
  const down = { up: false, cause: { kind: "shutdown" } } as const;
  for (const [order, inquiry] of elementsOf(part.inquiries).entries()) {
    if (inquiry === undefined || !isProbed(memberOf(draft, inquiry).config)) continue;
    draft.orders.push({ kind: "unprobe", order });
  }
  for (const virtualServer of elementsOf(part.virtualServers)) {
    const { config, quorate, servers } = virtualServer;
    for (const server of elementsOf(servers)) {
      say(draft, { kind: "real-server-closes", server: server.label, of: virtualServer.label });
      if (config.omega && server.alive) say(draft, serverNews(server, virtualServer, down));
    }
    if (config.omega && quorate) say(draft, quorumNews(virtualServer, down));
  }
  return [{ ...partAfter(part, draft), stage: "stopped", agenda: undefined }, effectsOf(draft)];
}
