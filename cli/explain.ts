/** `holdfast explain`: tells what a keyword means. */

import type { Command } from "commander";
import { write } from "./output.ts";
import { explain } from "../src/document/explain/explain.ts";
import { explainText } from "../src/document/explain/explain_text.ts";

/** Exit code when there is nothing to tell. */
const UNKNOWN = 1;

/** Adds `explain` to the program. */
export function addExplainCommand(program: Command, finish: (code: number) => void): void {
  program.command("explain")
    .description("tell what a keyword of the configuration means")
    .argument("<keyword>", "keyword or block, or the rule of a finding")
    .argument("[block]", "block in which it stands")
    .action((word: string, block: string | undefined) => {
      const answer = explain(word, block);
      const unknown = answer.kind === "unknown";
      write(unknown ? Deno.stderr : Deno.stdout, explainText(answer));
      finish(unknown ? UNKNOWN : 0);
    });
}
