/** The pid file: written at start, refused when its process still runs, removed at exit. */

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

/** Path without `-p`: that of keepalived, which units and other programs look for. */
export const DEFAULT_PID_FILE = "/run/keepalived.pid";

/** Writes this process's number. Throws {@linkcode AlreadyRunningError} while another holds the file. */
export function writePidFile(path: string): Disposable {
  const held = readPid(path);
  if (held !== undefined && held !== Deno.pid && isRunning(held)) {
    throw new AlreadyRunningError(path, held);
  }
  // A new name put in place: a reader never sees half a number, and a link planted at `path` is replaced, not followed.
  const temporary = `${path}.${Deno.pid}`;
  const file = Deno.openSync(temporary, { write: true, createNew: true, mode: 0o644 });
  file.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
  file.close();
  Deno.renameSync(temporary, path);
  return {
    [Symbol.dispose]: () => {
      if (readPid(path) === Deno.pid) Deno.removeSync(path);
    },
  };
}

/** The number in a pid file; `undefined` without a file or without a number in it. */
export function readPid(path: string): number | undefined {
  try {
    const pid = Number(Deno.readTextFileSync(path).trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whether a process exists and is not a zombie. */
function isRunning(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/^\d+ \(.*\) Z/s.test(stat);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
