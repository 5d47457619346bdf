/**
 * `holdfast restart`: the running daemon begins anew in its place, from the file of the program and the configuration as they are by now,
 * and nobody notices. The configuration is tested first: what cannot start does not end what runs.
 */

import type { Command } from "commander";
import { runCheck } from "../check.ts";
import { write } from "../output.ts";
import { SIGNAL_NUMBERS } from "../../src/daemon/process/signals.ts";
import { DEFAULT_PID_FILE as PID_FILE } from "../../src/process/mod.ts";

/** Exit codes. */
const [DONE, FAILED] = [0, 1];

/** How long a run may take to take the place of another, ms, and how often it is looked, ms. */
const [LIMIT_MS, LOOK_MS] = [30_000, 20];

/** What was typed behind the name. */
interface RestartOptions {
  readonly pid: string;
  readonly untested?: true;
}

/** What was typed in front of it. */
interface Test {
  readonly useFile: string;
  readonly allConfig?: boolean;
  readonly configId?: string;
}

/** Adds `restart` to the program. */
export function addRestartCommand(program: Command, finish: (code: number) => void): void {
  program.command("restart")
    .description(
      "let the daemon begin anew in its place, after an upgrade: no failover, nothing lost",
    )
    .option("-p, --pid <file>", "its pid file", PID_FILE)
    .option("--untested", "do not test the configuration first")
    .action(async (options: RestartOptions) => {
      finish(await restart(options, program.opts()));
    });
}

async function restart(
  { pid: path, untested }: RestartOptions,
  { useFile: file, allConfig = false, configId }: Test,
): Promise<number> {
  const before = look(path);
  if (before === undefined) return refuse(`Cannot restart: no daemon has the pid file ${path}`);
  const tested = { file, allConfig, ...(configId !== undefined && { configId }) };
  if (untested !== true && runCheck(tested) !== 0) {
    return refuse(
      "Cannot restart: the configuration has mistakes, and the daemon runs on; --untested restarts all the same",
    );
  }
  const problem = await ask(before.pid);
  if (problem !== undefined) return refuse(`Cannot restart process ${before.pid}: ${problem}`);
  for (let waited = 0; waited < LIMIT_MS; waited += LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const now = look(path);
    if (now !== undefined && now.written !== before.written) return DONE;
    if (now === undefined && !lives(before.pid)) {
      return refuse(`Cannot restart: process ${before.pid} has ended; its log says why`);
    }
  }
  return refuse(`Cannot tell that process ${before.pid} has begun anew: its log says what it does`);
}

/** Sends the signal, which is one of those the runtime does not send; gives why it could not. */
async function ask(pid: number): Promise<string | undefined> {
  const args = ["-c", `kill -${SIGNAL_NUMBERS["RESTART"]} ${pid}`];
  const { success, stderr } = await new Deno.Command("/bin/sh", { args, stderr: "piped" }).output();
  return success ? undefined : new TextDecoder().decode(stderr).trim();
}

/** The daemon of a pid file, and when that was written; nothing where none runs. */
function look(path: string): { readonly pid: number; readonly written: string } | undefined {
  try {
    const pid = Number(Deno.readTextFileSync(path).trim());
    const { ino, mtime } = Deno.statSync(path);
    if (!Number.isSafeInteger(pid) || pid < 1 || !lives(pid)) return undefined;
    return { pid, written: `${ino} ${mtime?.getTime()}` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function lives(pid: number): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function refuse(text: string): number {
  write(Deno.stderr, `${text}\n`);
  return FAILED;
}
