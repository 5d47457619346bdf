/** `holdfast status`: how the running daemon is, for people and for programs. */

import type { Command } from "commander";
import type { StatusAnswer } from "../../src/control/mod.ts";
import { duration, overviewText } from "../../src/status/mod.ts";
import { ask, NobodyAnswersError, runningBy } from "../daemon/client.ts";
import { addPlaceOptions, placeOf } from "../daemon/place.ts";
import { wantsColour, write } from "../output.ts";

/** Exit codes: all is well, it cannot be told, something needs attention, nobody runs (as in LSB). */
const EXIT = { well: 0, failed: 1, attention: 2, nobody: 3 } as const;

/** Version of the JSON: a field that is added does not change it. */
const VERSION = 1;

/** Adds `status` to the program. */
export function addStatusCommand(program: Command, finish: (code: number) => void): void {
  addPlaceOptions(program.command("status"))
    .description("tell how the running daemon is: states, split brain, servers, warnings")
    .option("--json", "print it for programs")
    .action(async (_: unknown, command: Command) => {
      const { pidFile } = placeOf(command);
      try {
        const answer = await statusBy(pidFile);
        if (answer === undefined) {
          write(Deno.stderr, `Nobody runs by ${pidFile}\n`);
          return finish(EXIT.nobody);
        }
        const isJson = command.opts()["json"] === true;
        write(Deno.stdout, isJson ? jsonOf(answer) : textOf(answer));
        finish(answer.warnings.length > 0 ? EXIT.attention : EXIT.well);
      } catch (error) {
        if (!(error instanceof NobodyAnswersError)) throw error;
        write(Deno.stderr, `${error.message}\n`);
        finish(EXIT.failed);
      }
    });
}

/** What the daemon answers; `undefined`: nobody runs. */
async function statusBy(pidFile: string): Promise<StatusAnswer | undefined> {
  const running = runningBy(pidFile);
  if (running.kind === "nobody") return undefined;
  if (running.kind === "other") {
    const { program, pid } = running;
    throw new NobodyAnswersError(
      `Cannot tell: ${program} (${pid}) runs by ${pidFile} and cannot be asked`,
    );
  }
  const answer = await ask(running.socket, { request: "status" });
  if (answer.answer === "status") return answer;
  const why = answer.answer === "refused" ? answer.why.join("; ") : answer.answer;
  throw new NobodyAnswersError(`Cannot tell: ${why}`);
}

/** The shape is told in docs/OPERATING.md. */
function jsonOf({ answer: _, ...told }: StatusAnswer): string {
  return `${JSON.stringify({ version: VERSION, ...program(told) }, undefined, 2)}\n`;
}

/** The version of the program has a name of its own: `version` is that of the shape. */
function program({ version, ...told }: Omit<StatusAnswer, "answer">) {
  return { program: version, ...told };
}

function textOf(status: StatusAnswer): string {
  const { pid, version, file, runsSince } = status;
  const nowMs = Date.now();
  const look = { colour: wantsColour(Deno.stdout), nowMs, msOf: Date.parse };
  const runs = duration(nowMs - Date.parse(runsSince));
  return `holdfast v${version}, process ${pid} for ${runs}, with ${file}\n\n${
    overviewText(status, look)
  }`;
}
