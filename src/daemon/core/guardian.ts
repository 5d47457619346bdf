/** The guardian: the process of the core that carries out the last wills of a daemon that died without goodbye. */

import type { Core } from "../../native/mod.ts";
import type { Log } from "../log.ts";

/** Who is guarded. */
export interface Guarded {
  /** Names the daemon among all of its network namespace. */
  readonly pidFile: string;
  /** The log goes to standard error: the guardian's words too. */
  readonly console: boolean;
}

/**
 * Starts it. Where no program can be started from memory the daemon runs without one, and says so. Gives whether there is one.
 */
export async function startGuardian(core: Core, log: Log, guarded: Guarded): Promise<boolean> {
  const started = await core.call({
    call: "guard",
    // The process may be that of the run before, whose guardian listens yet.
    name: `${guarded.pidFile}:${Math.floor(core.now())}`,
    console: guarded.console,
  });
  if (started.result !== "failed") return true;
  const without = "a crash or SIGKILL leaves the addresses here, and a second holder of them";
  log({
    level: "warning",
    from: "core",
    text: `${started.message}: no guardian, ${without}`,
  });
  return false;
}

/** What is said when a guardian has ended before its daemon. */
export function guardianEnded(replaced: boolean, log: Log): void {
  const text = replaced
    ? "The guardian was ended by somebody: another one has taken its place"
    : "The guardian ended and cannot be started again: a crash will leave the addresses here";
  log({ level: "warning", from: "core", text });
}
