/**
 * `holdfast restart`: the running daemon begins anew in its place, from the file of the program and the configuration as they are by now,
 * and nobody notices. The configuration is tested first: what cannot start does not end what runs.
 */

import type { Command } from "commander";
import { runCheck } from "../check.ts";
import { ask, NobodyAnswersError, runningBy } from "../daemon/client.ts";
import { askToRestart, lifeBy, nextLife } from "../daemon/life.ts";
import { addPlaceOptions, type Place, placeOf } from "../daemon/place.ts";
import { write } from "../output.ts";

/** Exit codes. */
const [DONE, FAILED] = [0, 1];

/** How long a run may take to take the place of another, ms. */
const LIMIT_MS = 30_000;

/** Adds `restart` to the program. */
export function addRestartCommand(program: Command, finish: (code: number) => void): void {
  addPlaceOptions(program.command("restart"))
    .description(
      "let the daemon begin anew in its place, after an upgrade: no failover, nothing lost",
    )
    .option("--untested", "do not test the configuration first")
    .action(async (_: unknown, command: Command) => {
      const { untested, allConfig } = command.optsWithGlobals();
      const place = placeOf(command);
      finish(await restart(place, { untested: untested === true, allConfig: allConfig === true }));
    });
}

async function restart(
  place: Place,
  { untested, allConfig }: { readonly untested: boolean; readonly allConfig: boolean },
): Promise<number> {
  const { pidFile } = place;
  const before = lifeBy(pidFile);
  const running = runningBy(pidFile);
  if (before === undefined || running.kind === "nobody") {
    return refuse(`Cannot restart: no daemon has the pid file ${pidFile}`);
  }
  // The signal ends a process that is none of ours, such as one that has the number of a daemon long dead.
  if (running.kind === "other" && !/^(?:holdfast|deno)/.test(running.program)) {
    return refuse(`Cannot restart: ${running.program} (${running.pid}) runs by ${pidFile}`);
  }
  const run = running.kind === "ours" ? await asRun(running.socket) : {};
  const { configId = run.configId } = place;
  const file = place.named ? place.file : run.file ?? place.file;
  const tested = { file, allConfig, ...(configId !== undefined && { configId }) };
  if (!untested && runCheck(tested) !== 0) {
    return refuse(
      "Cannot restart: the configuration has mistakes, and the daemon runs on; --untested restarts all the same",
    );
  }
  if (run.rollsBackAt !== undefined) {
    return refuse(`Cannot restart: a reload waits until ${run.rollsBackAt} to be confirmed`);
  }
  const problem = await askToRestart(before.pid);
  if (problem !== undefined) return refuse(`Cannot restart process ${before.pid}: ${problem}`);
  const { kind } = await nextLife({ pidFile, before, limitMs: LIMIT_MS });
  switch (kind) {
    case "begun":
      return DONE;
    case "ended":
      return refuse(`Cannot restart: process ${before.pid} has ended; its log says why`);
    case "late":
      return refuse(
        `Cannot tell that process ${before.pid} has begun anew: its log says what it does`,
      );
  }
}

/** What the daemon was started with; nothing of one that is older than the question. */
async function asRun(
  socket: string,
): Promise<
  { readonly file?: string; readonly configId?: string; readonly rollsBackAt?: string }
> {
  try {
    const answer = await ask(socket, { request: "status" });
    return answer.answer === "status" ? answer : {};
  } catch (error) {
    if (!(error instanceof NobodyAnswersError)) throw error;
    return {};
  }
}

function refuse(text: string): number {
  write(Deno.stderr, `${text}\n`);
  return FAILED;
}
