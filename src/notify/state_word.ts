/** States as programs are told of them (cli.tsv, notify arguments). */

import { unreachable } from "../net/mod.ts";
import type { GroupNews, InstanceNews } from "./news.ts";

/** The word in notify arguments and FIFO lines. */
export type StateWord = "MASTER" | "BACKUP" | "FAULT" | "STOP" | "DELETED";

/** The word for the state that was entered; absent for one that nobody is told of. */
export function stateWord(news: InstanceNews | GroupNews): StateWord | undefined {
  const { to } = news;
  switch (to) {
    case "init":
      return undefined;
    case "master":
      return "MASTER";
    case "backup":
      return "BACKUP";
    case "fault":
      return "FAULT";
    case "stop":
      return "STOP";
    case "deleted":
      // keepalived: without notify_deleted whoever waits for an end hears of a fault.
      return news.scripts.notifyDeleted === undefined ? "FAULT" : "DELETED";
    default:
      return unreachable(to);
  }
}

/** The words that notify arguments and FIFO lines give a change of state in. */
export interface StateWords {
  readonly scope: "INSTANCE" | "GROUP";
  readonly name: string;
  readonly state: StateWord;
  /** 1 to 255; 0 for a group. */
  readonly priority: number;
}

/** A change of state in words; absent for one that nobody is told of. */
export function stateWords(news: InstanceNews | GroupNews): StateWords | undefined {
  const state = stateWord(news);
  if (state === undefined) return undefined;
  const { name } = news;
  return news.kind === "group"
    ? { scope: "GROUP", name, state, priority: 0 }
    : { scope: "INSTANCE", name, state, priority: news.priority };
}
