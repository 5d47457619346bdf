/**
 * Split brain: another master beside this one. One advert or announcement that crosses with ours is none: it must go on. What ends it is said
 * elsewhere (RFC 9568 §6.4.3: the weaker steps down, the stronger answers and announces itself); here it is only known and told.
 */

import { type Micros, SECOND } from "../../net/mod.ts";
import type { Action } from "./action.ts";
import type { Instance, MasterState, Rival } from "./state.ts";

/** What was heard of one. */
export interface Meeting extends Pick<Rival, "peer" | "by"> {
  /** Time between two adverts; of who is not heard by them there are only announcements. */
  readonly interval: Micros;
}

/** Announcements come at the beginning, and perhaps never again. */
const UNHEARD: Micros = 60 * SECOND;

/** How many adverts of it in a row may be missing: as many as make a backup take over. */
const MISSED = 3;

/** The state with what was heard at `now`. */
export function meet(
  state: MasterState,
  { peer, by, interval }: Meeting,
  now: Micros,
): MasterState {
  const { rival } = state;
  const since = rival?.since ?? now;
  // Whose adverts pass is gone when they cease, whatever it announced before.
  const heard = by === "adverts" || rival?.by === "adverts";
  const until = now + (heard ? (MISSED + 1) * interval : UNHEARD);
  return {
    ...state,
    rival: {
      peer: rival?.peer ?? peer,
      by: heard ? "adverts" : by,
      since,
      until: by === "adverts" ? until : Math.max(rival?.until ?? 0, until),
      told: rival?.told === true || now - since >= interval,
    },
  };
}

/** The state without one that was not heard in time. */
export function parted(state: MasterState, now: Micros): MasterState {
  const { rival, ...rest } = state;
  return rival === undefined || rival.until > now ? state : rest;
}

/** What is to be told when an instance has moved. */
export function rivalNews(before: Instance, next: Instance, now: Micros): readonly Action[] {
  const [was, is] = [rivalOf(before), rivalOf(next)];
  if ((was === undefined) === (is === undefined)) return [];
  const { name, notify: scripts } = next.config;
  if (is !== undefined) {
    const { peer, by } = is;
    return [{ kind: "news", news: { kind: "split-brain", name, peer, by, scripts } }];
  }
  if (was === undefined) return [];
  const { peer, by, since } = was;
  const how = next.state.kind === "master" ? "unheard" : "left";
  const over = { during: now - since, how } as const;
  return [{ kind: "news", news: { kind: "split-brain", name, peer, by, over, scripts } }];
}

/** The other master of an instance, if there is one for sure. */
export function rivalOf({ state }: Instance): Rival | undefined {
  return state.kind === "master" && state.rival?.told === true ? state.rival : undefined;
}
