/**
 * A step under way: the part's fields as they become, and the effects so far. Lives inside one call of
 * `stepLvs`; its functions change it in place.
 */

import {
  type Checker,
  type CheckerAction,
  type CheckerStep,
  firstAttempt,
  isUp,
  warmupDelay,
} from "../../check/checker/checker.ts";
import { checkerName, isProbed, probeOf } from "../../check/checker/kind.ts";
import type { Micros } from "../../net/micros.ts";
import type { Cause, CheckerReport, LvsNews } from "../../notify/mod.ts";
import { type Agenda, withDue } from "./agenda.ts";
import { type Chunked, elementAt, withElement } from "../../persistent/mod.ts";
import type { LvsEffect, ServerChange } from "./effect.ts";
import { checkersOf, type LvsPart, type Slot } from "./part.ts";
import { isSuspended, type Presence } from "../beside/presence.ts";
import { hasQuorum } from "./quorum.ts";
import { isAlive, type RealServer, type VirtualServer, weightOf } from "./virtual_server.ts";
import { quorumNews, serverNews, turnedNews, weightNews } from "./news.ts";

/** The step. */
export interface Draft {
  readonly now: Micros;
  virtualServers: Chunked<VirtualServer>;
  slots: Chunked<Slot | undefined>;
  agenda: Agenda;
  seq: number;
  readonly presence: Presence;
  /** Where the kernel's table must be brought up to date. */
  changed: "all" | ServerChange[];
  /** Carried out first: what happened. */
  readonly news: LvsEffect[];
  /** Last: orders. */
  readonly orders: LvsEffect[];
}

/** A step that begins with `part`. */
export function draftOf(part: LvsPart, now: Micros): Draft {
  const { virtualServers, slots, agenda, seq, presence } = part;
  return {
    now,
    presence,
    virtualServers,
    slots,
    agenda,
    seq,
    changed: [],
    news: [],
    orders: [],
  };
}

/** The effects of a step, in the order in which they are carried out. */
export function effectsOf(draft: Draft): readonly LvsEffect[] {
  const { changed } = draft;
  const reconcile: readonly LvsEffect[] = changed.length === 0
    ? []
    : [{ kind: "reconcile-services", changed }];
  return [...draft.news, ...reconcile, ...draft.orders];
}

/** Notes what happened. */
export function say(draft: Draft, news: LvsNews): void {
  draft.news.push({ kind: "news", news });
}

/** `part` after a step. */
export function partAfter(part: LvsPart, draft: Draft): LvsPart {
  const { virtualServers, slots, agenda, seq } = draft;
  return { ...part, virtualServers, slots, agenda, seq };
}

/** Says that a checker begins, and orders its first attempt; one that is suspended waits. */
export function activate(draft: Draft, order: number): void {
  const { slot, virtualServer, server } = placeOf(draft, order);
  if (isSuspended(virtualServer.config, draft.presence)) return;
  const news = { kind: "checker-begun", server: server.label, of: virtualServer.label } as const;
  draft.orders.push({ kind: "news", news });
  if (slot.checker.config.kind === "file") {
    // Whoever follows is told, and orders nothing.
    putSlot(draft, order, { ...slot, seq: draft.seq = nextSeq(draft) });
    return;
  }
  const delay = warmupDelay(order, slot.checker.config.timing.warmup);
  putSlot(draft, order, { ...slot, seq: give(draft, order, slot.checker, delay) });
}

/** Ends the order of a checker until it is activated again; what it has found stays. */
export function suspend(draft: Draft, order: number): void {
  const { slot, virtualServer, server } = placeOf(draft, order);
  if (slot.seq === 0) return;
  const news = {
    kind: "checker-suspended",
    server: server.label,
    of: virtualServer.label,
  } as const;
  draft.orders.push({ kind: "news", news });
  draft.orders.push(
    slot.checker.config.kind === "misc"
      ? { kind: "end-check", order, seq: slot.seq }
      : { kind: "unprobe", order },
  );
  putSlot(draft, order, { ...slot, seq: 0 });
}

function give(draft: Draft, order: number, checker: Checker, delay: Micros): number {
  return giveOrder(draft, order, { checker, action: firstAttempt(checker, delay, draft.now) });
}

/** Takes over a step of the checker of `order`, with all that follows for its servers. */
export function takeStep(draft: Draft, order: number, step: CheckerStep): void {
  const { slot, virtualServer, server } = placeOf(draft, order);
  const { checker, action, report } = step;
  const name = checkerName(checker.config);
  if (report !== undefined) {
    const place = { server: server.label, of: virtualServer.label };
    say(draft, { kind: "checker", checker: name, ...place, report });
  }
  const seq = action === undefined ? slot.seq : giveOrder(draft, order, { checker, action });
  if (checker === slot.checker && seq === slot.seq) return;
  putSlot(draft, order, { ...slot, checker, seq });
  if (
    isUp(checker) !== isUp(slot.checker) || checker.weight !== slot.checker.weight ||
    checker.added !== slot.checker.added
  ) {
    const cause = causeOf(name, report);
    assess(draft, slot, cause);
    const { server: now } = placeOf(draft, order);
    if (isUp(checker) === isUp(slot.checker) || now.alive !== server.alive) return;
    const turned = turnedNews(now, virtualServer, { up: isUp(checker), cause });
    if (turned !== undefined) say(draft, turned);
  }
}

/** Puts out an order and returns its sequence number. */
function giveOrder(
  draft: Draft,
  order: number,
  { checker, action }: { readonly checker: Checker; readonly action: CheckerAction },
): number {
  const { config } = checker;
  const seq = nextSeq(draft);
  draft.seq = seq;
  if (action.kind === "run") {
    draft.agenda = withDue(draft.agenda, { at: action.at, order, seq });
  } else if (isProbed(config)) {
    draft.orders.push({ order, seq, probe: probeOf(config), ...action });
  }
  return seq;
}

function nextSeq({ seq }: Draft): number {
  return (seq + 1) >>> 0 || 1;
}

function causeOf(checker: string, report: CheckerReport | undefined): Cause {
  const failed = report !== undefined && "why" in report;
  return { kind: "checker", checker, ...(failed ? { why: report.why } : {}) };
}

/** Judges a real server by its checkers, and its virtual server by that. */
function assess(
  draft: Draft,
  { virtualServer: virtualServerAt, realServer: realServerAt }: Pick<
    Slot,
    "virtualServer" | "realServer"
  >,
  cause: Cause,
): void {
  const virtualServer = elementAt(draft.virtualServers, virtualServerAt);
  const before = virtualServer && elementAt(virtualServer.servers, realServerAt);
  if (virtualServer === undefined || before === undefined) return;
  const checkers = checkersOf(draft, before);
  const alive = isAlive(checkers);
  const weight = weightOf(before.config, checkers);
  if (alive === before.alive && weight === before.weight) return;
  const server: RealServer = { ...before, alive, weight };
  const liveWeight = virtualServer.liveWeight + (alive ? weight : 0) -
    (before.alive ? before.weight : 0);
  const servers = withElement(virtualServer.servers, realServerAt, server);
  const after: VirtualServer = { ...virtualServer, servers, liveWeight };
  if (weight !== before.weight) {
    say(draft, weightNews(server, after, { from: before.weight, cause }));
  }
  if (alive !== before.alive) say(draft, serverNews(server, after, { up: alive, cause }));
  const judged = judgeQuorum(draft, after, {
    kind: "real-server",
    server: server.label,
    why: cause,
  });
  draft.virtualServers = withElement(draft.virtualServers, virtualServerAt, judged);
  if (draft.changed === "all") return;
  const whole = judged.quorate !== virtualServer.quorate;
  const change = { virtualServer: virtualServerAt };
  draft.changed.push(whole ? change : { ...change, realServer: realServerAt });
}

/** Gains or loses quorum as the live weight says, with all that is said and done about it. */
export function judgeQuorum(
  draft: Draft,
  virtualServer: VirtualServer,
  cause: Cause,
): VirtualServer {
  const { config, quorate: had, liveWeight } = virtualServer;
  const quorate = hasQuorum(had, liveWeight, config);
  if (quorate === had) return virtualServer;
  say(draft, quorumNews(virtualServer, { up: quorate, cause }));
  return { ...virtualServer, quorate };
}

/** Replaces a slot. */
export function putSlot(draft: Draft, order: number, slot: Slot | undefined): void {
  draft.slots = withElement(draft.slots, order, slot);
}

/** A checker with its servers. Throws for an order number that is not in use. */
function placeOf(draft: Draft, order: number): {
  readonly slot: Slot;
  readonly virtualServer: VirtualServer;
  readonly server: RealServer;
} {
  const slot = elementAt(draft.slots, order);
  const virtualServer = slot && elementAt(draft.virtualServers, slot.virtualServer);
  const server = virtualServer && elementAt(virtualServer.servers, slot.realServer);
  if (slot === undefined || virtualServer === undefined || server === undefined) {
    throw new RangeError(`Cannot find the servers of order ${order}: not in use`);
  }
  return { slot, virtualServer, server };
}
