/** The pid file: written at start, refused when its process still runs, removed at exit. */

import {
  isDenied,
  isDiskFull,
  isMissing,
  isSystemError,
  makeFolderSync,
  openSync,
  pid as ownPid,
  readTextFileSync,
  removeSync,
  statSync,
} from "../platform/mod.ts";
import { PID_FOLDER } from "../../process/paths.ts";
import { putLockedFile } from "./put_file.ts";
import { sentence } from "../scripts/guard.ts";

/** Another daemon holds the file. */
export class AlreadyRunningError extends Error {
  override readonly name = "AlreadyRunningError";
  /** The pid in the file. */
  readonly pid: number;

  constructor(path: string, pid: number) {
    super(`Cannot start: process ${pid} of ${path} is still running`);
    this.pid = pid;
  }
}

/** The file cannot be written. */
export class PidFileError extends Error {
  override readonly name = "PidFileError";
  /** Whether somebody else, mostly root, could write it. */
  readonly denied: boolean;

  constructor(path: string, cause: Error) {
    const denied = isDenied(cause);
    const way = denied ? "; run it as root, or name a file it may write by -p" : "";
    super(`Cannot write the pid file ${path}: ${reason(cause)}${way}`, { cause });
    this.denied = denied;
  }
}

/** What the system says, without the call and the temporary name that the runtime adds behind a colon. */
function reason(cause: Error): string {
  return sentence(cause.message.replace(/: \w+ '.*$/s, ""));
}

/** The folder of pid files of daemons that are one of several; others are there already. */
export function makePidFolder(pidFile: string): void {
  if (!pidFile.startsWith(`${PID_FOLDER}/`)) return;
  try {
    makeFolderSync(PID_FOLDER, 0o755);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new PidFileError(pidFile, error);
  }
}

/**
 * Writes this process's number and holds a lock on the file (flock(2)) until disposed. Throws {@linkcode AlreadyRunningError} while
 * another holds it, {@linkcode PidFileError} when it cannot be written. A number alone proves nothing: after a crash it may belong to anybody.
 * A full disk is said, and keeps nobody from running: the router matters more than its pid file.
 */
export function writePidFile(path: string, say: (text: string) => void): Disposable {
  const held = readPid(path);
  if (held !== undefined && held !== ownPid() && (isLocked(path) || isKeepalived(held))) {
    throw new AlreadyRunningError(path, held);
  }
  const file = put(path, say);
  if (file === undefined) return { [Symbol.dispose]: () => {} };
  let disposed = false;
  return {
    [Symbol.dispose]: () => {
      if (disposed) return;
      disposed = true;
      if (readPid(path) === ownPid()) removeSync(path);
      file[Symbol.dispose]();
    },
  };
}

function put(path: string, say: (text: string) => void): Disposable | undefined {
  try {
    return putLockedFile(path, `${ownPid()}\n`, { mode: 0o644 });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const unwritten = new PidFileError(path, error);
    if (!isDiskFull(error)) throw unwritten;
    say(`${unwritten.message}; this run has none there`);
    return undefined;
  }
}

/** The number in a pid file; `undefined` without a file or without a number in it. */
export function readPid(path: string): number | undefined {
  try {
    // Whatever else stands there might never be read to its end.
    if (!statSync(path).isFile) return undefined;
    const pid = Number(readTextFileSync(path).trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a daemon of ours holds the file. */
function isLocked(path: string): boolean {
  using file = openSync(path, { kind: "read" });
  return !file.tryLockSync();
}

/** Whether a process is keepalived, whose lock is of a kind that does not meet ours. */
function isKeepalived(pid: number): boolean {
  try {
    return /^keepalived/i.test(readTextFileSync(`/proc/${pid}/comm`));
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
