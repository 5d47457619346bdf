/** A tracked script: when it runs, and what its results make of it. */

import type { Micros } from "../net/mod.ts";
import type { VrrpScriptConfig } from "./config.ts";

/** What is known of a script. `unknown` until its first result. */
export type ScriptStatus = "unknown" | "up" | "down";

/** One script as data. */
export interface TrackedScript {
  readonly config: VrrpScriptConfig;
  readonly status: ScriptStatus;
  /** Results in a row that contradict the status. */
  readonly against: number;
  readonly running: boolean;
  /** Next start. */
  readonly dueAt: Micros;
}

/** A script that starts with the daemon, or with the reload that brought it. */
export function newScript(config: VrrpScriptConfig, now: Micros): TrackedScript {
  const status = config.initFail ? "down" : "unknown";
  return { config, status, against: 0, running: false, dueAt: now };
}

/** A script after a reload: its results survive. */
export function reloadScript(
  self: TrackedScript,
  config: VrrpScriptConfig,
  now: Micros,
): TrackedScript {
  return { ...self, config, dueAt: Math.min(self.dueAt, now + config.interval) };
}

/** Starts a script that is due. One still running has its turn skipped, never doubled. */
export function startScript(
  self: TrackedScript,
  now: Micros,
): readonly [TrackedScript, "run" | "wait"] {
  if (now < self.dueAt) return [self, "wait"];
  const dueAt = now + self.config.interval;
  if (self.running) return [{ ...self, dueAt }, "wait"];
  return [{ ...self, dueAt, running: true }, "run"];
}

/**
 * Counts one result. The first decides alone (keepalived: one success is enough); afterwards it
 * takes `rise` successes or `fall` failures in a row.
 */
export function onScriptResult(self: TrackedScript, ok: boolean): TrackedScript {
  const said = ok ? "up" : "down";
  const done = { ...self, running: false };
  if (self.status === "unknown") return { ...done, status: said, against: 0 };
  if (self.status === said) return { ...done, against: 0 };
  const against = self.against + 1;
  const needed = ok ? self.config.rise : self.config.fall;
  return against >= needed ? { ...done, status: said, against: 0 } : { ...done, against };
}
