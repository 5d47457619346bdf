/** The guardian: the process of the core that carries out the last wills of a daemon that died without goodbye. */

import type { Core } from "../../native/mod.ts";
import type { Log } from "../log.ts";
import { cwd } from "../platform/mod.ts";

/** Who is guarded. */
export interface Guarded {
  /** Names the daemon among all of its network namespace. */
  readonly pidFile: string;
  /** The log goes to standard error: the guardian's words too. */
  readonly console: boolean;
  /** The log goes to this file: they too. */
  readonly file?: string;
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
    ...fileOf(guarded),
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

/** Where it lies also for a process whose folder is another one. */
function fileOf({ file }: Guarded): { readonly file?: string } {
  if (file === undefined) return {};
  return { file: file.startsWith("/") ? file : `${cwd()}/${file}` };
}

/** What is said when a guardian has ended before its daemon. One that is young when it ends is followed by another one later. */
export function guardianEnded(replaced: boolean, log: Log): void {
  const text = replaced
    ? "The guardian was ended by somebody: another one has taken its place"
    : "The guardian ended too soon to be started again at once: until it is, a crash leaves the addresses here";
  log({ level: "warning", from: "core", text });
}
