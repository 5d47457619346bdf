/** `holdfast plan`: what a reload, or a start, would do. */

import type { Command } from "commander";
import { isEmptyPlan } from "../../src/plan/mod.ts";
import { ask, NobodyAnswersError, runningBy } from "../daemon/client.ts";
import { addPlaceOptions, type Place, placeOf } from "../daemon/place.ts";
import { write } from "../output.ts";
import { planOfStart } from "./start.ts";
import { type Told, toldJson, toldText } from "./told.ts";

/** Exit codes: nothing would change, it cannot be told or would be refused, something would change. */
const EXIT = { same: 0, failed: 1, changes: 2 } as const;

/** Adds `plan` to the program. */
export function addPlanCommand(program: Command, finish: (code: number) => void): void {
  addPlaceOptions(program.command("plan"))
    .description("tell what a reload of the running daemon would do, or a start, without doing it")
    .option("--json", "print it for programs")
    .option("--start", "plan a start, whatever runs")
    .action(async (_: unknown, command: Command) => {
      const { json, start } = command.opts();
      try {
        const told = await toldOf(placeOf(command), start === true);
        write(Deno.stdout, json === true ? toldJson(told) : toldText(told));
        finish(exitOf(told));
      } catch (error) {
        if (!(error instanceof NobodyAnswersError)) throw error;
        write(Deno.stderr, `${error.message}\n`);
        finish(EXIT.failed);
      }
    });
}

async function toldOf(place: Place, start: boolean): Promise<Told> {
  const running = start ? { kind: "nobody" } as const : runningBy(place.pidFile);
  switch (running.kind) {
    case "nobody":
      return await planOfStart(place);
    case "other": {
      const { pid, program } = running;
      throw new NobodyAnswersError(
        `Cannot plan: ${program} (${pid}) runs by ${place.pidFile} and cannot be asked; --start plans a start`,
      );
    }
    case "ours": {
      const file = place.named ? { file: place.file } : {};
      const answer = await ask(running.socket, { request: "plan", ...file });
      if (answer.answer === "plan") {
        const { answer: _, ...told } = answer;
        return { ...told, against: "daemon" };
      }
      const why = answer.answer === "refused" ? answer.why.join("; ") : answer.answer;
      throw new NobodyAnswersError(`Cannot plan: ${why}`);
    }
  }
}

function exitOf({ refusal, plan }: Told): number {
  if (refusal !== undefined) return EXIT.failed;
  return isEmptyPlan(plan) ? EXIT.same : EXIT.changes;
}
