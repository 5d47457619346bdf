/**
 * The program as commander knows it: help, and the subcommands with all that follows their names. The daemon's own
 * command line is not read by it: loading it costs more than a `-t` (docs/ARCHITECTURE.md).
 */

import { Command, Option } from "commander";
import { type DaemonOption, OPTIONS, type RunOptions } from "./line/options.ts";
import { HELP, isSubcommand, type Subcommand, SUBCOMMANDS } from "./line/subcommands.ts";
import { stderr, writeText } from "../src/daemon/platform/mod.ts";

/** Adds a command to the program; `finish` takes its exit code. */
type AddCommand = (program: Command, finish: (code: number) => void) => void;

/** How each command is loaded: what a command line does not name is not. */
const COMMANDS: Readonly<Record<Subcommand, () => Promise<AddCommand>>> = {
  check: async () => (await import("./check_command.ts")).addCheckCommand,
  plan: async () => (await import("./plan/command.ts")).addPlanCommand,
  reload: async () => (await import("./reload/command.ts")).addReloadCommand,
  doctor: async () => (await import("./doctor/command.ts")).addDoctorCommand,
  explain: async () => (await import("./explain.ts")).addExplainCommand,
  completion: async () => (await import("./completion/command.ts")).addCompletionCommand,
  fmt: async () => (await import("./fmt.ts")).addFmtCommand,
  example: async () => (await import("./example/command.ts")).addExampleCommand,
  genhash: async () => (await import("./genhash/command.ts")).addGenhashCommand,
  install: async () => (await import("./install/command.ts")).addInstallCommand,
  uninstall: async () => (await import("./install/command.ts")).addUninstallCommand,
  "real-server": async () => (await import("./real_server/command.ts")).addRealServerCommand,
  lsp: async () => (await import("./lsp/command.ts")).addLspCommand,
  restart: async () => (await import("./restart/command.ts")).addRestartCommand,
  stop: async () => (await import("./stop/command.ts")).addStopCommand,
  status: async () => (await import("./status/command.ts")).addStatusCommand,
  upgrade: async () => (await import("./upgrade/command.ts")).addUpgradeCommand,
  trace: async () => (await import("./trace/command.ts")).addTraceCommand,
};

/** What the whole of the program is asked for in. */
const LISTING: readonly string[] = [HELP, "completion"];

/** Runs a subcommand: its name and what follows. Gives the exit code. */
export async function runSubcommand(
  words: readonly string[],
  options: RunOptions,
): Promise<number> {
  let code = 0;
  const [name = "", of] = words;
  if (name === HELP && of !== undefined && !of.startsWith("-") && !isSubcommand(of)) {
    writeText(stderr, `Cannot tell how ${of} is used: there is no such command\n`);
    return 1;
  }
  const program = newProgram(name);
  for (const each of SUBCOMMANDS) {
    if (each !== name && !LISTING.includes(name)) continue;
    (await COMMANDS[each]())(program, (its) => void (code = its));
  }
  // What subcommands take over from the options before their name, unless they have their own.
  program.setOptionValue("useFile", options.file);
  if (options.allConfig) program.setOptionValue("allConfig", true);
  if (options.configId !== undefined) program.setOptionValue("configId", options.configId);
  await program.parseAsync(words, { from: "user" });
  return code;
}

/** A complaint of commander's about a command in our words, with where to read on. */
export function complaintText(name: string, text: string): string {
  const plain = text.trimEnd()
    .replace(/^error: /, "")
    .replace(
      /^command-argument value ('.*') is invalid for argument '(.*)'\./,
      "there is no $2 $1:",
    )
    .replace(/ (argument '.*') is invalid\./, " $1:")
    .replace(/: Allowed choices are (.*), ([^,]+)\.$/, ": must be $1 or $2");
  return `Cannot run ${name}: ${plain}; "holdfast ${HELP} ${name}" tells how it is used\n`;
}

function newProgram(name: string): Command {
  const program = new Command("holdfast")
    .configureOutput({
      outputError: (text, write) => write(complaintText(name, text)),
    })
    .enablePositionalOptions()
    .helpCommand(`${HELP} [command]`, "tell how a command is used")
    .description("High availability and load balancing for LVS nodes, from a keepalived.conf")
    .argument("[extra...]", "ignored, as keepalived does");
  for (const option of OPTIONS) addOption(program, option);
  return program;
}

function addOption(program: Command, option: DaemonOption): void {
  if (option.kind === "absent") return;
  const { flags, text } = option;
  if (option.kind === "end" && option.answer === "help") program.helpOption(flags, text);
  else program.addOption(new Option(flags, text));
}
