/**
 * One look at the daemon, from which every face is drawn: the dumps of the signals now, metrics and pages
 * later. Taking it changes nothing and copies no configuration.
 */

import { type Checker, isUp } from "../check/checker/checker.ts";
import type { GlobalDefs } from "../global/config.ts";
import {
  checkersOf,
  type LvsPart,
  type RealServerConfig,
  realServersOf,
  type VirtualServerConfig,
  virtualServersOf,
} from "../lvs/mod.ts";
import { addressOf } from "../kernel/address.ts";
import type { Ip } from "../net/ip.ts";
import type { Micros } from "../net/micros.ts";
import { valueOf } from "../persistent/mod.ts";
import type { TrackFileConfig, TrackProcessConfig, VrrpScriptConfig } from "../track/config.ts";
import type { TrackPart } from "../track/part.ts";
import type { TrackedProcess } from "../track/process.ts";
import type { ScriptStatus } from "../track/script.ts";
import { stateOf, type Tracker } from "../track/tracker.ts";
import { describeFault } from "../notify/mod.ts";
import type {
  StaticAddress,
  SyncGroupConfig,
  VrrpConfig,
  VrrpInstanceConfig,
} from "../vrrp/config.ts";
import {
  effectivePriority,
  type GroupState,
  type Instance,
  type Statistics,
  type VrrpPart,
} from "../vrrp/mod.ts";
import { carriedBy, type KernelFacts, linkNamed } from "../vrrp/kernel_facts.ts";
import { rivalOf } from "../vrrp/fsm/rival.ts";
import { masterDownInterval } from "../vrrp/fsm/timers.ts";
import { multicastGroup } from "../vrrp/router_identity.ts";

/** What the shell knows of time: inside there is only the monotonic clock. */
export interface WallClock {
  /** Monotonic. */
  readonly now: Micros;
  /** µs since 1970-01-01T00:00Z at `now`. */
  readonly wall: number;
  /** Local time minus UTC, s. */
  readonly utcOffset: number;
}

/** How late the core was at what was due, since its start. */
export interface Lateness {
  /** At worst. */
  readonly worst: Micros;
  /** How often it was more than 20 ms. */
  readonly times: number;
  /** How long that was together. */
  readonly total: Micros;
  /** How long the machine slept meanwhile. */
  readonly asleep: Micros;
  /** The latest advert, by order. */
  readonly late: ReadonlyMap<number, Micros>;
}

/** Names of states as operators see them. */
export type StateName = "INIT" | "BACKUP" | "MASTER" | "FAULT";

/** One look. */
export interface Snapshot {
  readonly clock: WallClock;
  readonly global: GlobalDefs;
  /** Absent where the core was not asked. */
  readonly lateness?: Omit<Lateness, "late">;
  readonly instances: readonly InstanceStatus[];
  readonly groups: readonly GroupStatus[];
  readonly scripts: readonly ScriptStatusOf[];
  readonly files: readonly TrackedFileStatus[];
  readonly processes: readonly TrackedProcessStatus[];
  /** `static_*`, and which of the addresses are there. */
  readonly statics: Pick<VrrpConfig, "staticAddresses" | "staticRoutes" | "staticRules"> & {
    readonly isSet: (address: StaticAddress) => boolean;
  };
  readonly virtualServers: readonly VirtualServerStatus[];
}

/** A VRRP instance. Its configuration holds the password: a face names the fields it shows. */
export interface InstanceStatus {
  readonly config: VrrpInstanceConfig;
  readonly group: string | undefined;
  readonly state: StateName;
  readonly wantState: StateName;
  /** Why it is in fault, for a person. */
  readonly faults: readonly string[];
  /** Last transition, µs since 1970. */
  readonly since: number;
  /** Address its adverts come from. */
  readonly source: Ip | undefined;
  /** Group its adverts go to; absent for unicast. */
  readonly multicastGroup: Ip | undefined;
  readonly effectivePriority: number;
  /** Another master beside this one, and since when, µs since 1970. */
  readonly rival?: { readonly peer: string; readonly by: string; readonly since: number };
  /** Where the master it hears sends from. */
  readonly masterRouter: Ip | undefined;
  /** Priority of the master it hears; 0 without one. */
  readonly masterPriority: number;
  /** Interval in force: the master's in v3, else the own one. */
  readonly masterAdvertInterval: Micros;
  readonly masterDownInterval: Micros;
  /** How long after it was due its latest advert left, since the start; absent where the core was not asked, or sent none. */
  readonly latestAdvert?: Micros;
  readonly statistics: Statistics;
}

/** A sync group. */
export interface GroupStatus {
  readonly config: SyncGroupConfig;
  readonly state: StateName;
  readonly inFault: number;
  readonly inInit: number;
}

/** A tracked script. */
export interface ScriptStatusOf {
  readonly config: VrrpScriptConfig;
  readonly status: ScriptStatus;
  readonly running: boolean;
  readonly followers: readonly FollowerOf[];
}

/** An instance that follows a tracker, with the weight that has there. */
export interface FollowerOf {
  readonly instance: string;
  readonly weight: number;
  readonly reverse: boolean;
}

/** A file whose number is followed. */
export interface TrackedFileStatus {
  readonly config: TrackFileConfig;
  readonly value: number;
  readonly followers: readonly FollowerOf[];
}

/** A process whose number is followed. */
export interface TrackedProcessStatus {
  readonly config: TrackProcessConfig;
  /** How many run. */
  readonly count: number;
  /** As it is believed. */
  readonly hasQuorum: boolean;
  /** Which delay has to pass until a change is believed; absent: none. */
  readonly waitsFor?: "fork" | "terminate";
  readonly followers: readonly FollowerOf[];
}

/** A virtual server. */
export interface VirtualServerStatus {
  readonly config: VirtualServerConfig;
  readonly label: string;
  readonly quorate: boolean;
  readonly liveWeight: number;
  readonly servers: readonly RealServerStatus[];
}

/** A real server. */
export interface RealServerStatus {
  readonly config: RealServerConfig;
  readonly label: string;
  readonly alive: boolean;
  /** With what checkers make of it. */
  readonly weight: number;
  readonly checkers: readonly Checker[];
  readonly failedCheckers: number;
}

/** Takes a look. */
export function snapshotOf(
  parts: { readonly vrrp: VrrpPart; readonly lvs: LvsPart; readonly track: TrackPart },
  { lateness, ...about }: {
    readonly clock: WallClock;
    readonly global: GlobalDefs;
    readonly lateness?: Lateness;
  },
): Snapshot {
  const { vrrp, lvs, track } = parts;
  return {
    ...about,
    ...(lateness !== undefined && { lateness }),
    instances: vrrp.instances.map((instance) => {
      const latestAdvert = lateness?.late.get(instance.order);
      const status = instanceStatus(instance, vrrp, about.clock);
      return latestAdvert === undefined ? status : { ...status, latestAdvert };
    }),
    groups: vrrp.config.groups.map((config) => groupStatus(config, vrrp)),
    scripts: track.declared.scripts.flatMap(({ name }) => valueOf(track.scripts, name) ?? [])
      .map(({ config, status, run }) => ({
        config,
        status,
        running: run !== undefined,
        followers: followersOf({ kind: "script", name: config.name }, vrrp),
      })),
    files: track.declared.files.flatMap(({ name }) => valueOf(track.files, name) ?? [])
      .map((config) => fileStatus(config, { track, vrrp })),
    processes: track.declared.processes.flatMap(({ name }) => valueOf(track.processes, name) ?? [])
      .map((process) => processStatus(process, vrrp)),
    statics: { ...vrrp.config, isSet: (address) => isSet(address, vrrp.kernel) },
    virtualServers: virtualServersOf(lvs).map((one) => ({
      config: one.config,
      label: one.label,
      quorate: one.quorate,
      liveWeight: one.liveWeight,
      servers: realServersOf(one).map(({ config, label, alive, weight, checkers: numbers }) => {
        const checkers = checkersOf(lvs, { checkers: numbers });
        const failedCheckers = checkers.filter((checker) => !isUp(checker)).length;
        return { config, label, alive, weight, checkers, failedCheckers };
      }),
    })),
  };
}

/** Whether its interface has it. */
function isSet({ dev, address, prefixLength, peer }: StaticAddress, kernel: KernelFacts): boolean {
  const link = linkNamed(kernel, dev);
  if (link === undefined) return false;
  const key = addressOf({
    ifindex: link.ifindex,
    address,
    prefixLength,
    scope: 0,
    ...(peer && { peer }),
  });
  return valueOf(carriedBy(kernel, link.ifindex).all, key) !== undefined;
}

function instanceStatus(instance: Instance, part: VrrpPart, clock: WallClock): InstanceStatus {
  const { config, state, group, statistics, health, since } = instance;
  const priority = effectivePriority(instance);
  const { version, downTimerAdverts } = config;
  const interval = state.kind === "backup" ? state.activeAdverInterval : config.advertInt;
  const isUnicast = config.unicastPeers.length > 0;
  const rival = rivalOf(instance);
  return {
    config,
    group,
    state: STATE_NAME[state.kind],
    wantState: wantedState(instance),
    faults: state.kind === "fault" ? state.causes.map(describeFault) : [],
    since: clock.wall - (clock.now - since),
    ...(rival && {
      rival: { peer: rival.peer, by: rival.by, since: clock.wall - (clock.now - rival.since) },
    }),
    source: health.source,
    multicastGroup: isUnicast ? undefined : multicastGroup(config, part.config),
    effectivePriority: priority,
    masterRouter: state.kind === "backup" ? state.heard?.source : undefined,
    masterPriority: state.kind === "backup" ? state.heard?.priority ?? 0 : 0,
    masterAdvertInterval: interval,
    masterDownInterval: masterDownInterval({ version, priority, interval, downTimerAdverts }),
    statistics,
  };
}

/** keepalived: `state MASTER` is wanted until something else happens; a member of a group may want more than it can. */
function wantedState({ config, state, group, fresh, seq }: Instance): StateName {
  if (state.kind === "init") return STATE_NAME[config.wantState];
  if (state.kind !== "backup") return STATE_NAME[state.kind];
  const waits = fresh && seq === FIRST_WATCH && group === undefined &&
    config.wantState === "master";
  return state.willing || waits ? "MASTER" : "BACKUP";
}

/** Number of the watch of an instance that only just began. */
const FIRST_WATCH = 1;

function groupStatus(config: SyncGroupConfig, { groups, instances }: VrrpPart): GroupStatus {
  const members = instances.filter(({ config: { name } }) => config.members.includes(name));
  const inState = (kind: GroupState) => members.filter(({ state }) => state.kind === kind).length;
  return {
    config,
    state: STATE_NAME[groups.get(config.name) ?? "init"],
    inFault: inState("fault"),
    inInit: inState("init"),
  };
}

function fileStatus(
  config: TrackFileConfig,
  { track, vrrp }: { readonly track: TrackPart; readonly vrrp: VrrpPart },
): TrackedFileStatus {
  const tracker = { kind: "file", name: config.name } as const;
  const state = stateOf(track.states, tracker);
  const value = typeof state === "number" ? state : 0;
  return { config, value, followers: followersOf(tracker, vrrp) };
}

function processStatus(
  { config, count = 0, status, movesAt, grew = false }: TrackedProcess,
  vrrp: VrrpPart,
): TrackedProcessStatus {
  const waitsFor = grew ? "fork" as const : "terminate" as const;
  return {
    config,
    count,
    hasQuorum: status === "up",
    ...(movesAt !== undefined && { waitsFor }),
    followers: followersOf({ kind: "process", name: config.name }, vrrp),
  };
}

function followersOf({ kind, name }: Tracker, part: VrrpPart): readonly FollowerOf[] {
  return part.instances.flatMap(({ config }) =>
    config.tracks.filter(({ tracker }) => tracker.kind === kind && tracker.name === name)
      .map(({ weight, reverse }) => ({ instance: config.name, weight, reverse }))
  );
}

const STATE_NAME: Readonly<Record<GroupState, StateName>> = {
  init: "INIT",
  backup: "BACKUP",
  master: "MASTER",
  fault: "FAULT",
};
