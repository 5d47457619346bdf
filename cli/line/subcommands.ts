/** Names of the commands beside the daemon's own. */

import { nearest } from "../../src/language/findings/suggest.ts";

/** In the order help lists them. */
export const SUBCOMMANDS = [
  "check",
  "plan",
  "reload",
  "doctor",
  "explain",
  "completion",
  "fmt",
  "example",
  "genhash",
  "install",
  "uninstall",
  "real-server",
  "lsp",
  "restart",
  "stop",
  "status",
  "upgrade",
  "trace",
] as const;

/** One of them. */
export type Subcommand = typeof SUBCOMMANDS[number];

/** Lists the commands, and shows the help of one. */
export const HELP = "help";

/** All words that are commands. */
const WORDS: readonly string[] = [HELP, ...SUBCOMMANDS];

/** Whether a first operand is the name of a command. */
export function isSubcommand(word: string): boolean {
  return WORDS.includes(word);
}

/** The command a word was probably meant to be. */
export function likelySubcommand(word: string): string | undefined {
  return nearest(word, WORDS);
}
