/**
 * How much is said of one instance, group or tracker: what flaps many times a second would fill the log and hide all else. People are
 * told of the first changes, then of how many more there were and what came of them; scripts, FIFOs, mails and the journal get every one.
 */

import type { LogLine } from "../global/log.ts";
import { type Deadlines, deadlinesOf, earliest, whoIsDue, withDeadline } from "../net/deadlines.ts";
import { type Micros, SECOND } from "../net/micros.ts";
import type { News } from "../notify/mod.ts";
import {
  byText,
  emptySorted,
  type Sorted,
  valueOf,
  withEntry,
  withoutKey,
} from "../persistent/mod.ts";
import type { VrrpPart } from "../vrrp/mod.ts";

/** Of each subject so many news are said in one window. */
const SAID_AT_MOST = 10;

/** Length of a window: the first one, and the longest of those that follow each other while there is more to say than is said. */
const [FIRST, LONGEST]: readonly [Micros, Micros] = [5 * SECOND, 60 * SECOND];

/** What was said of one subject of late. */
interface Window {
  readonly until: Micros;
  readonly length: Micros;
  readonly said: number;
  /** News that were not. */
  readonly unsaid: number;
}

/** What was said of late. */
export interface Talk {
  /** By {@linkcode subjectOf}. */
  readonly windows: Sorted<string, Window>;
  /** When those are told of who were said less of than there was. */
  readonly due: Deadlines<string>;
}

/** Nothing was said. */
export const NO_TALK: Talk = { windows: emptySorted(byText), due: deadlinesOf([]) };

/** Whom news are about, as log lines begin; `undefined`: whoever it is, what is said of it is bounded elsewhere. */
export function subjectOf(news: News): string | undefined {
  switch (news.kind) {
    case "instance":
    case "priority":
    case "remark":
    case "lower-priority":
      return `(${news.name})`;
    case "group":
      return news.to === "stop" ? undefined : `VRRP_Group(${news.name})`;
    case "tracker":
      return `${news.tracker.kind} ${news.tracker.name}:`;
    case "script-not-begun":
      return `script ${news.name}:`;
    default:
      return undefined;
  }
}

/** Takes one more piece of news of a subject; whether it is to be said. */
export function spoken(talk: Talk, subject: string, now: Micros): readonly [Talk, boolean] {
  const found = valueOf(talk.windows, subject);
  // One that is over and has something to tell goes on until that is told.
  const open = found !== undefined && (now < found.until || found.unsaid > 0)
    ? found
    : { until: now + FIRST, length: FIRST, said: 0, unsaid: 0 };
  if (open.said < SAID_AT_MOST) {
    return [put(talk, subject, { ...open, said: open.said + 1 }), true];
  }
  return [put(talk, subject, { ...open, unsaid: open.unsaid + 1 }), false];
}

/** When somebody is to be told of what was not said. */
export function nextTalkDeadline({ due }: Talk): Micros | undefined {
  return earliest(due);
}

/** What was not said of those whose window ends by `now`, as lines. A window in which something was not said is followed by a longer one. */
export function summed(
  talk: Talk,
  vrrp: Pick<VrrpPart, "instances">,
  now: Micros,
): readonly [Talk, readonly LogLine[]] {
  const lines: LogLine[] = [];
  let next = talk;
  for (const subject of whoIsDue(talk.due, now)) {
    const found = valueOf(next.windows, subject);
    if (found === undefined) continue;
    const length = Math.min(2 * found.length, LONGEST);
    next = put(next, subject, { until: now + length, length, said: 0, unsaid: 0 });
    const self = vrrp.instances.find(({ config }) => `(${config.name})` === subject);
    lines.push(lineOf(subject, found, self?.state.kind));
  }
  return [next, lines];
}

/** What was not said of one subject, as a line; none when everything was. */
export function leftOut({ windows }: Talk, subject: string): readonly LogLine[] {
  const found = valueOf(windows, subject);
  return found === undefined || found.unsaid === 0 ? [] : [lineOf(subject, found)];
}

/** Without a subject that is no more. */
export function forgotten(talk: Talk, subject: string): Talk {
  const before = valueOf(talk.windows, subject);
  if (before === undefined) return talk;
  return {
    windows: withoutKey(talk.windows, subject),
    due: withDeadline(talk.due, subject, { from: dueAt(before), to: undefined }),
  };
}

function lineOf(subject: string, { unsaid, length }: Window, state?: string): LogLine {
  const now = state === undefined ? "" : `: it is in ${state.toUpperCase()} STATE now`;
  const text = `${subject} Left out ${unsaid} more messages within ${length / SECOND} s${now}`;
  return { kind: "log", level: "notice", from: "vrrp", text };
}

function dueAt(window: Window | undefined): Micros | undefined {
  return window === undefined || window.unsaid === 0 ? undefined : window.until;
}

function put(talk: Talk, subject: string, window: Window): Talk {
  const before = valueOf(talk.windows, subject);
  return {
    windows: withEntry(talk.windows, subject, window),
    due: withDeadline(talk.due, subject, { from: dueAt(before), to: dueAt(window) }),
  };
}
