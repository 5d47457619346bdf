/** The LVS part as a function: start, step. */

import { stepExit, stepFile, stepNotBegun, stepOutcome } from "../../check/checker/checker.ts";
import { isProbed } from "../../check/checker/kind.ts";
import type { Outcome } from "../../check/probe.ts";
import type { Micros } from "../../net/micros.ts";
import { stateOf, trackerKey } from "../../track/tracker.ts";
import { unreachable } from "../../net/unreachable.ts";
import { withoutEarliest } from "./agenda.ts";
import { labelsOf, newVirtualServer, type Places } from "./build.ts";
import { chunkedFrom, elementAt, elementsOf } from "../../persistent/mod.ts";
import { activate, draftOf, effectsOf, partAfter, say, suspend, takeStep } from "./draft.ts";
import { announce, reload } from "./reload.ts";
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
import { quorumNews, serverNews } from "./news.ts";

/** The part and what it wants done, in order. */
export type LvsStep = readonly [LvsPart, readonly LvsEffect[]];

/** The part before its `start` event. Servers without `alpha` count as alive from the beginning. */
export function startLvs(config: LvsConfig, _now: Micros): LvsPart {
  const places: Places = { slots: [], free: [] };
  const labels = labelsOf(config.virtualServers);
  const virtualServers = config.virtualServers.map((virtualServer, index) =>
    newVirtualServer(places, virtualServer, { index, label: labels[index] ?? "", patient: false })
  );
  const slots = chunkedFrom(places.slots);
  return {
    config,
    stage: "new",
    virtualServers: chunkedFrom(virtualServers),
    slots,
    followers: followersIn(slots),
    free: [],
    agenda: undefined,
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
  for (let order = 0; order < part.slots.length; order += 1) activate(draft, order);
  return [{ ...partAfter(rest, draft), stage: "running" }, effectsOf(draft)];
}

function onOutcome(
  part: LvsPart,
  event: { readonly order: number; readonly seq: number; readonly outcome: Outcome },
  now: Micros,
): LvsStep {
  const slot = elementAt(part.slots, event.order);
  if (slot === undefined || slot.seq !== event.seq) return [part, []];
  const { checker } = slot;
  if (!isProbed(checker.config)) return [part, []];
  const step = stepOutcome(checker, checker.config, { outcome: event.outcome, now });
  if (step.checker === checker && step.action === undefined && step.report === undefined) {
    return [part, []];
  }
  const draft = draftOf(part, now);
  takeStep(draft, event.order, step);
  return [partAfter(part, draft), effectsOf(draft)];
}

function onCheck(
  part: LvsPart,
  event: Extract<LvsEvent, { readonly kind: "check-result" | "check-not-begun" }>,
  now: Micros,
): LvsStep {
  const slot = elementAt(part.slots, event.order);
  if (slot === undefined || slot.seq !== event.seq) return [part, []];
  const { checker } = slot;
  if (checker.config.kind !== "misc") return [part, []];
  const draft = draftOf(part, now);
  const step = event.kind === "check-result"
    ? stepExit(checker, checker.config, { code: event.code, now })
    : stepNotBegun(checker, event.why, now);
  takeStep(draft, event.order, step);
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
  for (const virtualServer of elementsOf(part.virtualServers)) {
    const { config } = virtualServer;
    const suspended = isSuspended(config, presence);
    if (suspended === isSuspended(config, part.presence)) continue;
    for (const server of elementsOf(virtualServer.servers)) {
      for (const order of server.orders) (suspended ? suspend : activate)(draft, order);
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
  for (const order of keys.flatMap((key) => part.followers.get(key) ?? [])) {
    const checker = elementAt(draft.slots, order)?.checker;
    if (checker?.config.kind !== "file") continue;
    const state = stateOf(trackers, checker.config.tracker);
    takeStep(draft, order, stepFile(checker, checker.config, { state, now }));
  }
  return [partAfter(part, draft), effectsOf(draft)];
}

/** Runs the commands that are due. */
function onDeadline(part: LvsPart, now: Micros): LvsStep {
  const effects: LvsEffect[] = [];
  let { agenda } = part;
  while (agenda !== undefined && agenda.due.at <= now) {
    const { order, seq } = agenda.due;
    agenda = withoutEarliest(agenda);
    const slot = elementAt(part.slots, order);
    if (slot === undefined || slot.seq !== seq) continue; // of a checker that is gone
    const { config } = slot.checker;
    if (config.kind !== "misc") continue;
    const { command, timeout } = config;
    effects.push({ kind: "run-check", order, seq, command, timeout });
  }
  return agenda === part.agenda ? [part, []] : [{ ...part, agenda }, effects];
}

/**
 * Ends all probes and wants an empty table. With `omega` those who were told that a server or service is
 * up are told that it is down.
 */
function onShutdown(part: LvsPart, now: Micros): LvsStep {
  const draft = draftOf(part, now);
  draft.changed = "all";
  const down = { up: false, cause: { kind: "shutdown" } } as const;
  for (const [order, slot] of elementsOf(part.slots).entries()) {
    if (slot !== undefined && isProbed(slot.checker.config)) {
      draft.orders.push({ kind: "unprobe", order });
    }
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
