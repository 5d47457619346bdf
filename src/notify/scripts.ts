/** News as calls of notify scripts: which are run, in which order, with which arguments (cli.tsv, script). */

import type { ScriptCommand } from "../global/config.ts";
import { type Micros, SECOND, unreachable } from "../net/mod.ts";
import {
  type GroupNews,
  type InstanceNews,
  isTold,
  type News,
  type NotifyScripts,
} from "./news.ts";
import type { RealServerNews, VirtualServerNews } from "./server_news.ts";
import { type StateWord, stateWords } from "./state_word.ts";

/** Commands to be run one after another. */
export interface Telling {
  /** Of whom they tell: what is told of one starts in order. */
  readonly subject: string;
  /** At least one, complete with arguments. */
  readonly commands: readonly ScriptCommand[];
  /** How long each is waited for before the next of the subject starts as well; absent: a moment. */
  readonly headStart?: Micros;
  /** Each is ended after this time, and waited for until it has ended; absent: it may take as long as it likes. */
  readonly limit?: Micros;
}

/**
 * Commands of servers add and remove what they are about: one that overtakes the other leaves the opposite behind. Nobody waits for
 * them but the next, so they get the time a loaded machine takes.
 */
const SERVER_HEAD_START: Micros = 5 * SECOND;

/** Who is told by a script, if anybody: the one for the state first, then the general one. */
export function tellingOf(news: News): Telling | undefined {
  if (!isTold(news)) return undefined;
  switch (news.kind) {
    case "instance":
    case "group":
      return ofState(news);
    case "real-server":
      return ofServer(news, `RS ${news.server} ${news.of}`);
    case "virtual-server":
      return ofServer(news, `VS ${news.name}`);
    case "lower-priority": {
      const { notifyMasterRxLowerPri: command } = news.scripts;
      return command &&
        { subject: `INSTANCE ${news.name}`, commands: [command], ...inOrder(news.scripts) };
    }
    case "split-brain": {
      const { scripts: { notifySplitBrain: script }, name, peer, over } = news;
      if (script === undefined) return undefined;
      const word = over === undefined ? "SPLIT_BRAIN" : "SPLIT_BRAIN_OVER";
      const argv = [...script.argv, "INSTANCE", name, word, peer];
      return { subject: `INSTANCE ${name}`, commands: [{ ...script, argv }] };
    }
    case "priority":
    case "checker-turned":
      return undefined;
    default:
      return unreachable(news);
  }
}

function ofState(news: InstanceNews | GroupNews): Telling | undefined {
  const words = stateWords(news);
  if (words === undefined) return undefined;
  const { scripts } = news;
  const { scope, name, state, priority } = words;
  const special = scriptOf(scripts, state);
  const general = scripts.notify === undefined ? [] : [{
    ...scripts.notify,
    argv: [...scripts.notify.argv, scope, name, state, String(priority)],
  }];
  const first = state === "MASTER" && scripts.postMaster !== undefined ? [scripts.postMaster] : [];
  const commands = [...first, ...(special === undefined ? [] : [special]), ...general];
  if (commands.length === 0) return undefined;
  return { subject: `${scope} ${name}`, commands, ...inOrder(scripts) };
}

/** Who is told in order has a time for it. */
function inOrder({ ordered }: NotifyScripts): Pick<Telling, "limit"> {
  return ordered === undefined ? {} : { limit: ordered };
}

/** Scripts of servers have the arguments that are written in the configuration, and no others. */
function ofServer(
  { up, scripts }: RealServerNews | VirtualServerNews,
  subject: string,
): Telling | undefined {
  const command = up ? scripts.up : scripts.down;
  return command && { subject, commands: [command], headStart: SERVER_HEAD_START };
}

function scriptOf(
  scripts: InstanceNews["scripts"],
  state: StateWord,
): ScriptCommand | undefined {
  switch (state) {
    case "MASTER":
      return scripts.notifyMaster;
    case "BACKUP":
      return scripts.notifyBackup;
    case "FAULT":
      return scripts.notifyFault;
    case "STOP":
      return scripts.notifyStop;
    case "DELETED":
      return scripts.notifyDeleted === true ? undefined : scripts.notifyDeleted;
    default:
      return unreachable(state);
  }
}
