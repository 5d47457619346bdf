/** A tracked process: whether as many run as should, and when that is believed. */

import type { Micros } from "../net/mod.ts";
import type { TrackProcessConfig } from "./config.ts";

/** What is known of a process. */
export interface TrackedProcess {
  readonly config: TrackProcessConfig;
  /** How many run; absent: not counted yet. */
  readonly count?: number;
  readonly status: "unknown" | "up" | "down";
  /** The other status is believed then, if it still holds. */
  readonly movesAt?: Micros;
  /** With {@linkcode movesAt}: it waits since there were more, not fewer. */
  readonly grew?: boolean;
}

/** A process before it was counted. */
export function newProcess(config: TrackProcessConfig): TrackedProcess {
  return { config, status: "unknown" };
}

/** A process with another configuration: what is known stays, and is judged anew at once. */
export function reloadProcess(
  { count, status }: TrackedProcess,
  config: TrackProcessConfig,
): TrackedProcess {
  return count === undefined
    ? newProcess(config)
    : { config, count, status: status === "unknown" ? status : statusOf(config, count) };
}

/** So many run now. The first count is believed at once; then more wait `fork_delay`, and fewer `terminate_delay`. */
export function onCount(self: TrackedProcess, count: number, now: Micros): TrackedProcess {
  const { config, status, count: before = 0, movesAt, grew = count > before } = self;
  const next = statusOf(config, count);
  if (status === "unknown" || next === status) return { config, count, status: next };
  const delay = count > before ? config.forkDelay : config.terminateDelay;
  if (delay === 0) return { config, count, status: next };
  return { config, count, status, movesAt: movesAt ?? now + delay, grew };
}

/** The delay is over. */
export function onDelayOver({ config, count = 0 }: TrackedProcess): TrackedProcess {
  return { config, count, status: statusOf(config, count) };
}

function statusOf({ quorum, quorumMax }: TrackProcessConfig, count: number): "up" | "down" {
  return count >= quorum && (quorumMax === undefined || count <= quorumMax) ? "up" : "down";
}
