/**
 * News told to those who want them: people read the log at once, the journal keeps the causes, and scripts start when the
 * kernel's tables are as the news say.
 */

import type { LogLine } from "../global/log.ts";
import type { Micros } from "../net/micros.ts";
import {
  fifoLine,
  isOfServers,
  journalEntry,
  logLines,
  mailOf,
  type News,
  stateLine,
  tellingOf,
} from "../notify/mod.ts";
import { effectivePriority } from "../vrrp/mod.ts";
import type { WorldEffect } from "./effect.ts";
import type { Update } from "./chain.ts";
import { recorded } from "./journal.ts";
import { forgotten, leftOut, spoken, subjectOf, type Talk } from "./talk.ts";
import { withTelling } from "./unsettled.ts";
import type { World } from "./world.ts";

/** Shows one piece of news by all its faces. */
export function spread(world: World, news: News, now: Micros): Update {
  const entry = journalEntry(news, now);
  const tellings = tellingsOf(world.notify, news);
  const [talk, lines] = linesOf(world, news, now);
  if (entry === undefined && tellings.length === 0) {
    return [talk === world.talk ? world : { ...world, talk }, lines];
  }
  const told: World = {
    ...world,
    talk,
    journal: entry === undefined ? world.journal : recorded(world.journal, entry),
    unsettled: tellings.reduce(
      (so, effect) => withTelling(so, effect, tableOf(news)),
      world.unsettled,
    ),
  };
  return [told, lines];
}

/** What the log is told, as much of it as anybody can read. */
function linesOf(
  { talk }: Pick<World, "talk">,
  news: News,
  now: Micros,
): readonly [Talk, readonly LogLine[]] {
  const lines = logLines(news);
  if (news.kind === "instance" && (news.to === "stop" || news.to === "deleted")) {
    const subject = `(${news.name})`;
    return [forgotten(talk, subject), [...leftOut(talk, subject), ...lines]];
  }
  const subject = lines.length === 0 ? undefined : subjectOf(news);
  if (subject === undefined) return [talk, lines];
  const [next, isSaid] = spoken(talk, subject, now);
  return [next, isSaid ? lines : []];
}

/** keepalived: scripts, then FIFOs, then mail. */
function tellingsOf(
  { fifo, mails }: World["notify"],
  news: News,
): readonly WorldEffect[] {
  const telling = tellingOf(news);
  const of = isOfServers(news) ? "lvs" : "vrrp";
  const line = fifo[of] ? fifoLine(news) : undefined;
  const text = mails && mailOf(news, mails);
  return [
    ...(telling === undefined ? [] : [{ kind: "tell", ...telling } as const]),
    ...(line === undefined ? [] : [{ kind: "write-fifo", of, line } as const]),
    ...(text === undefined ? [] : [{ kind: "mail", ...text } as const]),
  ];
}

/** `fifo_write_vrrp_states_on_reload`: the states as they are, for whoever reads. */
export function statesAgain({ notify, vrrp }: World): readonly WorldEffect[] {
  if (!notify.statesOnReload || !notify.fifo.vrrp) return [];
  const groups = [...vrrp.groups].map(([name, state]) =>
    stateLine({ scope: "GROUP", name, state, priority: 0 })
  );
  const instances = vrrp.instances.map((self) =>
    stateLine({
      scope: "INSTANCE",
      name: self.config.name,
      state: self.state.kind,
      priority: effectivePriority(self),
    })
  );
  return [...groups, ...instances].flatMap((line) =>
    line === undefined ? [] : [{ kind: "write-fifo", of: "vrrp", line } as const]
  );
}

/** What must be right in the kernel before programs hear of it. */
function tableOf(news: News): "addresses" | "services" {
  return isOfServers(news) ? "services" : "addresses";
}
