/**
 * How the threads of the process are to be run. keepalived has a process for each part and sets the process; here the threads that do
 * the work of the part are set: of VRRP those that send and hear adverts and change addresses, of the checkers that which probes.
 * The loop decides for both, and is run as VRRP is, or as the checkers are where no virtual router runs. Threads that start
 * scripts and write logs are left alone, so scripts begin as ordinary processes (keepalived).
 */

import type { ThreadRole, ThreadSetting as AnySetting } from "../core/protocol.ts";
import type { PartSchedule, ProcessConfig } from "./config.ts";
import type { Micros } from "../net/micros.ts";

/** One setting; without a value: as it began. Core dumps are for the whole process (`daemon/process/core_dumps.ts`). */
export type ThreadSetting = Exclude<AnySetting, { readonly setting: "core-dumps" }>;

/** A setting, and the keyword that asks for it, for whoever says that it cannot be. */
export interface WantedSetting {
  readonly keyword: string;
  readonly setting: ThreadSetting;
}

/** Which parts have something to do. */
export interface RunningParts {
  readonly vrrp: boolean;
  readonly check: boolean;
}

/** µs that a part may run at real time without a blocking call, when nothing else is written (keepalived). */
const REAL_TIME_LIMIT: Micros = 10_000;

/** Everything that is wanted of the threads; `raised` is the priority that lateness has led to. */
export function wantedSettings(
  config: ProcessConfig,
  runs: RunningParts,
  raised?: number,
): readonly WantedSetting[] {
  const { names, vrrp, checker } = config;
  const leads = runs.vrrp || !runs.check ? vrrp : checker;
  const parts = [
    ["vrrp", raisedTo(vrrp, raised), "vrrp"],
    ["checker", checker, "checker"],
    ["loop", raisedTo(leads, raised), leads === vrrp ? "vrrp" : "checker"],
  ] as const;
  const limits = parts.flatMap(([, { realTime, realTimeLimit }]) =>
    realTime === undefined ? [] : [realTimeLimit ?? REAL_TIME_LIMIT]
  );
  const swaps = [vrrp, checker].some(({ noSwap }) => noSwap === true);
  return [
    ...nameOf("process_name", "loop", names.process),
    ...nameOf("vrrp_process_name", "vrrp", names.vrrp),
    ...nameOf("checker_process_name", "checker", names.checker),
    ...limits.length === 0 ? [] : [
      {
        keyword: "rlimit_rttime",
        setting: { setting: "real-time-limit", limit: Math.min(...limits) },
      } as const,
    ],
    ...parts.flatMap(([role, schedule, part]) => scheduleOf(role, schedule, part)),
    ...processorsOf("helper", leads, leads === vrrp ? "vrrp" : "checker"),
    ...swaps
      ? [
        {
          keyword: vrrp.noSwap === true ? "vrrp_no_swap" : "checker_no_swap",
          setting: { setting: "lock-memory", on: true },
        } as const,
      ]
      : [],
  ];
}

function raisedTo(schedule: PartSchedule, raised: number | undefined): PartSchedule {
  return raised === undefined ? schedule : { ...schedule, realTime: raised };
}

function nameOf(
  keyword: string,
  role: ThreadRole,
  name: string | undefined,
): readonly WantedSetting[] {
  return name === undefined ? [] : [{ keyword, setting: { setting: "name", role, name } }];
}

function scheduleOf(
  role: ThreadRole,
  schedule: PartSchedule,
  part: string,
): readonly WantedSetting[] {
  const { nice, realTime } = schedule;
  return [
    ...nice === undefined
      ? []
      : [{ keyword: `${part}_priority`, setting: { setting: "nice", role, nice } } as const],
    ...realTime === undefined ? [] : [
      {
        keyword: `${part}_rt_priority`,
        setting: { setting: "real-time", role, priority: realTime },
      } as const,
    ],
    ...processorsOf(role, schedule, part),
  ];
}

function processorsOf(
  role: ThreadRole,
  { processors }: PartSchedule,
  part: string,
): readonly WantedSetting[] {
  if (processors === undefined) return [];
  const setting = { setting: "processors", role, numbers: processors } as const;
  return [{ keyword: `${part}_cpu_affinity`, setting }];
}

/** What is to be done to go from one want to the next: what is not wanted any more is undone first. */
export function settingChanges(
  before: readonly WantedSetting[],
  after: readonly WantedSetting[],
): readonly WantedSetting[] {
  const kept = new Set(after.map(({ setting }) => placeOf(setting)));
  const old = new Set(before.map(({ setting }) => JSON.stringify(setting)));
  return [
    ...before.filter(({ setting }) => !kept.has(placeOf(setting)))
      .map(({ keyword, setting }) => ({ keyword, setting: undone(setting) })),
    ...after.filter(({ setting }) => !old.has(JSON.stringify(setting))),
  ];
}

function placeOf(setting: ThreadSetting): string {
  return "role" in setting ? `${setting.setting} ${setting.role}` : setting.setting;
}

function undone(setting: ThreadSetting): ThreadSetting {
  switch (setting.setting) {
    case "name":
    case "nice":
    case "real-time":
    case "processors":
      return { setting: setting.setting, role: setting.role };
    case "real-time-limit":
      return { setting: setting.setting };
    case "lock-memory":
      return { setting: setting.setting, on: false };
  }
}

/** The priority of real time after a deadline was looked at so late; `undefined`: it stays. */
export function raisedPriority(
  config: ProcessConfig,
  { late, raised }: { readonly late: Micros; readonly raised: number | undefined },
): number | undefined {
  const { maxAutoPriority: most, minAutoPriorityDelay, vrrp } = config;
  if (most === undefined || late < minAutoPriorityDelay) return undefined;
  const now = raised ?? vrrp.realTime ?? 0;
  return now < most ? now + 1 : undefined;
}
