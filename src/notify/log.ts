/** News as lines of the log: the words that people search for and log-based alerting knows. */

import type { LogLine } from "../global/log.ts";
import { SECOND, unreachable } from "../net/mod.ts";
import { describeCause } from "./cause.ts";
import type { GroupNews, InstanceNews, News, PriorityNews, SplitBrainNews } from "./news.ts";
import { remarkWords } from "./remark.ts";
import { serverLines } from "./server_log.ts";
import { stateWord } from "./state_word.ts";

/** The lines, in their order; none for what nobody reads about. */
export function logLines(news: News): readonly LogLine[] {
  switch (news.kind) {
    case "instance":
      return instanceLines(news);
    case "group":
      return groupLines(news);
    case "priority":
      return [priorityLine(news)];
    case "lower-priority":
      return [];
    case "split-brain":
      return [splitBrainLine(news)];
    case "remark": {
      const [level, text] = remarkWords(news.remark);
      return [vrrp(level, `(${news.name}) ${text}`)];
    }
    case "stranger": {
      const { ifname, source, vrid } = news;
      return [
        vrrp("info", `Advert for unknown virtual_router_id ${vrid} from ${source} on ${ifname}`),
      ];
    }
    case "tracker":
      return news.line === undefined ? [] : [vrrp("notice", news.line)];
    case "script-not-begun": {
      const rest = `${news.why}, its last result counts until it can`;
      return [vrrp("warning", `Cannot run script ${news.name}: ${rest}`)];
    }
    default:
      return serverLines(news);
  }
}

function instanceLines({ name, from, to, cause }: InstanceNews): readonly LogLine[] {
  const why = describeCause(cause);
  const line = (level: LogLine["level"], text: string) => vrrp(level, `(${name}) ${text}`);
  const transition = vrrp("info", `(${name}) ${from} to ${to}: ${why}`);
  switch (to) {
    case "master":
      return [line("notice", "Entering MASTER STATE"), transition];
    case "backup": {
      const lapsed = cause.kind === "lease-lapsed";
      const initial = from === "init" ? " (init)" : "";
      return [
        ...(lapsed ? [line("error", `Gave up mastership: ${why}`)] : []),
        line("notice", `Entering BACKUP STATE${initial}`),
        transition,
      ];
    }
    case "fault":
      return [
        line("notice", "Entering FAULT STATE"),
        line("notice", `Cannot take part: ${why}`),
        transition,
      ];
    case "stop":
      return [line("info", "Stopping"), transition];
    case "deleted":
      return [line("info", "Removed by reload"), transition];
    default:
      return unreachable(to);
  }
}

/** A start is no change, and an end is said of the members. */
function groupLines(news: GroupNews): readonly LogLine[] {
  const word = stateWord(news);
  if (news.from === "init" || news.to === "stop" || word === undefined) return [];
  return [vrrp("notice", `VRRP_Group(${news.name}) Syncing instances to ${word} state`)];
}

function priorityLine({ name, from, to }: PriorityNews): LogLine {
  return vrrp("notice", `(${name}) Changing effective priority from ${from} to ${to}`);
}

function splitBrainLine({ name, peer, by, over }: SplitBrainNews): LogLine {
  if (over === undefined) {
    const text = `Split brain: ${peer} is master as well, as its ${by} say`;
    return vrrp("error", `(${name}) ${text}`);
  }
  const after = `after ${(over.during / SECOND).toFixed(1)} s`;
  const how = over.how === "left" ? "this node is master no more" : `${peer} is not heard any more`;
  return vrrp("notice", `(${name}) Split brain is over ${after}: ${how}`);
}

function vrrp(level: LogLine["level"], text: string): LogLine {
  return { kind: "log", level, from: "vrrp", text };
}
