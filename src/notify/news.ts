/**
 * What happened, as data. It is said once, by the part in which it happened; everything an operator or a program is told is a
 * face of it: log lines, notify scripts, FIFO lines, the journal.
 */

import type { ScriptCommand } from "../global/config.ts";
import type { Ip } from "../net/ip.ts";
import type { Micros } from "../net/micros.ts";
import type { Cause, TrackerName } from "./cause.ts";
import type { Remark } from "./remark.ts";
import type { LvsNews } from "./server_news.ts";

/** Commands run when a state is entered. */
export interface NotifyScripts {
  readonly notifyMaster?: ScriptCommand;
  readonly notifyBackup?: ScriptCommand;
  readonly notifyFault?: ScriptCommand;
  readonly notifyStop?: ScriptCommand;
  readonly notifyDeleted?: ScriptCommand | true;
  /** Run after the others, with four more arguments. */
  readonly notify?: ScriptCommand;
  /** Run when a master hears an advert of lower priority. */
  readonly notifyMasterRxLowerPri?: ScriptCommand;
  /** Run when there is another master, and when that is over, with four more arguments. */
  readonly notifySplitBrain?: ScriptCommand;
  /** Ours: run first when it is master and its addresses are there; the others wait for its end. */
  readonly postMaster?: ScriptCommand;
  /** Ours: each command waits for the end of the one before, and is ended after this time. */
  readonly ordered?: Micros;
  /** `smtp_alert`: mails are sent as well. */
  readonly smtpAlert?: true;
  /** `notify_priority_changes`: FIFOs are told of priorities as well. */
  readonly notifyPriorityChanges?: true;
}

/** State of an instance (RFC 9568 §6.4, which says Active for `master`), or of a sync group: that of its members. */
export type StateKind = "init" | "backup" | "master" | "fault";

/** An instance entered a state, or is no more. */
export interface InstanceNews {
  readonly kind: "instance";
  readonly name: string;
  readonly from: StateKind;
  /** `stop`: the program ends; `deleted`: a reload removed it. */
  readonly to: Exclude<StateKind, "init"> | "stop" | "deleted";
  /** Effective one in the new state, 1 to 255. */
  readonly priority: number;
  readonly cause: Cause;
  /** Who is told, as configured where it happened. */
  readonly scripts: NotifyScripts;
}

/** A sync group entered a state, or the program ends. */
export interface GroupNews {
  readonly kind: "group";
  readonly name: string;
  readonly from: StateKind;
  readonly to: StateKind | "stop";
  readonly cause: Cause;
  readonly scripts: NotifyScripts;
}

/** The effective priority of an instance changed without a change of its state. */
export interface PriorityNews {
  readonly kind: "priority";
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly cause: Cause;
  /** The state it stays in. */
  readonly state: StateKind;
  readonly scripts: NotifyScripts;
}

/** A master heard an advert of lower priority. */
export interface LowerPriorityNews {
  readonly kind: "lower-priority";
  readonly name: string;
  /** Own effective one, 1 to 255. */
  readonly priority: number;
  readonly scripts: NotifyScripts;
}

/** Something about an instance is remarkable. */
export interface RemarkNews {
  readonly kind: "remark";
  readonly name: string;
  readonly remark: Remark;
}

/** Split brain: there is another master beside this one, or no more. */
export interface SplitBrainNews {
  readonly kind: "split-brain";
  readonly name: string;
  /** The address it adverts from, or the hardware address it announces ours with. */
  readonly peer: string;
  readonly by: "adverts" | "announcements";
  /** It is over: this node is master no more, or nothing is heard of the other. */
  readonly over?: { readonly during: Micros; readonly how: "left" | "unheard" };
  readonly scripts: NotifyScripts;
}

/** Somebody adverts for a virtual router nobody is here (`log_unknown_vrids`). */
export interface StrangerNews {
  readonly kind: "stranger";
  readonly ifname: string;
  readonly source: Ip;
  readonly vrid: number;
}

/** A tracker is otherwise than before, as far as somebody follows it. */
export interface TrackerNews {
  readonly kind: "tracker";
  readonly tracker: TrackerName;
  /** In the words people search for, for the log; absent: whoever follows it says so. */
  readonly line?: string;
}

/** This host cannot run a tracked script for the time being. */
export interface ScriptNotBegunNews {
  readonly kind: "script-not-begun";
  readonly name: string;
  /** For a person: `too many open files`. */
  readonly why: string;
}

/** What happens to trackers. */
export type TrackNews = TrackerNews | ScriptNotBegunNews;

/** What happens to virtual routers. */
export type VrrpNews =
  | InstanceNews
  | GroupNews
  | PriorityNews
  | LowerPriorityNews
  | SplitBrainNews
  | RemarkNews
  | StrangerNews;

/** Everything that can happen. */
export type News = VrrpNews | TrackNews | LvsNews;

/**
 * Of these only people hear, by the log. A kind that stands here needs no word in any other face; of one that does not, each says what
 * it tells.
 */
const LOGGED = {
  "remark": true,
  "stranger": true,
  "tracker": true,
  "script-not-begun": true,
  "weight": true,
  "checker": true,
  "checker-begun": true,
  "checker-suspended": true,
  "real-server-closes": true,
  "real-server-leaves": true,
  "local-address": true,
  "virtual-server-removed": true,
} as const satisfies { readonly [K in News["kind"]]?: true };

/** What programs may be told of as well. */
export type ToldNews = Exclude<News, { readonly kind: keyof typeof LOGGED }>;

/** Whether it is told of servers, in the lane of LVS, when the table of IPVS is as it says. */
export function isOfServers({ kind }: News): boolean {
  return kind === "real-server" || kind === "virtual-server" || kind === "checker-turned";
}

/** Whether others than the log have something to say of it. */
export function isTold(news: News): news is ToldNews {
  return !Object.hasOwn(LOGGED, news.kind);
}
