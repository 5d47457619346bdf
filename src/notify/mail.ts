/** News as mails (cli.tsv, mail): the subjects are those that people sort and filter by. */

import { unreachable } from "../net/mod.ts";
import { describeCause } from "./cause.ts";
import type { MailWishes } from "./config.ts";
import { type GroupNews, type InstanceNews, isTold, type News } from "./news.ts";
import type { CheckerTurnedNews, RealServerNews, VirtualServerNews } from "./server_news.ts";
import { stateWord } from "./state_word.ts";

/** A mail without what is the same in all of them. */
export interface MailText {
  /** Without the name of the node, which stands before it. */
  readonly subject: string;
  /** Lines for a person. */
  readonly body: string;
}

/** The mail; absent for what nobody is to be mailed of. */
export function mailOf(
  news: News,
  { noEmailFaults, noCheckerEmails }: MailWishes,
): MailText | undefined {
  if (!isTold(news)) return undefined;
  switch (news.kind) {
    case "instance":
    case "group":
      return news.scripts.smtpAlert !== true || (news.to === "fault" && noEmailFaults)
        ? undefined
        : ofState(news);
    case "real-server":
      return ofServer(news, `Realserver ${news.server} of virtual server ${news.of}`);
    case "virtual-server": {
      const begins = news.up && news.cause.kind === "start";
      return begins && news.scripts.smtpAlert === true
        ? {
          subject: `Virtualserver ${news.name} - UP`,
          body: `${describeCause(news.cause)}\n`,
        }
        : ofServer(news, `Virtualserver ${news.name}`);
    }
    case "checker-turned":
      // keepalived: the subject says what the server is, whatever the checker has found.
      return noCheckerEmails ? undefined : ofServer(
        { ...news, up: false },
        `Realserver ${news.server} of virtual server ${news.of}`,
      );
    case "split-brain": {
      const { name, peer, by, over, scripts } = news;
      if (scripts.smtpAlert !== true) return undefined;
      const what = over === undefined ? "Split brain" : "Split brain is over";
      return {
        subject: `VRRP Instance ${name} - ${what}`,
        body: `${peer} ${over === undefined ? "is" : "was"} master as well, as its ${by} say\n`,
      };
    }
    case "priority":
    case "lower-priority":
      return undefined;
    default:
      return unreachable(news);
  }
}

function ofState(news: InstanceNews | GroupNews): MailText | undefined {
  const act = actOf(news);
  if (act === undefined) return undefined;
  const scope = news.kind === "group" ? "VRRP Group" : "VRRP Instance";
  const priority = news.kind === "group" ? "" : `Priority: ${news.priority}\n`;
  const why = describeCause(news.cause);
  return {
    subject: `${scope} ${news.name} - ${act}`,
    body: `${news.from.toUpperCase()} to ${news.to.toUpperCase()}: ${why}\n${priority}`,
  };
}

function actOf(news: InstanceNews | GroupNews): string | undefined {
  switch (news.to) {
    case "init":
      return undefined;
    case "stop":
      return "Stopping";
    case "deleted":
      return "Deleted";
    case "master":
    case "backup":
    case "fault":
      return `Entering ${stateWord(news)} state`;
    default:
      return unreachable(news);
  }
}

/** keepalived: only of what changes while it runs, but that a virtual server begins with its quorum. */
function ofServer(
  { up, cause, scripts }: RealServerNews | VirtualServerNews | CheckerTurnedNews,
  what: string,
): MailText | undefined {
  const { kind } = cause;
  if (scripts.smtpAlert !== true) return undefined;
  if (kind === "start" || kind === "shutdown" || kind === "removal") return undefined;
  return {
    subject: `${what} - ${up ? "UP" : "DOWN"}`,
    body: `${describeCause(cause)}\n`,
  };
}
