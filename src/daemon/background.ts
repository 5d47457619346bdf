/** Running in the background: without `-n` the program starts itself again, detached, and ends. */

import { readPid } from "./pid_file.ts";
import { ownStartLine, pause, spawn, variable, variables } from "./platform/mod.ts";

/** Set in the environment of the process in the background. */
const MARK = "HOLDFAST_IN_BACKGROUND";

/** How often the pid file is looked at while the new process starts. */
const POLL_MS = 20;

/** Whether this process is the one in the background. */
export function isInBackground(): boolean {
  return variable(MARK) === "1";
}

/**
 * Starts this program again with the same arguments, in a session of its own with no terminal. Gives its exit code if it
 * ends before it has written its pid file, else 0.
 */
export async function goToBackground(
  { args, pidFile }: { readonly args: readonly string[]; readonly pidFile: string },
): Promise<number> {
  const { program, args: first } = ownStartLine();
  const child = spawn(program, {
    args: [...first, ...args],
    env: { ...variables(), [MARK]: "1" },
  });
  child.unref();
  let ended: number | undefined;
  child.end.then(({ code }) => ended = code);
  while (ended === undefined && readPid(pidFile) !== child.pid) await pause(POLL_MS);
  return ended ?? 0;
}
