/** One instance as data: what it is configured to be, what it knows and the state it is in. */

import type { Ip, Micros } from "../../net/mod.ts";
import type { Cause, FaultCause, TrackerWeight } from "../../notify/mod.ts";
import type { VrrpInstanceConfig } from "../config.ts";
import type { Cover } from "../wire.ts";
import { NO_STATISTICS, type Statistics } from "./statistics.ts";

/** An accepted advert, with all the core needs to know its equals. */
export interface Heard {
  readonly source: Ip;
  readonly destination: Ip;
  readonly ttl: number;
  /** The PDU as received, without what seals it. */
  readonly bytes: Uint8Array;
  /** 1 to 255: an advert of priority 0 is never kept. */
  readonly priority: number;
  readonly interval: Micros;
  /** It is counted as one with other addresses, and so are its equals. */
  readonly foreign: boolean;
}

/**
 * State of one instance (RFC 9568 §6.4, which says Active for `master`; `fault` is keepalived's).
 * Active_Down_Timer and Adver_Timer are not here: the core runs them as standing orders.
 */
export type VrrpState =
  /** Waits for the start, the start-up delay or the first results of its scripts. */
  | { readonly kind: "init" }
  | BackupState
  | MasterState
  | { readonly kind: "fault"; readonly causes: readonly FaultCause[] };

export interface BackupState {
  readonly kind: "backup";
  /** Number of the watch in force; an expiry of any other is stale. */
  readonly seq: number;
  /** Active_Adver_Interval (RFC 9568 §6.1): learned in v3, the own one otherwise. */
  readonly activeAdverInterval: Micros;
  /** Last accepted advert. */
  readonly heard: Heard | undefined;
  /** Not RFC: end of `preempt_delay`, begun by the first weaker advert. */
  readonly preemptAt: Micros | undefined;
  /** Sync group: the timer expired, mastership waits for the other members. */
  readonly willing: boolean;
  /** `hook_pre_master` runs, or has ended: mastership waits for that. */
  readonly hook?: HookRun;
  /** What mastership will be explained with, as far as it differs from silence. */
  readonly hint: Cause | undefined;
}

export interface MasterState {
  readonly kind: "master";
  /** Second burst of gratuitous ARP. */
  readonly burst: { readonly at: Micros; readonly repeat: number } | undefined;
  /** Next periodic announcement. */
  readonly refreshAt: Micros | undefined;
  /** Next announcement on the interfaces of `garp_extra_if`; absent: none. */
  readonly extraAt?: Micros;
  /**
   * It follows a master that was heard just now, and that may answer for the addresses as long as it hands over:
   * what is announced until then is no other master. Absent: nobody was heard.
   */
  readonly handoverUntil?: Micros;
  /** Adverts of another owner answered so far. */
  readonly conflicts: number;
  /** Another master, or what may become one. */
  readonly rival?: Rival;
  /** `hook_pre_backup` runs: then it gives way, for this reason. */
  readonly leaving?: HookRun & { readonly cause: Cause; readonly heard?: Heard };
}

/** A command that is waited for. */
export interface HookRun {
  /** Its number; the end of any other is stale. */
  readonly run: number;
  /** Nobody waits any longer then; absent: it has ended. */
  readonly until?: Micros;
}

/** Another master. */
export interface Rival {
  /** Who was met first: the address it adverts from, or the hardware address it announces ours with. */
  readonly peer: string;
  readonly by: "adverts" | "announcements";
  readonly since: Micros;
  /** It is gone when nothing is heard of it until then. */
  readonly until: Micros;
  /** It went on for long enough to be one. */
  readonly told: boolean;
}

/** What the world around an instance allows it. Computed by `health.ts`, never by the machine. */
export interface Health {
  /** Scripts have spoken and the start-up delay is over: may leave `init`. */
  readonly ready: boolean;
  /** Why it must be in `fault`; empty: it need not. */
  readonly causes: readonly FaultCause[];
  /** Effective priority: 255 for an owner, else 1 to 254. */
  readonly priority: number;
  /** What trackers add to it, without those that add nothing. */
  readonly weights: readonly TrackerWeight[];
  /** Index of the interface adverts go through; absent while there is none. */
  readonly ifindex: number | undefined;
  /** Address adverts come from; absent while there is none. */
  readonly source: Ip | undefined;
}

/** One instance. */
export interface Instance {
  readonly config: VrrpInstanceConfig;
  /** Number of its standing orders in the core. */
  readonly order: number;
  /** Name of its sync group. */
  readonly group: string | undefined;
  /** keepalived: `state MASTER` in a group that begins as backup waits one interval only. */
  readonly headStart: boolean;
  readonly health: Health;
  readonly state: VrrpState;
  /** It has neither been master nor heard one yet: what it is says nothing of its group. */
  readonly fresh: boolean;
  /** Not RFC: an owner that met another one calls itself 254 until it is master anew. */
  readonly yielded: boolean;
  /** Last number given to a watch. */
  readonly seq: number;
  /** Number of the command that was waited for last. */
  readonly lastHook: number;
  /** Kinds of messages said since the last change of state: each once. */
  readonly said: ReadonlySet<string>;
  readonly statistics: Statistics;
  /** VRRPv3 by unicast: forms of the checksum of peers whose form is not ours; it stays what it was seen to be. */
  readonly forms: ReadonlyMap<Ip, Cover>;
  /** When the state was entered. */
  readonly since: Micros;
}

/** An instance before `start`. */
export function newInstance(
  config: VrrpInstanceConfig,
  options: Pick<Instance, "order" | "group" | "headStart" | "since">,
): Instance {
  return {
    config,
    ...options,
    health: { ...UNKNOWN_HEALTH, priority: config.priority },
    state: { kind: "init" },
    fresh: true,
    yielded: false,
    seq: 0,
    lastHook: 0,
    said: new Set(),
    statistics: NO_STATISTICS,
    forms: new Map(),
  };
}

/** Priority in its adverts and its timers. */
export function effectivePriority(self: Instance): number {
  return self.yielded ? 254 : self.health.priority;
}

const UNKNOWN_HEALTH: Omit<Health, "priority"> = {
  ready: false,
  causes: [],
  weights: [],
  ifindex: undefined,
  source: undefined,
};
