/** `holdfast completion SHELL`: prints a script that completes options, commands, keywords and files. */

import { Argument, type Command } from "commander";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { type CommandShape, shapeOf } from "./shape.ts";
import { zshCompletion } from "./zsh.ts";
import { write } from "../output.ts";

const SHELLS: Readonly<Record<string, (program: CommandShape) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Adds `completion` to the program. */
export function addCompletionCommand(program: Command, finish: (code: number) => void): void {
  program.command("completion")
    .description("print a script that completes command lines, for a shell to source")
    .addArgument(new Argument("<shell>", "shell").choices(Object.keys(SHELLS)))
    .addHelpText("after", "\nFor this session: source <(holdfast completion bash)")
    .action((shell: string) => {
      write(Deno.stdout, SHELLS[shell]?.(shapeOf(program)) ?? "");
      finish(0);
    });
}
