/** `holdfast trace`: tells the lines of the source for the stack traces in a log. */

import type { Command } from "commander";
import { write } from "../output.ts";
import { type Maps, parseMaps, withSourcePlaces } from "./places.ts";

/** Exit code when there is no map. */
const NO_MAP = 1;

/** Adds `trace` to the program. */
export function addTraceCommand(program: Command, finish: (code: number) => void): void {
  program.command("trace")
    .description("name lines of the source in the stack traces of a log")
    .argument("[log]", "file to read; default: what comes in on stdin")
    .option(
      "--map <file>",
      "source maps; default: beside the executable, with .map behind its name",
    )
    .action(async (log: string | undefined, { map }: { readonly map?: string }) => {
      const maps = await mapsAt(map ?? `${Deno.execPath()}.map`);
      if (typeof maps === "string") {
        write(Deno.stderr, maps);
        return finish(NO_MAP);
      }
      const text = log === undefined
        ? await new Response(Deno.stdin.readable).text()
        : await Deno.readTextFile(log);
      write(Deno.stdout, withSourcePlaces(text, maps));
      finish(0);
    });
}

/** The maps of a file, or why there are none. */
async function mapsAt(path: string): Promise<Maps | string> {
  try {
    return parseMaps(await Deno.readTextFile(path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `Cannot read the source maps ${path}: ${reason}\n`;
  }
}
