/** Running in the background: without `-n` the program starts itself again, detached, and ends. */

import { DEFAULT_PID_FILE, PID_FOLDER } from "../../process/paths.ts";
import { readPid } from "../files/pid_file.ts";
import {
  chdir,
  cwd,
  isSystemError,
  monotonicMs,
  ownStartLine,
  pause,
  pid,
  readDirSync,
  spawn,
  startVariables,
  variable,
  variables,
} from "../platform/mod.ts";
import { IN_BACKGROUND } from "../scripts/environment.ts";

/** How often the pid file is looked at while the new process starts. */
const POLL_MS = 20;

/** How long it is waited for a pid file: it may be that none can be written, or that very much is read first. */
const LONGEST_WAIT_MS = 30_000;

/** What came of a start in the background. */
export type BackgroundStart =
  /** It has written its pid file. */
  | { readonly kind: "up" }
  | { readonly kind: "ended"; readonly code: number }
  /** It runs, and has written none so far. */
  | { readonly kind: "starting"; readonly pid: number };

/** Whether this process is the one in the background. */
export function isInBackground(): boolean {
  return variable(IN_BACKGROUND) === "1";
}

/** A path that stays the same in another folder. */
export function absolutePath(path: string): string {
  return path.startsWith("/") ? path : `${cwd()}/${path}`;
}

/** Lets go of the folder it was started in, which may be unmounted or removed, as keepalived does. */
export function leaveFolder(): void {
  chdir("/");
}

/** The service manager's watchdog watches whoever runs, not the process that starts it. */
export function backgroundEnvironment(
  environment: Readonly<Record<string, string>>,
  pid: number,
): Readonly<Record<string, string>> {
  const { WATCHDOG_PID: watched, ...rest } = environment;
  const other = watched === undefined || Number(watched) === pid ? {} : { WATCHDOG_PID: watched };
  return { ...rest, ...other, [IN_BACKGROUND]: "1" };
}

/**
 * Starts this program again with the same arguments, in a session of its own with no terminal, and waits until it has written its pid
 * file or ended, but not for ever.
 */
export async function goToBackground(
  { args, pidFile }: { readonly args: readonly string[]; readonly pidFile?: string },
): Promise<BackgroundStart> {
  const { program, args: first } = ownStartLine();
  const child = spawn(program, {
    args: [...first, ...args],
    env: backgroundEnvironment({ ...startVariables(), ...variables() }, pid()),
  });
  child.unref();
  let ended: number | undefined;
  child.end.then(({ code }) => ended = code);
  const files = () =>
    pidFile === undefined ? [DEFAULT_PID_FILE, ...pidFilesOfSeveral()] : [pidFile];
  const isUp = () => files().some((file) => readPid(file) === child.pid);
  const until = monotonicMs() + LONGEST_WAIT_MS;
  while (!isUp()) {
    if (ended !== undefined) return { kind: "ended", code: ended };
    if (monotonicMs() > until) return { kind: "starting", pid: child.pid };
    await pause(POLL_MS);
  }
  return { kind: "up" };
}

/** Pid files whose names only a configuration tells. */
function pidFilesOfSeveral(): readonly string[] {
  try {
    return readDirSync(PID_FOLDER).filter((name) => name.endsWith(".pid"))
      .map((name) => `${PID_FOLDER}/${name}`);
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}
