/** Tracked scripts of the part: starting those that are due. */

import { startScript, type TrackedScript } from "../../track/script.ts";
import type { Turn } from "./turn.ts";

/** Starts every script that is due; their results come as events. */
export function startScripts(turn: Turn): void {
  let scripts: Map<string, TrackedScript> | undefined;
  for (const [name, script] of turn.part.scripts) {
    const [next, verdict] = startScript(script, turn.now);
    if (next === script) continue;
    scripts ??= new Map(turn.part.scripts);
    scripts.set(name, next);
    if (verdict === "wait") continue;
    const { script: command, interval, timeout = interval } = script.config;
    turn.after.push({ kind: "run-script", name, command, timeout });
  }
  if (scripts !== undefined) turn.part = { ...turn.part, scripts };
}
