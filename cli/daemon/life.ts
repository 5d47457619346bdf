/** Whether a daemon lives, begins anew or ends, as its pid file and `/proc` show it; and the signal that asks it to begin anew. */

import { SIGNAL_NUMBERS } from "../../src/daemon/process/signals.ts";

/** A run of a daemon. */
export interface Life {
  readonly pid: number;
  /** Differs from run to run, also where the process stays. */
  readonly written: string;
}

/** What came of waiting for a run. */
export type Awaited = { readonly kind: "begun"; readonly life: Life } | {
  readonly kind: "ended" | "late";
};

/** How often it is looked, ms. */
const LOOK_MS = 20;

/** The run by a pid file; nothing where none runs. */
export function lifeBy(pidFile: string): Life | undefined {
  try {
    const pid = Number(Deno.readTextFileSync(pidFile).trim());
    const { ino, mtime } = Deno.statSync(pidFile);
    if (!Number.isSafeInteger(pid) || pid < 1 || !lives(pid)) return undefined;
    return { pid, written: `${pid} ${ino} ${mtime?.getTime()}` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whether a process is there; one that only waits to be reaped is not. */
export function lives(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isGone(error)) return false;
    throw error;
  }
}

/** ESRCH of a process that ends while it is read. */
function isGone(error: unknown): boolean {
  return error instanceof Error && /os error 3\b/.test(error.message);
}

/** Waits for a run that is not `before`, whose process may be the same. */
export async function nextLife(
  { pidFile, before, limitMs, isOver }: {
    readonly pidFile: string;
    readonly before: Life;
    readonly limitMs: number;
    /** Without this the end of the process before is the end of waiting. */
    readonly isOver?: () => boolean;
  },
): Promise<Awaited> {
  const over = isOver ?? (() => !lives(before.pid));
  for (let waited = 0; waited < limitMs; waited += LOOK_MS) {
    await pause(LOOK_MS);
    const life = lifeBy(pidFile);
    if (life !== undefined && life.written !== before.written) return { kind: "begun", life };
    if (life === undefined && over()) return { kind: "ended" };
  }
  return { kind: "late" };
}

/** Waits for the end of a process; whether it came in time. */
export async function ends(pid: number, limitMs: number): Promise<boolean> {
  for (let waited = 0; waited < limitMs && lives(pid); waited += LOOK_MS) await pause(LOOK_MS);
  return !lives(pid);
}

/** Asks to begin anew. The signal is one of those the runtime does not send. Gives why it could not. */
export async function askToRestart(pid: number): Promise<string | undefined> {
  const args = ["-c", `kill -${SIGNAL_NUMBERS["RESTART"]} ${pid}`];
  const { success, stderr } = await new Deno.Command("/bin/sh", { args, stderr: "piped" }).output();
  return success ? undefined : new TextDecoder().decode(stderr).trim();
}

/** Resolves after `ms`. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
