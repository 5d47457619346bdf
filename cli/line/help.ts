/** `--help`: what fits a screen. All of it is `holdfast help`, which commander prints from the same tables. */

import { type DaemonOption, OPTIONS } from "./options.ts";
import type { Subcommand } from "./subcommands.ts";

/** What each command is for, in a few words. */
const COMMANDS: Readonly<Record<Subcommand, string>> = {
  check: "tell every mistake of a configuration",
  plan: "tell what a reload or a start would do, without doing it",
  reload: "reload, wait for the end, roll back unless confirmed",
  doctor: "tell what of this host is in the way, and how it is mended",
  explain: "tell what a keyword means",
  example: "print a commented configuration for this host",
  fmt: "lay out a configuration",
  genhash: "print the digest of a page, for HTTP_GET",
  install: "put the program, its service and manual pages on this host",
  uninstall: "take them away",
  completion: "print a completion script for bash, zsh or fish",
  "real-server": "make this host a real server of DR or tunnels",
  lsp: "serve an editor",
  restart: "let the daemon begin anew in its place, without a failover",
  stop: "stop the daemon, and wait until it has",
  status: "tell how the running daemon is",
  upgrade: "replace the running program by another, without a failover",
  trace: "name lines of the source in a log's stack traces",
};

/** Options most are started with; the long names of their rows. */
const OFTEN: readonly string[] = [
  "use-file",
  "config-test",
  "dont-fork",
  "log-console",
];

/** Text of `--help`, at most 30 lines of 80 columns. */
export function helpText(): string {
  return `Usage: holdfast [options], which runs from keepalived.conf, or holdfast COMMAND
Virtual addresses (VRRP) and load balancing (LVS), as keepalived does it.

Commands:
${rows(Object.entries(COMMANDS))}
Options:
${rows(OPTIONS.flatMap(often))}
"holdfast help" lists all options, "holdfast help COMMAND" those of a command.
`;
}

function often(option: DaemonOption): readonly (readonly [string, string])[] {
  if (option.kind === "absent" || !OFTEN.includes(option.long)) return [];
  // Up to the first half sentence: the rest is in the long help.
  return [[option.flags, option.text.split(/[;:]/)[0] ?? ""]];
}

function rows(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([term]) => term.length)) + 2;
  return entries.map(([term, text]) => `  ${term.padEnd(width)}${text}\n`).join("");
}
