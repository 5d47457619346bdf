/**
 * A step under way: the part's fields as they become, and the effects so far. Lives inside one call of
 * `stepLvs`; its functions change it in place.
 */

import { type CheckerStep, isUp } from "../../check/checker/checker.ts";
import { checkerName } from "../../check/checker/kind.ts";
import type { Micros } from "../../net/micros.ts";
import type { Cause, CheckerReport, LvsNews } from "../../notify/mod.ts";
import { type Agenda, withDue } from "./agenda.ts";
import { type Chunked, elementAt, withElement } from "../../persistent/mod.ts";
import type { CheckerSlot, Inquiry, Position } from "../asking/mod.ts";
import type { LvsEffect, ServerChange } from "./effect.ts";
import { checkersOf, type LvsPart } from "./part.ts";
import type { Presence } from "../beside/presence.ts";
import { hasQuorum } from "../servers/quorum.ts";
import { beginClimb, type Climb } from "../slowly/climb.ts";
import {
  isAlive,
  type RealServer,
  type VirtualServer,
  weightOf,
} from "../servers/virtual_server.ts";
import { quorumNews, serverNews, turnedNews, weightNews } from "./news.ts";

/** The step. */
export interface Draft {
  readonly now: Micros;
  virtualServers: Chunked<VirtualServer>;
  checkers: Chunked<CheckerSlot | undefined>;
  inquiries: Chunked<Inquiry | undefined>;
  agenda: Agenda;
  portsAt: Micros | undefined;
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
  const { virtualServers, checkers, inquiries, agenda, portsAt, seq, presence } = part;
  return {
    now,
    presence,
    virtualServers,
    checkers,
    inquiries,
    agenda,
    portsAt,
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

/** `part` after a step: the same if nothing changed. */
export function partAfter(part: LvsPart, draft: Draft): LvsPart {
  const { virtualServers, checkers, inquiries, agenda, seq, portsAt } = draft;
  const same = virtualServers === part.virtualServers && checkers === part.checkers &&
    inquiries === part.inquiries && agenda === part.agenda && seq === part.seq &&
    portsAt === part.portsAt;
  if (same) return part;
  const { portsAt: _portsAt, ...rest } = part;
  const after = { ...rest, virtualServers, checkers, inquiries, agenda, seq };
  return portsAt === undefined ? after : { ...after, portsAt };
}

/** Takes over a step of a checker, with all that follows for the servers it judges. */
export function takeStep(draft: Draft, number: number, step: CheckerStep): void {
  const slot = checkerAt(draft, number);
  const { checker: before, users } = slot;
  const { checker, report } = step;
  const name = checkerName(checker.config);
  if (report !== undefined) {
    for (const user of users) {
      say(draft, { kind: "checker", checker: name, ...namesOf(draft, user), report });
    }
  }
  if (checker === before) return;
  draft.checkers = withElement(draft.checkers, number, { ...slot, checker });
  if (
    isUp(checker) === isUp(before) && checker.weight === before.weight &&
    checker.added === before.added
  ) return;
  const cause = causeOf(name, report);
  const returns = before.phase.kind === "down";
  for (const user of users) {
    const was = serverAt(draft, user)?.server;
    assess(draft, user, { cause, returns });
    const now = serverAt(draft, user);
    if (isUp(checker) === isUp(before) || was?.alive !== now?.server.alive) continue;
    const turned = now && turnedNews(now.server, now.virtualServer, { up: isUp(checker), cause });
    if (turned !== undefined) say(draft, turned);
  }
}

/** A sequence number for an order. */
export function nextSeq(draft: Draft): number {
  return draft.seq = (draft.seq + 1) >>> 0 || 1;
}

/** A server with its virtual server. */
function serverAt(
  { virtualServers }: Pick<Draft, "virtualServers">,
  { virtualServer: at, realServer }: Position,
): { readonly server: RealServer; readonly virtualServer: VirtualServer } | undefined {
  const virtualServer = elementAt(virtualServers, at);
  const server = virtualServer && elementAt(virtualServer.servers, realServer);
  return virtualServer && server && { server, virtualServer };
}

/** How a server is named, and its virtual server. Throws for one that is not there. */
export function namesOf(
  draft: Pick<Draft, "virtualServers">,
  position: Position,
): { readonly server: string; readonly of: string } {
  const found = serverAt(draft, position);
  if (found === undefined) {
    const { virtualServer, realServer } = position;
    throw new RangeError(`Cannot find server ${realServer} of ${virtualServer}: there is none`);
  }
  return { server: found.server.label, of: found.virtualServer.label };
}

/** A checker. Throws for a number that is not in use. */
export function checkerAt({ checkers }: Pick<Draft, "checkers">, number: number): CheckerSlot {
  const slot = elementAt(checkers, number);
  if (slot === undefined) throw new RangeError(`Cannot find checker ${number}: not in use`);
  return slot;
}

function causeOf(checker: string, report: CheckerReport | undefined): Cause {
  const failed = report !== undefined && "why" in report;
  return { kind: "checker", checker, ...(failed ? { why: report.why } : {}) };
}

/** Judges a real server by its checkers, and its virtual server by that. */
function assess(
  draft: Draft,
  { virtualServer: virtualServerAt, realServer: realServerAt }: Position,
  { cause, returns }: { readonly cause: Cause; readonly returns: boolean },
): void {
  const virtualServer = elementAt(draft.virtualServers, virtualServerAt);
  const before = virtualServer && elementAt(virtualServer.servers, realServerAt);
  if (virtualServer === undefined || before === undefined) return;
  const checkers = checkersOf(draft, before);
  const alive = isAlive(checkers);
  const weight = weightOf(before.config, checkers);
  if (alive === before.alive && weight === before.weight) return;
  const { climb: climbing, ...rest } = before;
  const climb = !alive
    ? undefined
    : returns && !before.alive
    ? beginClimb(weight, before.config.slowStart, draft.now)
    : climbing;
  const server: RealServer = { ...rest, alive, weight, ...(climb && { climb }) };
  if (climb !== climbing) {
    dueToClimb(draft, { virtualServer: virtualServerAt, realServer: realServerAt }, climb);
  }
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
  const whole = judged.quorate !== virtualServer.quorate;
  const change = { virtualServer: virtualServerAt };
  noteChange(draft, whole ? change : { ...change, realServer: realServerAt });
}

/** Notes where the kernel's table must be brought up to date. */
export function noteChange(draft: Draft, change: ServerChange): void {
  if (draft.changed !== "all") draft.changed.push(change);
}

/** Puts down when a server gets more of its weight. */
export function dueToClimb(draft: Draft, at: Position, climb: Climb | undefined): void {
  if (climb === undefined) return;
  draft.agenda = withDue(draft.agenda, { at: climb.nextAt, task: { kind: "climb", ...at } });
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
