/** The program: argument vector in, exit code out. The only place that ends the process. */

import { Command } from "commander";
import { addRunOptions, type RunOptions, runOptions } from "./options.ts";
import { versionText } from "./version.ts";
import { DEFAULT_PID_FILE } from "../src/daemon/pid_file.ts";
import { SIGNAL_NUMBERS } from "../src/daemon/signals.ts";

/** Exit code of a bad option (cli.tsv). */
const BAD_OPTION = 1;

/**
 * Subcommands by name, in the order help lists them. What a command line does not name is not loaded: starting is
 * part of what `-t` costs.
 */
const SUBCOMMANDS = {
  check: async () => (await import("./check_command.ts")).addCheckCommand,
  explain: async () => (await import("./explain.ts")).addExplainCommand,
  completion: async () => (await import("./completion.ts")).addCompletionCommand,
  fmt: async () => (await import("./fmt.ts")).addFmtCommand,
  lsp: async () => (await import("./lsp.ts")).addLspCommand,
} as const;

type Subcommand = keyof typeof SUBCOMMANDS;

/** Words that need all subcommands: those that list them. */
const LISTING = ["help", "--help", "completion"];

/** The subcommands a command line may mean. */
function wantedCommands(args: readonly string[]): readonly Subcommand[] {
  const all = Object.keys(SUBCOMMANDS) as readonly Subcommand[];
  if (args.some((arg) => LISTING.includes(arg) || /^-[A-Za-z]*h/.test(arg))) return all;
  return all.filter((name) => args.includes(name));
}

/** Runs one command line and gives its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let code = 0;
  const finish = (of: number) => void (code = of);
  const program = addRunOptions(new Command("holdfast"))
    .enablePositionalOptions()
    .description("High availability and load balancing for LVS nodes, from a keepalived.conf")
    .option("-v, --version", "print the version and exit")
    .argument("[extra...]", "ignored, as keepalived does")
    .action(async (extra: readonly string[], parsed: Record<string, unknown>) => {
      if (extra.length > 0) print(Deno.stderr, `Ignored arguments: ${extra.join(" ")}\n`);
      finish(await run(runOptions(parsed), args, parsed["version"] === true));
    });
  // subcommands
  for (const name of wantedCommands(args)) (await SUBCOMMANDS[name]())(program, finish);
  await program.parseAsync(args, { from: "user" });
  return code;
}

async function run(
  options: RunOptions,
  args: readonly string[],
  version: boolean,
): Promise<number> {
  if (version) return print(Deno.stderr, versionText());
  if (options.signum !== undefined) return printSignal(options.signum);
  if (options.configTest !== undefined) return await (await import("./check.ts")).runCheck(options);
  const { goToBackground, isInBackground } = await import("../src/daemon/background.ts");
  const pidFile = options.pidFile ?? DEFAULT_PID_FILE;
  if (!options.foreground && !isInBackground()) return await goToBackground({ args, pidFile });
  const { runDaemon } = await import("../src/daemon/run.ts");
  return await runDaemon({
    file: options.file,
    allConfig: options.allConfig,
    parts: options.parts,
    pidFile,
    dumpConf: options.dumpConf,
    ignoreSigint: options.ignoreSigint,
    ...(options.configId === undefined ? {} : { configId: options.configId }),
    ...(options.umask === undefined ? {} : { umask: options.umask }),
    log: {
      console: options.logConsole && !isInBackground(),
      detail: options.logDetail,
      ...(options.logFile === undefined ? {} : { file: options.logFile }),
      ...(options.noSyslog ? {} : { facility: options.logFacility }),
    },
    world: {
      keepAddresses: options.keepAddresses,
      keepServices: options.keepServices,
      releaseVips: options.releaseVips,
      ...(options.lease === undefined ? {} : { lease: options.lease }),
    },
  });
}

function printSignal(name: string): number {
  const number = SIGNAL_NUMBERS[name];
  if (number !== undefined) return print(Deno.stdout, `${number}\n`);
  const known = Object.keys(SIGNAL_NUMBERS).join(", ");
  print(Deno.stderr, `Cannot print the signal for "${name}": must be one of ${known}\n`);
  return BAD_OPTION;
}

function print(to: { writeSync(bytes: Uint8Array): number }, text: string): number {
  to.writeSync(new TextEncoder().encode(text));
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
