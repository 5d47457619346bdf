/** News as lines of the notify FIFOs (cli.tsv, fifo line). */

import { unreachable } from "../net/mod.ts";
import type { News } from "./news.ts";
import { stateWords } from "./state_word.ts";

/** The line without its end; absent for what no FIFO is told of. */
export function fifoLine(news: News): string | undefined {
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
    case "remark":
    case "tracker":
    case "script-not-begun":
    case "weight":
    case "checker":
    case "checker-begun":
    case "checker-suspended":
    case "real-server-closes":
    case "virtual-server-removed":
      return undefined;
    default:
      return unreachable(news);
  }
}

function upDown(up: boolean): "UP" | "DOWN" {
  return up ? "UP" : "DOWN";
}
