/**
 * Inquiries within a step: ordered, answered, suspended. Each answer goes to the checkers it is meant for; what they want next makes
 * the next order.
 */

import {
  type Checker,
  type CheckerAction,
  type CheckerStep,
  firstAttempt,
  presentAction,
  warmupDelay,
} from "../../check/checker/checker.ts";
import { isProbed, probeOf } from "../../check/checker/kind.ts";
import { elementAt, withElement } from "../../persistent/mod.ts";
import { withDue } from "./agenda.ts";
import { checkerAt, type Draft, namesOf, nextSeq, takeStep } from "./draft.ts";
import {
  advanced,
  combined,
  type Inquiry,
  isMeant,
  type Position,
  type Want,
  wantOf,
} from "../asking/mod.ts";
import { isWaiting } from "../beside/presence.ts";

/** Says that servers are checked from now on, and orders what is asked for them, unless that waits for an address. */
export function begin(
  draft: Draft,
  begun: readonly { readonly checker: number; readonly at: Position }[],
  changed: ReadonlySet<number>,
): void {
  const left = new Set(changed);
  for (const { checker, at } of begun) {
    const { order } = checkerAt(draft, checker);
    const inquiry = order === undefined ? undefined : inquiryAt(draft, order);
    if (inquiry !== undefined && isWaiting(inquiry.waitsFor, draft.presence)) continue;
    draft.orders.push({ kind: "news", news: { kind: "checker-begun", ...namesOf(draft, at) } });
    if (order !== undefined && left.delete(order)) ask(draft, order);
  }
  for (const order of left) ask(draft, order);
}

/** Gives the order of an inquiry whose members are others than before, or that was suspended. */
function ask(draft: Draft, order: number): void {
  const { members, waitsFor, shared } = inquiryAt(draft, order);
  if (isWaiting(waitsFor, draft.presence)) return;
  const wants = members.map((number, index): Want => {
    const known = shared?.wants[index];
    if (known !== undefined) return known;
    const { checker } = checkerAt(draft, number);
    return wantOf(checker, nextOf(checker, order, draft), draft.now);
  });
  giveOrder(draft, order, wants);
}

/** What a checker of which nothing is out does next. */
function nextOf(checker: Checker, order: number, { now }: Draft): CheckerAction {
  return checker.phase.kind === "first"
    ? firstAttempt(checker, warmupDelay(order, checker.config.timing.warmup), now)
    : presentAction(checker, now);
}

/** Takes an answer to the checkers it is meant for. */
export function heard(draft: Draft, order: number, judge: (checker: Checker) => CheckerStep): void {
  const { members, shared } = inquiryAt(draft, order);
  const { now } = draft;
  let changed = shared?.out.interval === 0;
  const wants = members.map((number, index): Want | undefined => {
    const { checker } = checkerAt(draft, number);
    const want = shared?.wants[index];
    if (shared !== undefined && !isMeant(want, shared.out, checker)) return want;
    const step = judge(checker);
    takeStep(draft, number, step);
    if (step.action === undefined) return want && advanced(want, now);
    changed = true;
    return wantOf(step.checker, step.action, now);
  });
  if (changed) giveOrder(draft, order, wants.filter((want) => want !== undefined));
}

/** Ends what is asked until it is asked again; what was found stays. */
export function suspend(draft: Draft, order: number): void {
  const { shared: _shared, ...inquiry } = inquiryAt(draft, order);
  if (inquiry.seq === 0) return;
  endOrder(draft, order, inquiry, memberOf(draft, inquiry));
  putInquiry(draft, order, { ...inquiry, seq: 0 });
}

/** Goes on with what was suspended. */
export function resume(draft: Draft, order: number): void {
  if (inquiryAt(draft, order).seq === 0) ask(draft, order);
}

/** Says of a server that its checks go on, or wait. */
export function sayOfChecks(
  draft: Draft,
  at: Position,
  kind: "checker-begun" | "checker-suspended",
): void {
  const news = { kind, ...namesOf(draft, at) } as const;
  draft.orders.push({ kind: "news", news });
}

/** Ends the order of an inquiry. */
export function endOrder(
  draft: Draft,
  order: number,
  { seq }: Pick<Inquiry, "seq">,
  { config }: Checker,
): void {
  draft.orders.push(
    config.kind === "misc" ? { kind: "end-check", order, seq } : { kind: "unprobe", order },
  );
}

/** One of the checkers that hear an inquiry: they all ask the same. */
export function memberOf(draft: Pick<Draft, "checkers">, { members }: Inquiry): Checker {
  return checkerAt(draft, members[0] ?? -1).checker;
}

/** Puts out an order. */
function giveOrder(draft: Draft, order: number, wants: readonly Want[]): void {
  const { now } = draft;
  const { shared: _shared, ...inquiry } = inquiryAt(draft, order);
  const { config } = memberOf(draft, inquiry);
  const seq = nextSeq(draft);
  const out = combined(wants, now);
  const { at, interval, expect } = out;
  if (config.kind === "misc") {
    const late = interval === 0 ? 0 : lateness(seq, config.timing.jitter);
    draft.agenda = withDue(draft.agenda, { at: at + late, task: { kind: "run", order, seq } });
  } else if (isProbed(config)) {
    const { jitter } = config.timing;
    draft.orders.push({
      kind: "probe",
      order,
      seq,
      probe: probeOf(config),
      delay: Math.max(0, at - now),
      interval,
      ...(expect !== undefined && { expect }),
      ...(interval > 0 && jitter !== undefined && { jitter }),
    });
  }
  putInquiry(draft, order, {
    ...inquiry,
    seq,
    ...(wants.length > 1 && { shared: { out, wants } }),
  });
}

/** Not drawn but spread evenly over the runs, so that one can be replayed. */
function lateness(seq: number, jitter: number | undefined): number {
  return jitter === undefined ? 0 : warmupDelay(seq, jitter);
}

function putInquiry(draft: Draft, order: number, inquiry: Inquiry): void {
  draft.inquiries = withElement(draft.inquiries, order, inquiry);
}

/** An inquiry. Throws for an order number that is not in use. */
export function inquiryAt({ inquiries }: Pick<Draft, "inquiries">, order: number): Inquiry {
  const inquiry = elementAt(inquiries, order);
  if (inquiry === undefined) throw new RangeError(`Cannot find inquiry ${order}: not in use`);
  return inquiry;
}
