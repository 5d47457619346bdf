/** `holdfast reload`: a reload whose end is waited for, and one that rolls back unless it is confirmed. */

import { type Command, InvalidArgumentError } from "commander";
import { type ControlRequest, isConfirm, LONGEST_CONFIRM } from "../../src/control/mod.ts";
import { ask, NobodyAnswersError, runningBy } from "../daemon/client.ts";
import { addPlaceOptions, placeOf } from "../daemon/place.ts";
import { write } from "../output.ts";

/** Exit codes: it is done, it is not. */
const EXIT = { done: 0, refused: 1 } as const;

/** Adds `reload` to the program. */
export function addReloadCommand(program: Command, finish: (code: number) => void): void {
  addPlaceOptions(program.command("reload"))
    .description("reload the running daemon, and wait until that is done or refused")
    .option("--confirm <seconds>", "roll back after so long, unless --confirmed comes", readSeconds)
    .option("--confirmed", "the reload that waits stays")
    .option("--roll-back", "the reload that waits is rolled back now")
    .option("--force", "whatever reload_guard says")
    .action(async (_: unknown, command: Command) => {
      const request = requestOf(command.opts());
      try {
        if (typeof request === "string") throw new NobodyAnswersError(request);
        write(Deno.stdout, await done(placeOf(command).pidFile, request));
        finish(EXIT.done);
      } catch (error) {
        if (!(error instanceof NobodyAnswersError)) throw error;
        write(Deno.stderr, `${error.message}\n`);
        finish(EXIT.refused);
      }
    });
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (isConfirm(seconds)) return seconds;
  throw new InvalidArgumentError(`It must be 1 to ${LONGEST_CONFIRM} seconds.`);
}

function requestOf(options: Readonly<Record<string, unknown>>): ControlRequest | string {
  const { confirm, confirmed, rollBack, force } = options;
  const asked = [confirm, confirmed, rollBack].filter((each) => each !== undefined);
  if (asked.length > 1) {
    return "Cannot do several of --confirm, --confirmed and --roll-back at once";
  }
  if (confirmed === true) return { request: "confirm" };
  if (rollBack === true) return { request: "roll-back" };
  return {
    request: "reload",
    ...(isConfirm(confirm) && { confirm }),
    ...(force === true && { force }),
  };
}

/** What has been done, for a person. */
async function done(pidFile: string, request: ControlRequest): Promise<string> {
  const running = runningBy(pidFile);
  if (running.kind === "nobody") {
    throw new NobodyAnswersError(`Cannot reload: nobody runs by ${pidFile}`);
  }
  if (running.kind === "other") {
    const { program, pid } = running;
    throw new NobodyAnswersError(
      `Cannot reload: ${program} (${pid}) cannot be asked, kill -HUP ${pid}`,
    );
  }
  const answer = await ask(running.socket, request);
  switch (answer.answer) {
    case "reloaded":
      return answer.rollsBackAt === undefined
        ? `Reloaded ${answer.file}\n`
        : `Reloaded ${answer.file}; rolls back at ${answer.rollsBackAt} unless: holdfast reload --confirmed\n`;
    case "confirmed":
      return "The reload stays\n";
    case "rolled-back":
      return "Rolled back to the configuration before; the file is as it was written\n";
    case "refused":
      throw new NobodyAnswersError(`Cannot reload: ${answer.why.join("\n  ")}`);
    default:
      throw new NobodyAnswersError("Cannot reload: the daemon has answered something else");
  }
}
