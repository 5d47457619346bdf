/** `holdfast upgrade`: another file becomes the program of the running daemon, and nobody notices, unless it is no good: then nothing changes. */

import type { Command } from "commander";
import { addPlaceOptions, placeOf } from "../daemon/place.ts";
import { write } from "../output.ts";
import { upgrade, UpgradeError } from "./upgrade.ts";

/** Exit codes: the new one runs; it does not, and the old one does as before. */
const EXIT = { done: 0, failed: 1 } as const;

/** Adds `upgrade` to the program. */
export function addUpgradeCommand(program: Command, finish: (code: number) => void): void {
  addPlaceOptions(program.command("upgrade"))
    .description(
      "put a new program in the place of the running one and restart without a failover; goes back when it does not start",
    )
    .argument("<file>", "the new program")
    .option("--untested", "do not test the configuration with it first")
    .action(async (file: string, _: unknown, command: Command) => {
      const untested = command.opts()["untested"] === true;
      try {
        write(Deno.stdout, `${await upgrade(file, placeOf(command), { untested })}\n`);
        finish(EXIT.done);
      } catch (error) {
        if (!(error instanceof UpgradeError)) throw error;
        write(Deno.stderr, `${error.message}\n`);
        finish(EXIT.failed);
      }
    });
}
