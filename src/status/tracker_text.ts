/** Tracked files and processes as keepalived's dumps and JSON show them. */

import { SECOND } from "../net/micros.ts";
import type { FollowerOf, TrackedFileStatus, TrackedProcessStatus } from "./snapshot.ts";

/** Their sections of `keepalived.data`; none for a kind of which there is nothing. */
export function trackerLines(
  files: readonly TrackedFileStatus[],
  processes: readonly TrackedProcessStatus[],
): readonly string[] {
  return [
    ...(files.length === 0 ? [] : ["------< VRRP Track files >------"]),
    ...files.flatMap(fileLines),
    ...(processes.length === 0 ? [] : ["------< VRRP Track processes >------"]),
    ...processes.flatMap(processLines),
  ];
}

function fileLines({ config, value, followers }: TrackedFileStatus): readonly string[] {
  return [
    ` Track file = ${config.name}`,
    `   File = ${config.path}`,
    `   Status = ${value}`,
    `   Weight = ${weightText(config)}`,
    ...followerLines(followers),
  ];
}

function processLines(status: TrackedProcessStatus): readonly string[] {
  const { config, count, hasQuorum, waitsFor, followers } = status;
  const timer = (kind: "fork" | "terminate") => waitsFor === kind ? "running" : "not running";
  return [
    ` VRRP Track process = ${config.name}`,
    `   Process = ${config.command}`,
    ...(config.arguments === undefined ? [] : [
      `   Parameters = ${config.arguments.join(" ")}`,
      ...(config.argumentsMatch === "exact" ? [] : [`   Param match = ${config.argumentsMatch}`]),
    ]),
    `   Min processes = ${config.quorum}`,
    ...(config.quorumMax === undefined ? [] : [`   Max processes = ${config.quorumMax}`]),
    `   Current processes = ${count}`,
    `   Have quorum = ${hasQuorum}`,
    `   Weight = ${weightText(config)}`,
    `   Terminate delay = ${(config.terminateDelay / SECOND).toFixed(6)}s`,
    `   Fork delay = ${(config.forkDelay / SECOND).toFixed(6)}s`,
    `   Fork delay timer ${timer("fork")}`,
    `   Terminate delay timer ${timer("terminate")}`,
    `   Full command = ${isWhole(status)}`,
    ...followerLines(followers),
  ];
}

/** `track_process` of the JSON of version 2. keepalived 2.4: a reversed weight is negative. */
export function processJson(status: TrackedProcessStatus): Readonly<Record<string, unknown>> {
  const { config, count, hasQuorum, waitsFor } = status;
  return {
    process: config.name,
    ...(config.arguments !== undefined && { parameters: config.arguments.join(" ") }),
    param_match: config.arguments === undefined ? "none" : config.argumentsMatch,
    min_processes: config.quorum,
    ...(config.quorumMax !== undefined && { max_processes: config.quorumMax }),
    current_processes: count,
    have_quorum: hasQuorum,
    weight: config.reverse ? -config.weight : config.weight,
    terminate_delay: config.terminateDelay / SECOND,
    fork_delay: config.forkDelay / SECOND,
    fork_delay_timer_running: waitsFor === "fork",
    terminate_delay_timer_running: waitsFor === "terminate",
    full_command: isWhole(status),
  };
}

/** Whether it is looked for by its command line. */
function isWhole({ config }: TrackedProcessStatus): boolean {
  return config.fullCommand || config.arguments !== undefined;
}

function followerLines(followers: readonly FollowerOf[]): readonly string[] {
  if (followers.length === 0) return [];
  const lines = followers.map((one) => `     ${one.instance}, weight ${weightText(one)}`);
  return ["   Tracking instances :", ...lines];
}

/** `3 reverse`. */
export function weightText(
  { weight, reverse }: { readonly weight: number; readonly reverse: boolean },
): string {
  return `${weight}${reverse ? " reverse" : ""}`;
}
