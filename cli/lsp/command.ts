/** `holdfast lsp`: the language server for keepalived.conf, over stdin and stdout. */

import type { Command } from "commander";

/** Adds the command. */
export function addLspCommand(program: Command, finish: (code: number) => void): void {
  program.command("lsp")
    .description("serve an editor: findings, completion, hover, definitions, outline, formatting")
    .option("--stdio", "speak over stdin and stdout, which it does anyway")
    .option("-i, --config-id <id>", "id for @ lines; default: host name up to the first dot")
    .option("--host", "report interfaces, programs and accounts that this machine does not have")
    .action(async (_own: unknown, command: Command) => {
      const options: Record<string, unknown> = command.optsWithGlobals();
      const configId = options["configId"];
      // The server's packages are loaded only here: no other command waits for them.
      const { serve } = await import("./server.ts");
      finish(
        await serve({
          host: options["host"] === true,
          ...(typeof configId === "string" && { configId }),
        }),
      );
    });
}
