/** News as lines of the notify FIFOs (cli.tsv, fifo line). */

import { unreachable } from "../net/mod.ts";
import { isTold, type News, type PriorityNews, type StateKind } from "./news.ts";
import { stateWords } from "./state_word.ts";

/** The line without its end; absent for what no FIFO is told of. */
export function fifoLine(news: News): string | undefined {
  if (!isTold(news)) return undefined;
  switch (news.kind) {
    case "instance":
    case "group": {
      const words = stateWords(news);
      return words && `${words.scope} "${words.name}" ${words.state} ${words.priority}`;
    }
    case "real-server":
      return `RS ${news.server} ${news.of} ${upDown(news.up)}`;
    case "virtual-server":
      return `VS ${news.name} ${upDown(news.up)}`;
    case "priority":
      return news.scripts.notifyPriorityChanges === true ? priorityLine(news) : undefined;
    case "lower-priority":
      return `INSTANCE "${news.name}" MASTER_RX_LOWER_PRI ${news.priority}`;
    case "checker-turned":
    // keepalived's readers know no such line.
    case "split-brain":
      return undefined;
    default:
      return unreachable(news);
  }
}

/** Only of states in which it counts. */
function priorityLine({ name, state, to }: PriorityNews): string | undefined {
  return state === "master" || state === "backup"
    ? `INSTANCE "${name}" ${state.toUpperCase()}_PRIORITY ${to}`
    : undefined;
}

/** The line of a state that lasts, for whoever was not there when it was entered. */
export function stateLine(
  { scope, name, state, priority }: {
    readonly scope: "INSTANCE" | "GROUP";
    readonly name: string;
    readonly state: StateKind;
    /** 0 for a group. */
    readonly priority: number;
  },
): string | undefined {
  return state === "init" ? undefined : `${scope} "${name}" ${state.toUpperCase()} ${priority}`;
}

function upDown(up: boolean): "UP" | "DOWN" {
  return up ? "UP" : "DOWN";
}
