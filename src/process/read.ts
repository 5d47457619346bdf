/** From the rows that are about the process to their values. */

import type { AwaitedScript, PartSchedule, ProcessConfig } from "./config.ts";
import type { BoundGlobal } from "../global/read.ts";
import { scriptCommand } from "../global/read.ts";
import { GLOBAL_DEFS } from "../global/keywords.ts";
import {
  type Bound,
  fieldsOf,
  lastValue,
  type ScriptWords,
  type Use,
  valueIn,
} from "../language/mod.ts";
import type { Micros } from "../net/micros.ts";
import { PROCESS_ROWS } from "./keywords.ts";

/** Values of the top level and of `global_defs`. */
export function readProcess(
  root: Bound<typeof PROCESS_ROWS>,
  global: BoundGlobal,
): ProcessConfig {
  const auto = valueIn(GLOBAL_DEFS, global, "max_auto_priority");
  return {
    names: namesOf(global),
    vrrp: partOf({
      nice: global.vrrp_priority,
      realTime: global.vrrp_rt_priority,
      limit: global.vrrp_rlimit_rttime,
      processors: global.vrrp_cpu_affinity,
      noSwap: global.vrrp_no_swap,
    }),
    checker: partOf({
      nice: global.checker_priority,
      realTime: global.checker_rt_priority,
      limit: global.checker_rlimit_rttime,
      processors: global.checker_cpu_affinity,
      noSwap: global.checker_no_swap,
    }),
    ...(auto > 0 && { maxAutoPriority: auto }),
    minAutoPriorityDelay: valueIn(GLOBAL_DEFS, global, "min_auto_priority_delay"),
    ...fieldsOf(PROCESS_ROWS, root),
    ...filesOf(global),
    jsonVersion: lastValue(global.json_version) === 2 ? 2 : 1,
    ...scriptsOf(global),
  };
}

/** keepalived: a child without a name of its own has the parent's, or with process_names one by its part. */
function namesOf(global: BoundGlobal): ProcessConfig["names"] {
  const process = lastValue(global.process_name);
  const each = lastValue(global.process_names) === true;
  const vrrp = lastValue(global.vrrp_process_name) ?? (each ? "keepalived_vrrp" : process);
  const checker = lastValue(global.checker_process_name) ?? (each ? "keepalived_lvs" : process);
  return {
    ...(process !== undefined && { process }),
    ...(vrrp !== undefined && { vrrp }),
    ...(checker !== undefined && { checker }),
  };
}

/** Rows of one part. */
interface PartRows {
  readonly nice: readonly Use<number>[] | undefined;
  readonly realTime: readonly Use<number>[] | undefined;
  readonly limit: readonly Use<number>[] | undefined;
  readonly processors: readonly Use<readonly number[]>[] | undefined;
  readonly noSwap: readonly Use<true>[] | undefined;
}

function partOf({ nice, realTime, limit, processors, noSwap }: PartRows): PartSchedule {
  const [niceness, priority, micros] = [lastValue(nice), lastValue(realTime), lastValue(limit)];
  const numbers = lastValue(processors) ?? [];
  return {
    ...(niceness !== undefined && { nice: niceness }),
    ...(priority !== undefined && { realTime: priority }),
    ...(micros !== undefined && { realTimeLimit: micros }),
    ...(numbers.length > 0 && { processors: numbers }),
    ...(lastValue(noSwap) === true && { noSwap: true as const }),
  };
}

function filesOf(
  global: BoundGlobal,
): Pick<
  ProcessConfig,
  | "configSaveDir"
  | "reloadCheckConfig"
  | "reloadGuard"
  | "reloadFile"
  | "reloadTime"
  | "dataUseInstance"
  | "dumps"
> {
  const save = lastValue(global.config_save_dir);
  const check = lastValue(global.reload_check_config);
  const marker = lastValue(global.reload_file);
  const time = lastValue(global.reload_time_file);
  const [state, stats, json] = [
    lastValue(global.state_dump_file),
    lastValue(global.stats_dump_file),
    lastValue(global.json_dump_file),
  ];
  return {
    ...(save !== undefined && { configSaveDir: save }),
    ...(check !== undefined && { reloadCheckConfig: check === "" ? true : check }),
    ...(lastValue(global.reload_guard) === true && { reloadGuard: true as const }),
    ...(marker !== undefined && { reloadFile: marker === "" ? true : marker }),
    ...(time !== undefined &&
      { reloadTime: { file: time, repeat: lastValue(global.reload_repeat) === true } }),
    dataUseInstance: valueIn(GLOBAL_DEFS, global, "data_use_instance"),
    dumps: {
      ...(state !== undefined && { state }),
      ...(stats !== undefined && { stats }),
      ...(json !== undefined && { json }),
    },
  };
}

function scriptsOf(
  global: BoundGlobal,
): Pick<ProcessConfig, "startupScript" | "shutdownScript"> {
  const startup = awaited(
    global.startup_script,
    valueIn(GLOBAL_DEFS, global, "startup_script_timeout"),
  );
  const shutdown = awaited(
    global.shutdown_script,
    valueIn(GLOBAL_DEFS, global, "shutdown_script_timeout"),
  );
  return {
    ...(startup && { startupScript: startup }),
    ...(shutdown && { shutdownScript: shutdown }),
  };
}

function awaited(
  script: readonly Use<ScriptWords>[] | undefined,
  timeout: Micros,
): AwaitedScript | undefined {
  const words = lastValue(script);
  if (words === undefined) return undefined;
  return { command: scriptCommand(words), timeout };
}
