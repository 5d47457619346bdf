/** Tracked scripts of the part: starting those that are due, hearing what came of it. */

import { sameValue } from "../equal.ts";
import type { VrrpConfig } from "../config.ts";
import type { VrrpEvent } from "../event.ts";
import {
  newScript,
  onScriptGone,
  onScriptNotBegun,
  onScriptResult,
  reloadScript,
  startScript,
  type TrackedScript,
} from "../../track/script.ts";
import {
  byText,
  type Sorted,
  sortedEntries,
  sortedFrom,
  valueOf,
  withEntry,
} from "../../persistent/mod.ts";
import { withDeadline } from "./deadlines.ts";
import type { Directory } from "./directory.ts";
import { refresh } from "./refresh.ts";
import type { Turn } from "./turn.ts";
import type { Micros } from "../../net/mod.ts";

/** Scripts by name. */
type Scripts = Sorted<string, TrackedScript>;

/** Events about a run that was started. */
type ScriptEvent = Extract<
  VrrpEvent,
  { readonly kind: "script-result" | "script-gone" | "script-not-begun" }
>;

/** The scripts of a configuration that somebody follows; keepalived runs no others. */
export function newScripts(config: VrrpConfig, directory: Directory, now: Micros): Scripts {
  const followed = config.scripts.filter(({ name }) => directory.byScript.has(name));
  return sortedFrom(byText, followed.map((script) => [script.name, newScript(script, now)]));
}

/** The same after a reload: what is known of a script stays known. */
export function reloadScripts(
  before: Scripts,
  { config, directory, now }: {
    readonly config: VrrpConfig;
    readonly directory: Directory;
    readonly now: Micros;
  },
): Scripts {
  const fresh = newScripts(config, directory, now);
  return sortedFrom(
    byText,
    sortedEntries(fresh).map(([name, script]) => {
      const known = valueOf(before, name);
      if (known === undefined) return [name, script];
      if (sameValue(known.config, script.config)) return [name, known];
      const sameCommand = sameValue(known.config.script, script.config.script);
      return [name, reloadScript(known, script.config, { sameCommand, now })];
    }),
  );
}

/** Ends runs that nobody waits for any more. */
export function endAbandoned(turn: Turn, before: Scripts): void {
  const { scripts } = turn.part;
  for (const [name, { run }] of sortedEntries(before)) {
    if (run === undefined || valueOf(scripts, name)?.run === run) continue;
    turn.before.push({ kind: "end-script", name, run });
  }
}

/** Starts those of these scripts, or of all, that are due; their results come as events. */
export function startScripts(turn: Turn, names?: readonly string[]): void {
  for (const name of names ?? sortedEntries(turn.part.scripts).map(([each]) => each)) {
    const script = valueOf(turn.part.scripts, name);
    if (script === undefined) continue;
    const run = turn.part.lastRun + 1;
    const [next, verdict] = startScript(script, run, turn.now);
    if (next === script) continue;
    put(turn, name, next);
    if (verdict === "wait") continue;
    turn.part = { ...turn.part, lastRun: run };
    const { script: command, interval, timeout = interval } = script.config;
    turn.after.push({ kind: "run-script", name, run, command, timeout });
  }
}

/** Puts another script in the place of one. */
function put(turn: Turn, name: string, script: TrackedScript): void {
  const { part } = turn;
  const from = valueOf(part.scripts, name)?.dueAt;
  turn.part = {
    ...part,
    scripts: withEntry(part.scripts, name, script),
    deadlines: withDeadline(part.deadlines, name, { from, to: script.dueAt }),
  };
}

/** Hears of a run. One that is not under way any more, since a reload for example, changes nothing. */
export function onScript(turn: Turn, event: ScriptEvent): void {
  const { name, run } = event;
  const before = valueOf(turn.part.scripts, name);
  if (before === undefined || before.run !== run) return;
  const after = heard(before, event, turn.now);
  put(turn, name, after);
  if (event.kind === "script-not-begun" && before.notBegun === 0) {
    const text = `Cannot run script ${name}: ${event.why}, its last result counts until it can`;
    turn.before.push({ kind: "log", level: "warning", from: "vrrp", text });
  }
  if (after.status === before.status || event.kind !== "script-result") return;
  const { ok, how } = event;
  // The words that log-based alerting knows.
  const failed = how === "timed_out" ? how : how === undefined ? "failed" : `failed (${how})`;
  const text = `VRRP_Script(${name}) ${ok ? "succeeded" : failed}`;
  turn.before.push({ kind: "log", level: "notice", from: "vrrp", text });
  refresh(turn, turn.part.directory.byScript.get(name) ?? []);
}

function heard(script: TrackedScript, event: ScriptEvent, now: Micros): TrackedScript {
  switch (event.kind) {
    case "script-result":
      return onScriptResult(script, event.ok, event.alive);
    case "script-gone":
      return onScriptGone(script);
    case "script-not-begun":
      return onScriptNotBegun(script, now);
  }
}
