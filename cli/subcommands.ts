/** The commands beside the daemon's own. What a command line does not name is not loaded. */

import type { Command } from "commander";
import { nearest } from "../src/language/findings/suggest.ts";

/** Adds a command to the program; `finish` takes its exit code. */
type AddCommand = (program: Command, finish: (code: number) => void) => void;

/** By name, in the order help lists them. */
export const SUBCOMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  check: async () => (await import("./check_command.ts")).addCheckCommand,
  explain: async () => (await import("./explain.ts")).addExplainCommand,
  completion: async () => (await import("./completion/command.ts")).addCompletionCommand,
  fmt: async () => (await import("./fmt.ts")).addFmtCommand,
  example: async () => (await import("./example/command.ts")).addExampleCommand,
  install: async () => (await import("./install/command.ts")).addInstallCommand,
  uninstall: async () => (await import("./install/command.ts")).addUninstallCommand,
  lsp: async () => (await import("./lsp/command.ts")).addLspCommand,
};

/** Lists the commands, and shows the help of one. */
export const HELP = "help";

/** Whether a first operand is the name of a command. */
export function isSubcommand(word: string): boolean {
  return word === HELP || Object.hasOwn(SUBCOMMANDS, word);
}

/** The command a word was probably meant to be. */
export function likelySubcommand(word: string): string | undefined {
  return nearest(word, [HELP, ...Object.keys(SUBCOMMANDS)]);
}
