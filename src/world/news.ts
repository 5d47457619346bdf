/**
 * News told to those who want them: people read the log at once, the journal keeps the causes, and scripts start when the
 * kernel's tables are as the news say.
 */

import type { Micros } from "../net/micros.ts";
import { journalEntry, logLines, type News, tellingOf } from "../notify/mod.ts";
import type { Update } from "./chain.ts";
import { recorded } from "./journal.ts";
import { withTelling } from "./unsettled.ts";
import type { World } from "./world.ts";

/** Shows one piece of news by all its faces. */
export function spread(world: World, news: News, now: Micros): Update {
  const entry = journalEntry(news, now);
  const telling = tellingOf(news);
  const lines = logLines(news);
  if (entry === undefined && telling === undefined) return [world, lines];
  const told: World = {
    ...world,
    journal: entry === undefined ? world.journal : recorded(world.journal, entry),
    unsettled: telling === undefined
      ? world.unsettled
      : withTelling(world.unsettled, { kind: "tell", ...telling }, tableOf(news)),
  };
  return [told, lines];
}

/** What must be right in the kernel before programs hear of it. */
function tableOf({ kind }: News): "addresses" | "services" {
  return kind === "real-server" || kind === "virtual-server" ? "services" : "addresses";
}
