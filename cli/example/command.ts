/** `holdfast example`: prints a commented configuration with this host's interfaces filled in. */

import { Argument, type Command } from "commander";
import { write } from "../output.ts";
import { hostInterfaces } from "./network.ts";
import { type ExampleKind, EXAMPLES, exampleText } from "./text.ts";

/** Adds `example` to the program. */
export function addExampleCommand(program: Command, finish: (code: number) => void): void {
  const kinds = Object.entries(EXAMPLES).map(([name, text]) => `${name} (${text})`);
  program.command("example")
    .description("print a commented configuration with this host's interfaces filled in")
    .addArgument(
      new Argument("[kind]", kinds.join(", ")).choices(Object.keys(EXAMPLES)).default("vip"),
    )
    .action((kind: ExampleKind) => {
      const [front, back] = hostInterfaces(Deno.networkInterfaces());
      write(Deno.stdout, exampleText(kind, { ...front && { front }, ...back && { back } }));
      finish(0);
    });
}
