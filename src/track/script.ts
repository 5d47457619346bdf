/** A tracked script: when it runs, and what its results make of it. */

import { type Micros, SECOND } from "../net/mod.ts";
import type { VrrpScriptConfig } from "./config.ts";

/** What is known of a script. `unknown` until its first result. */
export type ScriptStatus = "unknown" | "up" | "down";

/** First pause after a run that could not begin, unless the interval is shorter. */
const FIRST_WAIT: Micros = SECOND;

/** Longest pause after a run that could not begin, unless the interval is longer. */
const LAST_WAIT: Micros = 10 * SECOND;

/** One script as data. */
export interface TrackedScript {
  readonly config: VrrpScriptConfig;
  readonly status: ScriptStatus;
  /** Results in a row that contradict the status. */
  readonly against: number;
  /** Number of the run under way: what another one found, of an earlier configuration for example, is not its result. */
  readonly run?: number;
  /** Next start. */
  readonly dueAt: Micros;
  /** Runs in a row that could not begin for want of this host. */
  readonly notBegun: number;
}

/** A script that starts with the daemon, or with the reload that brought it. */
export function newScript(config: VrrpScriptConfig, now: Micros): TrackedScript {
  const status = config.initFail ? "down" : "unknown";
  return { config, status, against: 0, dueAt: now, notBegun: 0 };
}

/**
 * A script after a reload: its status survives. So does the run under way while the command is the same; that of another
 * command is no longer waited for, and the new one runs at once.
 */
export function reloadScript(
  self: TrackedScript,
  config: VrrpScriptConfig,
  { sameCommand, now }: { readonly sameCommand: boolean; readonly now: Micros },
): TrackedScript {
  if (!sameCommand) return { ...withoutRun(self), config, dueAt: now };
  return { ...self, config, dueAt: Math.min(self.dueAt, now + config.interval) };
}

/** Starts a script that is due as run number `run`. One still running has its turn skipped, never doubled. */
export function startScript(
  self: TrackedScript,
  run: number,
  now: Micros,
): readonly [TrackedScript, "run" | "wait"] {
  if (now < self.dueAt) return [self, "wait"];
  const dueAt = now + self.config.interval;
  if (self.run !== undefined) return [{ ...self, dueAt }, "wait"];
  return [{ ...self, dueAt, run }, "run"];
}

/**
 * Counts the result of the run under way. The first decides alone (keepalived: one success is enough); afterwards it
 * takes `rise` successes or `fall` failures in a row. With `alive` the run is still being ended, and the next one waits.
 */
export function onScriptResult(self: TrackedScript, ok: boolean, alive = false): TrackedScript {
  const said = ok ? "up" : "down";
  const done = { ...alive ? self : withoutRun(self), notBegun: 0 };
  if (self.status === "unknown") return { ...done, status: said, against: 0 };
  if (self.status === said) return { ...done, against: 0 };
  const against = self.against + 1;
  const needed = ok ? self.config.rise : self.config.fall;
  return against >= needed ? { ...done, status: said, against: 0 } : { ...done, against };
}

/** The run under way has ended; its result was counted before. */
export function onScriptGone(self: TrackedScript): TrackedScript {
  return withoutRun(self);
}

/**
 * The run could not begin because this host lacked something (descriptors, processes, memory): that says nothing about what
 * the script looks at. It is tried again, later each time.
 */
export function onScriptNotBegun(self: TrackedScript, now: Micros): TrackedScript {
  const { interval } = self.config;
  const first = Math.min(interval, FIRST_WAIT);
  const wait = Math.min(first * 2 ** self.notBegun, Math.max(interval, LAST_WAIT));
  return { ...withoutRun(self), dueAt: now + wait, notBegun: self.notBegun + 1 };
}

function withoutRun(self: TrackedScript): TrackedScript {
  const { run: _run, ...rest } = self;
  return rest;
}
