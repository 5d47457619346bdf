/** Running in the background: without `-n` the program starts itself again, detached, and ends. */

import { readPid } from "./pid_file.ts";

/** Set in the environment of the process in the background. */
const MARK = "HOLDFAST_IN_BACKGROUND";

/** How often the pid file is looked at while the new process starts. */
const POLL_MS = 20;

/** Whether this process is the one in the background. */
export function isInBackground(): boolean {
  return Deno.env.get(MARK) === "1";
}

/**
 * Starts this program again with the same arguments, in a session of its own with no terminal. Gives its exit code if it
 * ends before it has written its pid file, else 0.
 */
export async function goToBackground(
  { args, pidFile }: { readonly args: readonly string[]; readonly pidFile: string },
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...ownArguments(), ...args],
    env: { [MARK]: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  child.unref();
  let ended: number | undefined;
  child.status.then((status) => ended = status.code);
  while (ended === undefined && readPid(pidFile) !== child.pid) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return ended ?? 0;
}

/**
 * A small space for new objects, MiB: what a configuration is read into stays, and a large space is only touched
 * once more while it is copied. Compiled, it is inside (scripts/build).
 */
const YOUNG_GENERATION = "--v8-flags=--max-semi-space-size=2";

/** What stands between the runtime and our own arguments: nothing once compiled. */
function ownArguments(): readonly string[] {
  if (Deno.build.standalone) return [];
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const quiet = ["--allow-all", "--no-prompt", "--no-check", "--cached-only", "--quiet"];
  return ["run", YOUNG_GENERATION, ...quiet, "--config", config, Deno.mainModule];
}
