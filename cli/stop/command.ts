/** `holdfast stop`: the running daemon stops for good, hands over what it is master of, and its end is waited for. */

import type { Command } from "commander";
import { ask, NobodyAnswersError, runningBy } from "../daemon/client.ts";
import { ends } from "../daemon/life.ts";
import { addPlaceOptions, placeOf } from "../daemon/place.ts";
import { write } from "../output.ts";

/** Exit codes: it has stopped, it has not. */
const EXIT = { stopped: 0, failed: 1 } as const;

/** How long the end may take, ms: scripts that are told of it have their time in it. */
const LIMIT_MS = 60_000;

/** Adds `stop` to the program. */
export function addStopCommand(program: Command, finish: (code: number) => void): void {
  addPlaceOptions(program.command("stop"))
    .description("stop the running daemon: hand over, withdraw, and wait until it has ended")
    .option("--now", "wait for no successor")
    .action(async (_: unknown, command: Command) => {
      try {
        write(
          Deno.stdout,
          await stopped(placeOf(command).pidFile, command.opts()["now"] === true),
        );
        finish(EXIT.stopped);
      } catch (error) {
        if (!(error instanceof NobodyAnswersError)) throw error;
        write(Deno.stderr, `${error.message}\n`);
        finish(EXIT.failed);
      }
    });
}

async function stopped(pidFile: string, now: boolean): Promise<string> {
  const running = runningBy(pidFile);
  if (running.kind === "nobody") {
    throw new NobodyAnswersError(`Cannot stop: nobody runs by ${pidFile}`);
  }
  if (running.kind === "other") {
    const { program, pid } = running;
    throw new NobodyAnswersError(
      `Cannot stop: ${program} (${pid}) cannot be asked, kill -TERM ${pid}`,
    );
  }
  const began = performance.now();
  const answer = await ask(running.socket, { request: "stop", ...(now && { now }) });
  if (answer.answer !== "stopping") {
    const why = answer.answer === "refused" ? answer.why.join("; ") : "it answers something else";
    throw new NobodyAnswersError(`Cannot stop: ${why}`);
  }
  const { pid } = answer;
  if (!await ends(pid, LIMIT_MS)) {
    throw new NobodyAnswersError(
      `Cannot tell the end of process ${pid}: its log says what it does`,
    );
  }
  return `Stopped process ${pid} in ${((performance.now() - began) / 1_000).toFixed(2)} s\n`;
}
