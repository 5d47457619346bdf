/** Other daemons of this host, by the socket of the core: said what this one runs, and heard. */

import type { Core, Event } from "../../native/mod.ts";
import { type LocalEvent, localRouters, NO_LOCALS, stepLocals } from "../../vrrp/locals/mod.ts";
import type { VrrpConfig } from "../../vrrp/mod.ts";
import type { Log } from "../log.ts";
import { readTextFileSync } from "../platform/mod.ts";

/** What the core tells of them. */
export type LocalNews = Extract<
  Event,
  { readonly event: "local-said" | "local-gone" | "local-refused" }
>;

/** Whether that is what the core tells. */
export function isLocalNews(event: Event): event is LocalNews {
  const { event: kind } = event;
  return kind === "local-said" || kind === "local-gone" || kind === "local-refused";
}

/** Hearing and speaking. */
export interface LocalDaemons {
  /** Says what this configuration runs; nothing, and nobody is heard, as long as that is nothing. */
  configure(config: VrrpConfig): void;
  /** The core has heard something. */
  heard(news: LocalNews): void;
}

/** What the names of the sockets of daemons begin with (core-rs/src/track/locals.rs). */
const NAMES = "@holdfast-routers.";

/** Whether others run in the network namespace of this process; this one has no socket before it has said something. */
export function othersRun(): boolean {
  try {
    return readTextFileSync("/proc/self/net/unix").includes(NAMES);
  } catch {
    return false; // Without /proc nobody is found; they are heard later, by what they say.
  }
}

/** Nobody has spoken. */
export function openLocals(core: Pick<Core, "ask">, log: Log): LocalDaemons {
  let state = NO_LOCALS;
  let failed = false;
  const step = (event: LocalEvent) => {
    const [next, effects] = stepLocals(state, event);
    state = next;
    for (const effect of effects) {
      if (effect.kind === "log") log(effect);
      else say(effect);
    }
  };
  const say = ({ texts, to }: { readonly texts: readonly string[]; readonly to?: string }) =>
    core.ask({ call: "say-locally", texts, ...(to !== undefined && { to }) }, (result) => {
      if (result.result !== "failed" || failed) return;
      failed = true;
      const text = `${result.message}: a virtual router that two of them run is not noticed`;
      log({ level: "info", from: "core", text });
    });
  return {
    configure: (config) => step({ kind: "configured", routers: localRouters(config) }),
    heard: (news) => {
      switch (news.event) {
        case "local-said": {
          const { name, pid, text } = news;
          return step({ kind: "said", name, pid, text });
        }
        case "local-gone":
          return step({ kind: "gone", name: news.name });
        case "local-refused": {
          const text =
            `Ignored ${news.count} datagrams at the socket for other daemons: not from one`;
          return log({ level: "warning", from: "core", text });
        }
      }
    },
  };
}
