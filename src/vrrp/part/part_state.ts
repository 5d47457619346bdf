/** The VRRP part as data: every instance, group and tracker, and what is known of the kernel. */

import type { Address } from "../../kernel/address.ts";
import type { Ip, Micros } from "../../net/mod.ts";
import type { Deadlines } from "../../net/deadlines.ts";
import type { TrackerStates } from "../../track/tracker.ts";
import type { VrrpConfig } from "../config.ts";
import type { Sorted } from "../../persistent/mod.ts";
import type { Directory } from "./directory.ts";
import type { KernelFacts } from "../kernel_facts.ts";
import type { Instance } from "../fsm/state.ts";
import type { Counter } from "../fsm/statistics.ts";
import type { Channel } from "../wire.ts";

/** State of a sync group: that of its members when they agree. */
export type GroupState = "init" | "backup" | "master" | "fault";

/** A socket that was asked for. */
export interface Listening {
  readonly ifname: string;
  /** In ascending order, and so the groups. */
  readonly channels: readonly Channel[];
  readonly groups: readonly Ip[];
  /** Bytes; absent: the kernel's default. */
  readonly receiveBuffer?: number;
}

/** A socket that could not be opened. */
export interface SocketFailure {
  /** For a person. */
  readonly reason: string;
  readonly retryAt: Micros;
  /** Pause before the try after that. */
  readonly nextWait: Micros;
}

/** Last counts reported by the core for the orders of one instance. */
export interface CoreCounts {
  readonly transmissions: number;
  /** Adverts that equalled the one expected. */
  readonly watched: number;
  /** What else was counted. */
  readonly counters: Partial<Readonly<Record<Counter, number>>>;
}

/** Links that are about to come. */
export interface Awaited {
  /** By name. */
  readonly links: ReadonlySet<string>;
  /** When those that have not come are missing. */
  readonly until: Micros;
}

/** Addresses of an interface that somebody else is taking, until they have come to rest. */
export interface Resting {
  readonly at: Micros;
  /** Those that should be there, by their key: not wanted until then. */
  readonly taken: ReadonlyMap<string, Address>;
  /** Those that instances send from. */
  readonly sources: ReadonlySet<Ip>;
  /** These instances, with the rest of their groups, by position. */
  readonly concerned: ReadonlySet<number>;
}

/** The VRRP part. */
export interface VrrpPart {
  readonly config: VrrpConfig;
  /** `waiting` until the kernel is known, `stopped` after `shutdown`. */
  readonly phase: "waiting" | "running" | "stopped";
  /** Links of their own that instances were given and that are not there yet. */
  readonly awaited?: Awaited;
  /** End of `vrrp_startup_delay`; absent once it is over. */
  readonly takesPartAt: Micros | undefined;
  /** In configuration order. */
  readonly instances: readonly Instance[];
  /** By name. */
  readonly groups: ReadonlyMap<string, GroupState>;
  /** What is known of everything that is followed, as it was told. */
  readonly trackers: TrackerStates;
  /** Of instances. */
  readonly deadlines: Deadlines<number>;
  readonly kernel: KernelFacts;
  readonly directory: Directory;
  /** Position of an instance by the number of its orders. */
  readonly byOrder: ReadonlyMap<number, number>;
  readonly nextOrder: number;
  /** By interface index. */
  readonly listening: Sorted<number, Listening>;
  /** By interface index. */
  readonly socketFailures: ReadonlyMap<number, SocketFailure>;
  /** Where addresses are being taken, by interface index. */
  readonly resting: ReadonlyMap<number, Resting>;
  /** Things of the kernel that cannot be put back, by key: why. */
  readonly lost: ReadonlyMap<string, string>;
  /** By order. */
  readonly coreCounts: ReadonlyMap<number, CoreCounts>;
}

/** What instances may still send from although it is gone at the moment. */
export function restingSources({ resting }: Pick<VrrpPart, "resting">): ReadonlySet<Ip> {
  return resting.size === 0
    ? NO_SOURCES
    : new Set([...resting.values()].flatMap(({ sources }) => [...sources]));
}

const NO_SOURCES: ReadonlySet<Ip> = new Set();
